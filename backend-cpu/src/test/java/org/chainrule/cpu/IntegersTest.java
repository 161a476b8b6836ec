package org.chainrule.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.chainrule.Axes;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Integers are computed as integers: exact beyond what a double holds, wrapping at the dtype's width. */
class IntegersTest {
    /** The first whole number that is no double. */
    private static final long ODD = Long.parseLong("9007199254740993");

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void elementsAreExact(String backend) {
        try (Session s = Session.open(backend)) {
            Tensor x = s.tensor(ODD, -ODD, Long.MAX_VALUE), y = s.tensor(ODD - 1, 3L, 2);
            assertArrayEquals(new long[] {2 * ODD - 1, 3 - ODD, Long.MIN_VALUE + 1}, x.plus(y).toLongs());
            assertArrayEquals(new long[] {1, -ODD - 3, Long.MAX_VALUE - 2}, x.minus(y).toLongs());
            assertArrayEquals(new long[] {ODD * (ODD - 1), -3 * ODD, -2}, x.times(y).toLongs());
            assertArrayEquals(new long[] {1, -ODD / 3, Long.MAX_VALUE / 2}, x.over(y).toLongs());
            assertArrayEquals(new long[] {ODD, 3, Long.MAX_VALUE}, x.maximum(y).toLongs());
            assertArrayEquals(new long[] {ODD - 1, -ODD, 2}, x.minimum(y).toLongs());
            assertArrayEquals(new long[] {-ODD, ODD, -Long.MAX_VALUE}, x.negate().toLongs());
            assertArrayEquals(new long[] {ODD, ODD, Long.MAX_VALUE}, x.abs().toLongs());
            assertArrayEquals(new boolean[] {false, true, false}, x.lt(y).toBooleans());
            assertArrayEquals(new boolean[] {false, true, false}, x.le(y).toBooleans());
            assertArrayEquals(new boolean[] {false, false, false}, x.eq(y).toBooleans());
            assertArrayEquals(new long[] {ODD, 3, Long.MAX_VALUE}, x.gt(y).where(x, y).toLongs());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void foldsAreExact(String backend) {
        try (Session s = Session.open(backend)) {
            Tensor x = s.tensor(Shape.of(2, 2), new long[] {ODD, ODD - 1, ODD + 1, ODD});
            assertEquals(4 * ODD, x.sum().toLongs()[0]);
            assertArrayEquals(new long[] {2 * ODD - 1, 2 * ODD + 1}, x.sum(1).toLongs());
            assertArrayEquals(new long[] {2 * ODD + 1, 2 * ODD - 1}, x.plus(0).sum(Axes.of(0)).toLongs());
            assertArrayEquals(new long[] {ODD * (ODD - 1), ODD * (ODD + 1)}, x.prod(1).toLongs());
            assertArrayEquals(new long[] {ODD, ODD + 1}, x.max(1).toLongs());
            assertArrayEquals(new long[] {ODD, ODD - 1}, x.min(0).toLongs());
            assertArrayEquals(new long[] {1, 1}, x.argmax(0).toLongs());
            assertArrayEquals(new long[] {1, 1}, x.argmin(1).toLongs());
            assertArrayEquals(new long[] {ODD, 2 * ODD - 1, ODD + 1, 2 * ODD + 1}, x.cumsum(1).toLongs());
            Tensor index = s.tensor(Shape.of(2, 2), new long[] {1, 1, 0, 1});
            assertArrayEquals(new long[] {ODD, 3 * ODD - 2, 2 * ODD + 2, 2 * ODD},
                    x.scatterAdd(1, index, x).toLongs());
            assertArrayEquals(new int[] {-3, -7}, s.tensor(Shape.of(2, 1), new int[] {-3, -7}).max(1).toInts());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void literalsAndPrintedNumbersAreExact(String backend) {
        try (Session s = Session.open(backend)) {
            Tensor big = s.constant(Shape.of(1), DType.I64, 0x1p33);
            assertEquals(1L << 53, big.times(s.constant(Shape.of(1), DType.I64, 0x1p20)).toLongs()[0]);
            assertEquals((1L << 53) + 1, big.times(0x1p20).plus(1).toLongs()[0]);
            assertEquals(0, big.times(big).toLongs()[0] & 0xff);
            assertEquals(4, s.constant(Shape.of(1), DType.I64, 0x1p33).times(0x1p31).plus(4).toLongs()[0]);
            assertTrue(s.tensor(ODD, -ODD).toString().startsWith("[ 9007199254740993, -9007199254740993]"));
            assertEquals(Integer.MIN_VALUE, s.tensor(Integer.MAX_VALUE).plus(1).toInts()[0]);
        }
    }
}
