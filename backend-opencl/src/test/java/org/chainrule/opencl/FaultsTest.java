package org.chainrule.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.chainrule.ClosedException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.OutOfDeviceMemoryException;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.DType;
import org.junit.jupiter.api.Test;

class FaultsTest {
    /** The work is queued, so the error comes with the first value that is read; it is told once. */
    @Test
    void anIndexOutsideItsAxisIsToldWithTheLineThatMadeTheOp() {
        try (Session session = OpenCl.session()) {
            Tensor source = session.tensor(1f, 2f, 3f);
            Tensor bad = source.gather(0, session.tensor(new long[] {0, 7}));
            assertThatThrownBy(bad::toFloats).isInstanceOf(InvalidArgumentException.class)
                    .hasMessageContainingAll("index 7 is outside an axis of extent 3", "FaultsTest.java");
            assertThat(source.gather(0, session.tensor(new long[] {2, 0})).toFloats()).containsExactly(3f, 1f);
        }
    }

    @Test
    void memoryThatADeviceHasNotIsRefusedAndNothingIsLost() {
        try (Session session = OpenCl.session()) {
            Tensor kept = session.tensor(1f, 2f).eval();
            assertThatThrownBy(() -> {
                for (int i = 0; i < 1000; i++) session.zeros(Shape.of(1 << 30), DType.F64).eval();
            }).isInstanceOf(OutOfDeviceMemoryException.class).hasMessageContaining("MiB");
            assertThat(kept.toFloats()).containsExactly(1f, 2f);
        }
    }

    @Test
    void aSessionIsOfNoUseOnceClosed() {
        Session session = OpenCl.session();
        Tensor x = session.tensor(1f, 2f);
        session.close();
        session.close();
        assertThatThrownBy(() -> x.plus(1).toFloats()).isInstanceOf(ClosedException.class);
    }
}
