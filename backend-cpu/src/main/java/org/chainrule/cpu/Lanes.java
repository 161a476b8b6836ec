package org.chainrule.cpu;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Element-by-element and summing primitives over runs of float arrays. Two providers, one result: {@link ScalarLanes} and
 * {@code PanamaLanes} give the same bits for every input (all NaNs counting as one), at every length and on every vector width, because
 * functions have one sequence of operations and sums one order: element i goes to logical lane i mod {@value #SUM_LANES}, and lanes j and j + 8, then j
 * + 4, j + 2, j + 1 are added.
 *
 * <p>
 * Operands and result may be the same array at the same offset; otherwise overlapping runs give undefined results. Offsets and lengths must lie
 * inside the arrays.
 */
public abstract class Lanes {
    /** Logical lanes of the sums. */
    public static final int SUM_LANES = 16;

    /** Worst error of {@link #exp} over all floats. */
    public static final double EXP_ULP = 1;
    /** Worst error of {@link #expm1} over all floats. */
    public static final double EXPM1_ULP = 1.5;
    /** Worst error of {@link #log} over all floats. */
    public static final double LOG_ULP = 1;
    /** Worst error of {@link #log1p} over all floats. */
    public static final double LOG1P_ULP = 1;
    /** Worst error of {@link #sin} over all floats. */
    public static final double SIN_ULP = 2;
    /** Worst error of {@link #cos} over all floats. */
    public static final double COS_ULP = 2;
    /** Worst error of {@link #tanh} over all floats. */
    public static final double TANH_ULP = 1.5;
    /** Worst error of {@link #erf} over all floats. */
    public static final double ERF_ULP = 2;
    /** Worst error of {@link #normalCdf} over all floats. */
    public static final double NORMAL_CDF_ULP = 1.5;
    /** Worst error of {@link #sigmoid} over all floats. */
    public static final double SIGMOID_ULP = 2;

    private static final class Best {
        static final Lanes LANES = choose();
    }

    Lanes() {
    }

    /**
     * The fastest provider that this Java virtual machine can run, chosen at the first call. Each operation starts with scalar loops and changes
     * to the vector kernel, with the same bits, once the just-in-time compiler has it.
     */
    public static Lanes best() {
        return Best.LANES;
    }

    /** The portable provider. */
    public static Lanes scalar() {
        return new ScalarLanes();
    }

    private static Lanes choose() {
        Lanes lanes = PanamaProvider.lanes().<Lanes>map(vector -> new LanesOnceWarm(vector, LanesOnceWarm.ENOUGH))
                .orElseGet(ScalarLanes::new);
        Logger log = System.getLogger(Lanes.class.getName());
        log.log(Level.DEBUG, "cpu kernels: {0}", lanes.description());
        return lanes;
    }

    /** What runs and, for the scalar provider, the flag that would make it faster. */
    public abstract String description();

    /** y[yo + i] = -x, for i in 0 … n. */
    public abstract void neg(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = |x|, for i in 0 … n. */
    public abstract void abs(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = -1, 0, 1 by the sign of x; ±0 and NaN stay, for i in 0 … n. */
    public abstract void sign(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = ⌊x⌋, for i in 0 … n. */
    public abstract void floor(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = the nearest integer, ties to even, for i in 0 … n. */
    public abstract void round(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = √x, for i in 0 … n. */
    public abstract void sqrt(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = exp(x), within {@link #EXP_ULP} ULP, for i in 0 … n. */
    public abstract void exp(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = exp(x) - 1, within {@link #EXPM1_ULP} ULP, for i in 0 … n. */
    public abstract void expm1(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = ln x, within {@link #LOG_ULP} ULP, for i in 0 … n. */
    public abstract void log(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = ln(1 + x), within {@link #LOG1P_ULP} ULP, for i in 0 … n. */
    public abstract void log1p(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = sin x, within {@link #SIN_ULP} ULP, for i in 0 … n. */
    public abstract void sin(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = cos x, within {@link #COS_ULP} ULP, for i in 0 … n. */
    public abstract void cos(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = tanh x, within {@link #TANH_ULP} ULP, for i in 0 … n. */
    public abstract void tanh(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = erf(x) = 2/√π ∫₀ˣ exp(-t²) dt, within {@link #ERF_ULP} ULP, for i in 0 … n. */
    public abstract void erf(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = Φ(x) = (1 + erf(x/√2)) / 2, within {@link #NORMAL_CDF_ULP} ULP, for i in 0 … n. */
    public abstract void normalCdf(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = 1 / (1 + exp(-x)), within {@link #SIGMOID_ULP} ULP, for i in 0 … n. */
    public abstract void sigmoid(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = max(x, 0), for i in 0 … n. */
    public abstract void relu(float[] x, int xo, float[] y, int yo, int n);

    /** y[yo + i] = a + b for a[ao + i], b[bo + i] and i in 0 … n. */
    public abstract void add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

    /** y[yo + i] = a - b for a[ao + i], b[bo + i] and i in 0 … n. */
    public abstract void sub(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

    /** y[yo + i] = a b for a[ao + i], b[bo + i] and i in 0 … n. */
    public abstract void mul(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

    /** y[yo + i] = a / b for a[ao + i], b[bo + i] and i in 0 … n. */
    public abstract void div(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

    /** y[yo + i] = max(a, b), as {@link Math#max(float, float)}: NaN wins and 0 exceeds -0 for a[ao + i], b[bo + i] and i in 0 … n. */
    public abstract void max(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

    /** y[yo + i] = min(a, b), as {@link Math#min(float, float)}: NaN wins and 0 exceeds -0 for a[ao + i], b[bo + i] and i in 0 … n. */
    public abstract void min(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

    /** y[yo + i] = a to the power b, rounded from {@link Math#pow} for a[ao + i], b[bo + i] and i in 0 … n. */
    public abstract void pow(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

    /** y[yo + i] = the angle of the point (b, a), rounded from {@link Math#atan2} for a[ao + i], b[bo + i] and i in 0 … n. */
    public abstract void atan2(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

    /** y[yo + i] = 1 where a &lt; b, else 0, for a[ao + i], b[bo + i] and i in 0 … n. */
    public abstract void lt(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

    /** y[yo + i] = 1 where a ≤ b, else 0, for a[ao + i], b[bo + i] and i in 0 … n. */
    public abstract void le(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

    /** y[yo + i] = 1 where a = b, else 0, for a[ao + i], b[bo + i] and i in 0 … n. */
    public abstract void eq(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

    /** y[yo + i] = a[ao + i] where c[co + i] is not 0, else b[bo + i], for i in 0 … n. */
    public abstract void select(float[] c, int co, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

    /** y[yo + i] = x + s for x[xo + i] and i in 0 … n. */
    public abstract void add(float[] x, int xo, float s, float[] y, int yo, int n);

    /** y[yo + i] = x - s for x[xo + i] and i in 0 … n. */
    public abstract void sub(float[] x, int xo, float s, float[] y, int yo, int n);

    /** y[yo + i] = s - x for x[xo + i] and i in 0 … n. */
    public abstract void rsub(float[] x, int xo, float s, float[] y, int yo, int n);

    /** y[yo + i] = s x for x[xo + i] and i in 0 … n. */
    public abstract void mul(float[] x, int xo, float s, float[] y, int yo, int n);

    /** y[yo + i] = x / s for x[xo + i] and i in 0 … n. */
    public abstract void div(float[] x, int xo, float s, float[] y, int yo, int n);

    /** y[yo + i] = s / x for x[xo + i] and i in 0 … n. */
    public abstract void rdiv(float[] x, int xo, float s, float[] y, int yo, int n);

    /** y[yo + i] = max(x, s) for x[xo + i] and i in 0 … n. */
    public abstract void max(float[] x, int xo, float s, float[] y, int yo, int n);

    /** y[yo + i] = min(x, s) for x[xo + i] and i in 0 … n. */
    public abstract void min(float[] x, int xo, float s, float[] y, int yo, int n);

    /** y[yo + i] = s. */
    public final void fill(float s, float[] y, int yo, int n) {
        java.util.Arrays.fill(y, yo, yo + n, s);
    }

    /** y[yo + i] = x[xo + i]. */
    public final void copy(float[] x, int xo, float[] y, int yo, int n) {
        System.arraycopy(x, xo, y, yo, n);
    }

    /** y[yo + i] += x[xo + i]. */
    public final void accumulate(float[] x, int xo, float[] y, int yo, int n) {
        add(y, yo, x, xo, y, yo, n);
    }

    /** y[yo + i] = fma(a, x[xo + i], y[yo + i]). */
    public abstract void axpy(float a, float[] x, int xo, float[] y, int yo, int n);

    /** Σ x[xo + i] in the lane order; 0 for n = 0. */
    public abstract float sum(float[] x, int xo, int n);

    /** Σ x[xo + i]² in the lane order, by fma. */
    public final float sumOfSquares(float[] x, int xo, int n) {
        return dot(x, xo, x, xo, n);
    }

    /** Σ a[ao + i] b[bo + i] in the lane order, by fma; 0 for n = 0. */
    public abstract float dot(float[] a, int ao, float[] b, int bo, int n);

    /** The greatest element; NaN if there is one, -∞ for n = 0. */
    public abstract float max(float[] x, int xo, int n);

    /** The least element; NaN if there is one, ∞ for n = 0. */
    public abstract float min(float[] x, int xo, int n);
}
