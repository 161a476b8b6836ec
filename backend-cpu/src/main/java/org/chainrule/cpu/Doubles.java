package org.chainrule.cpu;

import java.util.Arrays;
import org.chainrule.expr.Erf;

/**
 * The primitives of {@link Lanes} over double arrays, by {@link Math}. Sums have the same {@value Lanes#SUM_LANES} logical lanes and tree.
 */
public final class Doubles {
    private static final int LANES = Lanes.SUM_LANES;

    private Doubles() {
    }

    private static double sigmoid(double x) {
        double e = Math.exp(-Math.abs(x));
        return (x < 0 ? e : 1) / (1 + e);
    }

    /** y[yo + i] = -x, for i in 0 … n. */
    public static void neg(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = -x[xo + i];
        }
    }

    /** y[yo + i] = |x|, for i in 0 … n. */
    public static void abs(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.abs(x[xo + i]);
        }
    }

    /** y[yo + i] = -1, 0, 1 by the sign of x; ±0 and NaN stay, for i in 0 … n. */
    public static void sign(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.signum(x[xo + i]);
        }
    }

    /** y[yo + i] = ⌊x⌋, for i in 0 … n. */
    public static void floor(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.floor(x[xo + i]);
        }
    }

    /** y[yo + i] = the nearest integer, ties to even, for i in 0 … n. */
    public static void round(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.rint(x[xo + i]);
        }
    }

    /** y[yo + i] = √x, for i in 0 … n. */
    public static void sqrt(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.sqrt(x[xo + i]);
        }
    }

    /** y[yo + i] = exp(x), for i in 0 … n. */
    public static void exp(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.exp(x[xo + i]);
        }
    }

    /** y[yo + i] = exp(x) - 1, for i in 0 … n. */
    public static void expm1(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.expm1(x[xo + i]);
        }
    }

    /** y[yo + i] = ln x, for i in 0 … n. */
    public static void log(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.log(x[xo + i]);
        }
    }

    /** y[yo + i] = ln(1 + x), for i in 0 … n. */
    public static void log1p(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.log1p(x[xo + i]);
        }
    }

    /** y[yo + i] = sin x, for i in 0 … n. */
    public static void sin(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.sin(x[xo + i]);
        }
    }

    /** y[yo + i] = cos x, for i in 0 … n. */
    public static void cos(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.cos(x[xo + i]);
        }
    }

    /** y[yo + i] = tanh x, for i in 0 … n. */
    public static void tanh(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.tanh(x[xo + i]);
        }
    }

    /** y[yo + i] = erf(x) = 2/√π ∫₀ˣ exp(-t²) dt, for i in 0 … n. */
    public static void erf(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Erf.erf(x[xo + i]);
        }
    }

    /** y[yo + i] = 1 / (1 + exp(-x)), for i in 0 … n. */
    public static void sigmoid(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = sigmoid(x[xo + i]);
        }
    }

    /** y[yo + i] = max(x, 0), for i in 0 … n. */
    public static void relu(double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(x[xo + i], 0);
        }
    }

    /** y[yo + i] = a + b for a[ao + i], b[bo + i] and i in 0 … n. */
    public static void add(double[] a, int ao, double[] b, int bo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] + b[bo + i];
        }
    }

    /** y[yo + i] = a - b for a[ao + i], b[bo + i] and i in 0 … n. */
    public static void sub(double[] a, int ao, double[] b, int bo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] - b[bo + i];
        }
    }

    /** y[yo + i] = a b for a[ao + i], b[bo + i] and i in 0 … n. */
    public static void mul(double[] a, int ao, double[] b, int bo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] * b[bo + i];
        }
    }

    /** y[yo + i] = a / b for a[ao + i], b[bo + i] and i in 0 … n. */
    public static void div(double[] a, int ao, double[] b, int bo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] / b[bo + i];
        }
    }

    /** y[yo + i] = max(a, b), as {@link Math#max(double, double)} for a[ao + i], b[bo + i] and i in 0 … n. */
    public static void max(double[] a, int ao, double[] b, int bo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(a[ao + i], b[bo + i]);
        }
    }

    /** y[yo + i] = min(a, b), as {@link Math#min(double, double)} for a[ao + i], b[bo + i] and i in 0 … n. */
    public static void min(double[] a, int ao, double[] b, int bo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.min(a[ao + i], b[bo + i]);
        }
    }

    /** y[yo + i] = a to the power b for a[ao + i], b[bo + i] and i in 0 … n. */
    public static void pow(double[] a, int ao, double[] b, int bo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.pow(a[ao + i], b[bo + i]);
        }
    }

    /** y[yo + i] = the angle of the point (b, a) for a[ao + i], b[bo + i] and i in 0 … n. */
    public static void atan2(double[] a, int ao, double[] b, int bo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.atan2(a[ao + i], b[bo + i]);
        }
    }

    /** y[yo + i] = x + s for x[xo + i] and i in 0 … n. */
    public static void add(double[] x, int xo, double s, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = x[xo + i] + s;
        }
    }

    /** y[yo + i] = x - s for x[xo + i] and i in 0 … n. */
    public static void sub(double[] x, int xo, double s, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = x[xo + i] - s;
        }
    }

    /** y[yo + i] = s - x for x[xo + i] and i in 0 … n. */
    public static void rsub(double[] x, int xo, double s, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = s - x[xo + i];
        }
    }

    /** y[yo + i] = s x for x[xo + i] and i in 0 … n. */
    public static void mul(double[] x, int xo, double s, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = x[xo + i] * s;
        }
    }

    /** y[yo + i] = x / s for x[xo + i] and i in 0 … n. */
    public static void div(double[] x, int xo, double s, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = x[xo + i] / s;
        }
    }

    /** y[yo + i] = s / x for x[xo + i] and i in 0 … n. */
    public static void rdiv(double[] x, int xo, double s, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = s / x[xo + i];
        }
    }

    /** y[yo + i] = max(x, s) for x[xo + i] and i in 0 … n. */
    public static void max(double[] x, int xo, double s, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(x[xo + i], s);
        }
    }

    /** y[yo + i] = min(x, s) for x[xo + i] and i in 0 … n. */
    public static void min(double[] x, int xo, double s, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.min(x[xo + i], s);
        }
    }

    /** y[yo + i] = s. */
    public static void fill(double s, double[] y, int yo, int n) {
        Arrays.fill(y, yo, yo + n, s);
    }

    /** y[yo + i] = x[xo + i]. */
    public static void copy(double[] x, int xo, double[] y, int yo, int n) {
        System.arraycopy(x, xo, y, yo, n);
    }

    /** y[yo + i] += x[xo + i]. */
    public static void accumulate(double[] x, int xo, double[] y, int yo, int n) {
        add(y, yo, x, xo, y, yo, n);
    }

    /** y[yo + i] = fma(a, x[xo + i], y[yo + i]). */
    public static void axpy(double a, double[] x, int xo, double[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.fma(a, x[xo + i], y[yo + i]);
        }
    }

    /** Σ x[xo + i] in the lane order; 0 for n = 0. */
    public static double sum(double[] x, int xo, int n) {
        return lane(x, xo, n, 0, 1);
    }

    /** The sum of lanes {@code first}, {@code first + step}, …: the two halves that are step apart, down to single lanes. */
    private static double lane(double[] x, int xo, int n, int first, int step) {
        if (step < LANES) {
            return lane(x, xo, n, first, 2 * step) + lane(x, xo, n, first + step, 2 * step);
        }
        double sum = 0;
        for (int i = first; i < n; i += LANES) {
            sum += x[xo + i];
        }
        return sum;
    }

    /** Σ x[xo + i]² in the lane order, by fma. */
    public static double sumOfSquares(double[] x, int xo, int n) {
        return dot(x, xo, x, xo, n);
    }

    /** Σ a[ao + i] b[bo + i] in the lane order, by fma; 0 for n = 0. */
    public static double dot(double[] a, int ao, double[] b, int bo, int n) {
        return lane(a, ao, b, bo, n, 0, 1);
    }

    private static double lane(double[] a, int ao, double[] b, int bo, int n, int first, int step) {
        if (step < LANES) {
            return lane(a, ao, b, bo, n, first, 2 * step) + lane(a, ao, b, bo, n, first + step, 2 * step);
        }
        double sum = 0;
        for (int i = first; i < n; i += LANES) {
            sum = Math.fma(a[ao + i], b[bo + i], sum);
        }
        return sum;
    }

    /** The greatest element; NaN if there is one, -∞ for n = 0. */
    public static double max(double[] x, int xo, int n) {
        double m = Double.NEGATIVE_INFINITY;
        for (int i = xo; i < xo + n; i++) {
            m = Math.max(m, x[i]);
        }
        return m;
    }

    /** The least element; NaN if there is one, ∞ for n = 0. */
    public static double min(double[] x, int xo, int n) {
        double m = Double.POSITIVE_INFINITY;
        for (int i = xo; i < xo + n; i++) {
            m = Math.min(m, x[i]);
        }
        return m;
    }
}
