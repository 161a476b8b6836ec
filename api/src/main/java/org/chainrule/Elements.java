package org.chainrule;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Packed elements of a dtype, in native byte order, to and from Java arrays. */
public final class Elements {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

    private Elements() {}

    /** {@code values} as packed elements of {@code dtype}. */
    public static MemorySegment of(DType dtype, double... values) {
        MemorySegment s = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, dtype.bytes())]);
        for (int i = 0; i < values.length; i++) set(s, dtype, i, values[i]);
        return s;
    }

    /** {@code n} elements of {@code dtype}, each {@code value}, off the Java heap. */
    static MemorySegment filled(Arena arena, DType dtype, long n, double value) {
        MemorySegment s = arena.allocate(Math.multiplyExact(n, dtype.bytes()), 8);
        if (n > 0) set(s, dtype, 0, value);
        for (long done = dtype.bytes(); done < s.byteSize(); done *= 2)
            MemorySegment.copy(s, 0, s, done, Math.min(done, s.byteSize() - done));
        return s;
    }

    /** {@code s} with each bool as 0 or 1, which is what devices compute with; itself where it is so already. */
    static MemorySegment canonical(DType dtype, MemorySegment s) {
        if (dtype != DType.BOOL) return s;
        boolean canonical = true;
        for (long i = 0; i < s.byteSize(); i++) canonical &= (s.get(ValueLayout.JAVA_BYTE, i) & ~1) == 0;
        if (canonical) return s;
        MemorySegment r = MemorySegment.ofArray(new byte[Math.toIntExact(s.byteSize())]);
        for (long i = 0; i < s.byteSize(); i++)
            r.set(ValueLayout.JAVA_BYTE, i, (byte) (s.get(ValueLayout.JAVA_BYTE, i) != 0 ? 1 : 0));
        return r;
    }

    /** Writes element {@code i}. */
    public static void set(MemorySegment s, DType dtype, long i, double v) {
        switch (dtype) {
            case F32 -> s.set(FLOAT, 4 * i, (float) v);
            case F64 -> s.set(DOUBLE, 8 * i, v);
            case F16 -> s.set(SHORT, 2 * i, Float.floatToFloat16((float) v));
            case BF16 -> s.set(SHORT, 2 * i, DType.floatToBf16((float) v));
            case I32 -> s.set(INT, 4 * i, (int) (long) v);
            case I64 -> s.set(LONG, 8 * i, (long) v);
            case BOOL -> s.set(ValueLayout.JAVA_BYTE, i, (byte) (v != 0 ? 1 : 0));
        }
    }

    /** Reads element {@code i}; i64 beyond 2⁵³ loses digits. */
    public static double get(MemorySegment s, DType dtype, long i) {
        return switch (dtype) {
            case F32 -> s.get(FLOAT, 4 * i);
            case F64 -> s.get(DOUBLE, 8 * i);
            case F16 -> Float.float16ToFloat(s.get(SHORT, 2 * i));
            case BF16 -> DType.bf16ToFloat(s.get(SHORT, 2 * i));
            case I32, I64, BOOL -> getLong(s, dtype, i);
        };
    }

    private static long getLong(MemorySegment s, DType dtype, long i) {
        return switch (dtype) {
            case I32 -> s.get(INT, 4 * i);
            case I64 -> s.get(LONG, 8 * i);
            case BOOL -> s.get(ValueLayout.JAVA_BYTE, i) != 0 ? 1 : 0;
            case F32, F64, F16, BF16 -> (long) get(s, dtype, i);
        };
    }

    /** {@code n} elements as longs. */
    public static long[] longs(DType dtype, MemorySegment s, int n) {
        long[] r = new long[n];
        for (int i = 0; i < n; i++) r[i] = getLong(s, dtype, i);
        return r;
    }

    /** {@code n} elements as doubles. */
    public static double[] doubles(DType dtype, MemorySegment s, int n) {
        double[] r = new double[n];
        for (int i = 0; i < n; i++) r[i] = get(s, dtype, i);
        return r;
    }
}
