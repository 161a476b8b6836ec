package org.chainrule;

import java.util.Locale;

/** A tensor's value as a person likes to read it: nested brackets, aligned columns, long axes shortened. */
final class TensorText {
    private static final int EDGE = 3, MOST = 1000;

    /** The values of floats; of other dtypes {@link #integers} holds them. */
    private final double[] values;
    private final long[] integers;
    private final int[] dims;
    private final boolean shortened;
    private final DType dtype;
    private String format = "";
    private int width;

    private TensorText(Tensor t) {
        this.values = t.dtype().isFloat() ? t.toDoubles() : new double[0];
        this.integers = t.dtype().isFloat() ? new long[0] : t.toLongs();
        this.dims = t.shape().dims();
        this.dtype = t.dtype();
        this.shortened = t.shape().size() > MOST;
    }

    static String of(Tensor t) {
        TensorText text = new TensorText(t);
        StringBuilder b = new StringBuilder();
        text.measure();
        text.append(b, 0, 0, 1);
        return b.append("  ").append(t.shape()).append(' ').append(t.dtype().name().toLowerCase(Locale.ROOT))
                .toString();
    }

    private void measure() {
        double most = 0, least = Double.MAX_VALUE;
        boolean whole = true;
        for (double v : values) {
            double a = Math.abs(v);
            if (a == 0 || Double.isNaN(a) || Double.isInfinite(a)) continue;
            most = Math.max(most, a);
            least = Math.min(least, a);
            whole &= a == Math.rint(a) && a < 1e8;
        }
        format = most == 0 || whole ? "%.1f" : most >= 1e6 || least < 1e-4 ? "%.4e" : "%.4f";
        for (int i = 0; i < values.length + integers.length; i++) width = Math.max(width, element(i).length());
        if (shortened) width = Math.min(width, 14);
    }

    private String element(int at) {
        if (dtype == DType.BOOL) return integers[at] != 0 ? "true" : "false";
        if (!dtype.isFloat()) return Long.toString(integers[at]);
        double v = values[at];
        if (Double.isNaN(v)) return "nan";
        if (Double.isInfinite(v)) return v > 0 ? "inf" : "-inf";
        return String.format(Locale.ROOT, format, v);
    }

    private void append(StringBuilder b, int axis, int at, int indent) {
        if (axis == dims.length) {
            b.append(dims.length == 0 ? element(at)
                    : " ".repeat(Math.max(0, width - element(at).length())) + element(at));
            return;
        }
        int n = dims[axis], stride = 1;
        for (int i = axis + 1; i < dims.length; i++) stride *= dims[i];
        boolean inner = axis == dims.length - 1;
        b.append('[');
        for (int i = 0; i < n; i++) {
            if (i > 0) b.append(inner ? ", " : ",\n" + " ".repeat(indent));
            if (shortened && n > 2 * EDGE + 1 && i == EDGE) {
                b.append("…");
                i = n - EDGE - 1;
                continue;
            }
            append(b, axis + 1, at + i * stride, indent + 1);
        }
        b.append(']');
    }
}
