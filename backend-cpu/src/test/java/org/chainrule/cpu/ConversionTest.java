package org.chainrule.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.chainrule.DType;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.ShapeMismatchException;
import org.chainrule.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
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

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void anyByteButZeroIsTrue(String backend) {
        try (Session s = Session.open(backend)) {
            byte[] bytes = {0, 1, 2, -1};
            Tensor t = s.tensor(Shape.of(4), DType.BOOL, MemorySegment.ofArray(bytes));
            assertArrayEquals(new byte[] {0, 1, 1, 1}, s.readBytes(t));
            assertEquals(3, t.to(DType.I64).sum().item());
            assertArrayEquals(new boolean[] {true, false, false, false}, t.not().toBooleans());
            s.write(t, MemorySegment.ofArray(new byte[] {4, 0, 0, 0}));
            assertEquals(1, t.to(DType.F32).sum().item());
        }
    }

    @Test
    void nestedArraysAreTakenApartAndTheirMistakesNamed() {
        try (Session s = Session.open("cpu")) {
            Tensor t = s.nested(new int[][][] {{{1, 2}}, {{3, 4}}, {{5, 6}}});
            assertEquals(Shape.of(3, 1, 2), t.shape());
            assertArrayEquals(new int[] {1, 2, 3, 4, 5, 6}, t.toInts());
            assertEquals(Shape.of(0, 0), s.tensor(new float[0][]).shape());
            assertEquals(Shape.of(2, 0), s.tensor(new float[2][0]).shape());
            String second = told(() -> s.tensor(new float[][] {{1}, null}));
            assertTrue(second.contains("part 1 along axis 0 is null"), second);
            String first = told(() -> s.nested(new double[][][] {{null}, {{1}}}));
            assertTrue(first.contains("part 0 along axis 1 is null"), first);
            assertThrows(ShapeMismatchException.class, () -> s.tensor(new float[][] {{1}, {2, 3}}));
            assertTrue(told(() -> s.nested("text")).contains("is not an array"));
            assertTrue(told(() -> s.nested(new String[] {"text"})).contains("java.lang.String"));
        }
    }

    private static String told(Executable mistake) {
        return String.valueOf(assertThrows(InvalidArgumentException.class, mistake).getMessage());
    }

    @Test
    void fillingTakesNoArrayOfTheValuesOnTheHeap() {
        try (Session s = Session.open("cpu")) {
            var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            int n = 1 << 22;
            s.full(Shape.of(3), DType.BOOL, 1);
            long before = threads.getCurrentThreadAllocatedBytes();
            Tensor ones = s.full(Shape.of(n), DType.BOOL, 1);
            assertTrue(threads.getCurrentThreadAllocatedBytes() - before < 2L * n);
            assertEquals(n, ones.to(DType.I64).sum().item());
            for (DType d : DType.values()) assertArrayEquals(new double[] {1, 1, 1, 1, 1},
                    s.full(Shape.of(5), d, 1).toDoubles());
            assertEquals(Shape.of(0), s.full(Shape.of(0), DType.F32, 1).shape());
        }
    }
}
