package org.chainrule.harness.cases;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.harness.Comparison;

/** Packed elements as raw bytes: drawn, and compared bit by bit. */
final class Packed {
    private Packed() {}

    /** {@code n} elements of any bits, the first not 0; bools are 0 or 1. */
    static byte[] draw(DType type, int n, SplittableRandom random) {
        byte[] b = new byte[n * type.bytes()];
        random.nextBytes(b);
        if (type == DType.BOOL) for (int i = 0; i < n; i++) b[i] &= 1;
        if (n > 0) b[0] = 1;
        return b;
    }

    /** The numbers at which formats end: zeros of both signs, the least and greatest of each kind, infinities, NaNs of several payloads; each integer's ends. */
    static byte[] extremes(DType type) {
        long[] bits = switch (type) {
            case F32 -> floats(8, 23);
            case F64 -> floats(11, 52);
            case F16 -> floats(5, 10);
            case BF16 -> floats(8, 7);
            case I32 -> new long[] {1, 0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, Integer.MIN_VALUE + 1, 1 << 24,
                (1 << 24) + 1};
            case I64 -> new long[] {1, 0, -1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1, 1L << 53,
                (1L << 53) + 1, 1L << 31, 1L << 32, 0xFFFF_FFFFL};
            case BOOL -> new long[] {1, 0};
        };
        byte[] b = new byte[bits.length * type.bytes()];
        for (int i = 0; i < bits.length; i++) put(b, type, i, bits[i]);
        return b;
    }

    /** Bit patterns of both signs of a format with so many bits of exponent and fraction. */
    private static long[] floats(int exponent, int fraction) {
        long one = ((1L << exponent - 1) - 1) << fraction, infinity = ((1L << exponent) - 1) << fraction,
                sign = 1L << exponent + fraction;
        long[] positive = {one, 0, 1, 2, (1L << fraction) - 1, 1L << fraction, one + 1, infinity - 1, infinity,
            infinity + 1, infinity + (1L << fraction - 1), infinity + (1L << fraction) - 1};
        long[] all = Arrays.copyOf(positive, 2 * positive.length);
        for (int i = 0; i < positive.length; i++) all[positive.length + i] = positive[i] | sign;
        return all;
    }

    /** Every pattern of a type of 16 bits. */
    static byte[] patterns(DType type) {
        byte[] b = new byte[1 << 17];
        for (int i = 0; i < 1 << 16; i++) put(b, type, i, i);
        return b;
    }

    private static void put(byte[] to, DType type, int i, long bits) {
        MemorySegment s = MemorySegment.ofArray(to);
        switch (type.bytes()) {
            case 1 -> s.set(ValueLayout.JAVA_BYTE, i, (byte) bits);
            case 2 -> s.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, (short) bits);
            case 4 -> s.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, (int) bits);
            default -> s.set(ValueLayout.JAVA_LONG_UNALIGNED, 8L * i, bits);
        }
    }

    /** The bits of each element must be those of {@code want}; where that is NaN, any NaN will do. */
    static void compare(Comparison c, String name, DType type, byte[] want, MemorySegment got) {
        if (got.byteSize() != want.length) {
            c.differs(name + ": " + got.byteSize() + " bytes, expected " + want.length);
            return;
        }
        int size = type.bytes(), n = want.length / size;
        MemorySegment expected = MemorySegment.ofArray(want);
        c.agreed(n);
        if (expected.mismatch(got) < 0) return;
        c.differ(name, n, i -> element(expected, i, size).mismatch(element(got, i, size)) >= 0
                && !(Double.isNaN(Elements.get(expected, type, i)) && Double.isNaN(Elements.get(got, type, i))),
                i -> ", element " + i + ": wrote " + hex(expected, i, size) + ", found " + hex(got, i, size));
    }

    private static MemorySegment element(MemorySegment s, int i, int size) {
        return s.asSlice((long) i * size, size);
    }

    private static String hex(MemorySegment s, int i, int size) {
        return "0x" + HexFormat.of().formatHex(element(s, i, size).toArray(ValueLayout.JAVA_BYTE));
    }

    /** Each number must be the other to the bit; any NaN is as good as another. */
    static void compare(Comparison c, String name, double[] want, double[] got) {
        if (got.length != want.length) {
            c.differs(name + ": " + got.length + " elements, expected " + want.length);
            return;
        }
        c.agreed(want.length);
        c.differ(name, want.length, i -> Double.compare(want[i], got[i]) != 0,
                i -> ", element " + i + ": expected " + want[i] + ", found " + got[i]);
    }
}
