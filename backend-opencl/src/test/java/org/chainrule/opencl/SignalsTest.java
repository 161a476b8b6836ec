package org.chainrule.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.junit.jupiter.api.Test;

/** Drivers for processors bring a signal handler of their own for what the JVM and kernels do alike: dividing by zero. */
class SignalsTest {
    private static final int TIMES = 300_000;

    private static int quotient(int a, int b) {
        return a / b;
    }

    @Test
    void dividingByZeroInJavaThrowsEachTime() {
        try (Session session = OpenCl.session()) {
            assertThat(session.tensor(1f, 2f).plus(1).toFloats()).containsExactly(2f, 3f);
            int thrown = 0;
            for (int i = 0; i < TIMES; i++) {
                try {
                    assertThat(quotient(i, i % 3 == 0 ? 0 : 1)).isEqualTo(i);
                } catch (ArithmeticException e) {
                    thrown++;
                }
            }
            assertThat(thrown).isEqualTo(TIMES / 3);
        }
    }

    @Test
    void dividingByZeroInAKernelGivesWhatTheReferenceGives() {
        int[] a = {7, -7, 0, Integer.MIN_VALUE}, b = {0, 0, 0, -1};
        try (Session session = OpenCl.session(); Session reference = Session.open("reference")) {
            for (DType dtype : new DType[] {DType.I32, DType.I64})
                assertThat(quotients(session, a, b, dtype)).isEqualTo(quotients(reference, a, b, dtype));
        }
    }

    private static long[] quotients(Session session, int[] a, int[] b, DType dtype) {
        Tensor x = session.tensor(a).to(dtype), y = session.tensor(b).to(dtype);
        return x.over(y).toLongs();
    }
}
