package org.chainrule.cpu;

import org.chainrule.DType;

/** Runs of elements between a tensor's array and a register, with the conversions of storage. */
final class Transfer {
    /** Up to here a loop is faster than a call that copies. */
    private static final int SHORT = 8;

    private Transfer() {}

    /** {@code n} elements of {@code from}, {@code stride} apart from {@code at}, to the register's elements from {@code done}. */
    static void load(Object from, DType type, int at, int stride, Register to, int done, int n) {
        int o = to.at + done;
        switch (type) {
            case F32 -> load((float[]) from, at, stride, to.floats, o, n);
            case F64 -> load((double[]) from, at, stride, to.doubles, o, n);
            case I64 -> load((long[]) from, at, stride, to.longs, o, n);
            case I32 -> {
                int[] a = (int[]) from;
                for (int i = 0; i < n; i++) to.longs[o + i] = a[at + i * stride];
            }
            case BOOL -> {
                byte[] a = (byte[]) from;
                for (int i = 0; i < n; i++) to.floats[o + i] = a[at + i * stride];
            }
            case F16 -> {
                short[] a = (short[]) from;
                for (int i = 0; i < n; i++) to.floats[o + i] = Float.float16ToFloat(a[at + i * stride]);
            }
            case BF16 -> {
                short[] a = (short[]) from;
                for (int i = 0; i < n; i++) to.floats[o + i] = DType.bf16ToFloat(a[at + i * stride]);
            }
        }
    }

    private static void load(float[] a, int at, int stride, float[] to, int o, int n) {
        if (stride == 1 && n > SHORT) System.arraycopy(a, at, to, o, n);
        else if (stride == 0) java.util.Arrays.fill(to, o, o + n, a[at]);
        else for (int i = 0; i < n; i++) to[o + i] = a[at + i * stride];
    }

    private static void load(double[] a, int at, int stride, double[] to, int o, int n) {
        if (stride == 1 && n > SHORT) System.arraycopy(a, at, to, o, n);
        else for (int i = 0; i < n; i++) to[o + i] = a[at + i * stride];
    }

    private static void load(long[] a, int at, int stride, long[] to, int o, int n) {
        if (stride == 1 && n > SHORT) System.arraycopy(a, at, to, o, n);
        else for (int i = 0; i < n; i++) to[o + i] = a[at + i * stride];
    }

    /** The register's elements from {@code done} to {@code n} elements of {@code to}, {@code stride} apart from {@code at}. */
    static void store(Register from, int done, Object to, DType type, int at, int stride, int n) {
        int o = from.at + done;
        switch (type) {
            case F32 -> {
                float[] a = (float[]) to;
                if (stride == 1 && n > SHORT) System.arraycopy(from.floats, o, a, at, n);
                else for (int i = 0; i < n; i++) a[at + i * stride] = from.floats[o + i];
            }
            case F64 -> {
                double[] a = (double[]) to;
                for (int i = 0; i < n; i++) a[at + i * stride] = from.doubles[o + i];
            }
            case I64 -> {
                long[] a = (long[]) to;
                for (int i = 0; i < n; i++) a[at + i * stride] = from.longs[o + i];
            }
            case I32 -> {
                int[] a = (int[]) to;
                for (int i = 0; i < n; i++) a[at + i * stride] = (int) from.longs[o + i];
            }
            case BOOL -> {
                byte[] a = (byte[]) to;
                for (int i = 0; i < n; i++) a[at + i * stride] = (byte) (from.floats[o + i] != 0 ? 1 : 0);
            }
            case F16 -> {
                short[] a = (short[]) to;
                for (int i = 0; i < n; i++) a[at + i * stride] = Float.floatToFloat16(from.floats[o + i]);
            }
            case BF16 -> {
                short[] a = (short[]) to;
                for (int i = 0; i < n; i++) a[at + i * stride] = DType.floatToBf16(from.floats[o + i]);
            }
        }
    }
}
