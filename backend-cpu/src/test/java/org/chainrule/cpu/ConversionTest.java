package org.chainrule.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.ShapeMismatchException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values between tensors and what Java holds them in. */
class ConversionTest {
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void segmentsAndBuffersGoInAndOut(String backend) {
        try (Session s = Session.open(backend); Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3, 4, 5, 6);
            var t = s.tensor(Shape.of(2, 3), DType.F32, in);
            MemorySegment out = arena.allocate(24);
            t.t().copyTo(out);
            assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, out.toArray(ValueLayout.JAVA_FLOAT));
            ByteBuffer buffer = ByteBuffer.allocateDirect(24).order(ByteOrder.nativeOrder());
            t.copyTo(buffer);
            assertEquals(6, buffer.getFloat(20));
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, s.tensor(Shape.of(6), DType.F32, buffer).toFloats());
            assertThrows(ShapeMismatchException.class, () -> t.copyTo(arena.allocate(20)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void permutationHoldsEachNumberOnceAndFollowsTheSeed(String backend) {
        try (Session s = Session.open(backend)) {
            long[] p = s.permutation(Rng.of(7), 100).toLongs();
            assertArrayEquals(p, s.permutation(Rng.of(7), 100).toLongs());
            long[] sorted = p.clone();
            Arrays.sort(sorted);
            assertArrayEquals(java.util.stream.LongStream.range(0, 100).toArray(), sorted);
            Rng rng = Rng.of(7);
            s.permutation(rng, 100);
            assertEquals(1, rng.position());
        }
    }
}
