package org.chainrule.cpu;

import org.chainrule.DType;

/** Runs of elements between a tensor's array and a register, with the conversions of storage. */
final class Transfer {
    private Transfer() {}

    /** {@code n} elements of {@code from}, {@code stride} apart from {@code at}, to the register's elements from {@code done}. */
    static void load(Object from, DType type, int at, int stride, Register to, int done, int n) {
        int o = to.at + done;
        switch (from) {
            case float[] a -> load(a, at, stride, to.floats, o, n);
            case double[] a -> load(a, at, stride, to.doubles, o, n);
            case long[] a -> load(a, at, stride, to.longs, o, n);
            case int[] a -> {
                for (int i = 0; i < n; i++) to.longs[o + i] = a[at + i * stride];
            }
            case byte[] a -> {
                for (int i = 0; i < n; i++) to.floats[o + i] = a[at + i * stride];
            }
            case short[] a -> {
                if (type == DType.F16)
                    for (int i = 0; i < n; i++) to.floats[o + i] = Float.float16ToFloat(a[at + i * stride]);
                else for (int i = 0; i < n; i++) to.floats[o + i] = DType.bf16ToFloat(a[at + i * stride]);
            }
            default -> throw new IllegalStateException("no elements of " + from.getClass());
        }
    }

    private static void load(float[] a, int at, int stride, float[] to, int o, int n) {
        if (stride == 1) System.arraycopy(a, at, to, o, n);
        else if (stride == 0) java.util.Arrays.fill(to, o, o + n, a[at]);
        else for (int i = 0; i < n; i++) to[o + i] = a[at + i * stride];
    }

    private static void load(double[] a, int at, int stride, double[] to, int o, int n) {
        if (stride == 1) System.arraycopy(a, at, to, o, n);
        else for (int i = 0; i < n; i++) to[o + i] = a[at + i * stride];
    }

    private static void load(long[] a, int at, int stride, long[] to, int o, int n) {
        if (stride == 1) System.arraycopy(a, at, to, o, n);
        else for (int i = 0; i < n; i++) to[o + i] = a[at + i * stride];
    }

    /** The register's elements from {@code done} to {@code n} elements of {@code to}, {@code stride} apart from {@code at}. */
    static void store(Register from, int done, Object to, DType type, int at, int stride, int n) {
        int o = from.at + done;
        switch (to) {
            case float[] a -> {
                if (stride == 1) System.arraycopy(from.floats, o, a, at, n);
                else for (int i = 0; i < n; i++) a[at + i * stride] = from.floats[o + i];
            }
            case double[] a -> {
                for (int i = 0; i < n; i++) a[at + i * stride] = from.doubles[o + i];
            }
            case long[] a -> {
                for (int i = 0; i < n; i++) a[at + i * stride] = from.longs[o + i];
            }
            case int[] a -> {
                for (int i = 0; i < n; i++) a[at + i * stride] = (int) from.longs[o + i];
            }
            case byte[] a -> {
                for (int i = 0; i < n; i++) a[at + i * stride] = (byte) (from.floats[o + i] != 0 ? 1 : 0);
            }
            case short[] a -> {
                if (type == DType.F16)
                    for (int i = 0; i < n; i++) a[at + i * stride] = Float.floatToFloat16(from.floats[o + i]);
                else for (int i = 0; i < n; i++) a[at + i * stride] = DType.floatToBf16(from.floats[o + i]);
            }
            default -> throw new IllegalStateException("no elements of " + to.getClass());
        }
    }
}
