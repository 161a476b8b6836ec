package org.chainrule.harness.analysis;

import org.chainrule.expr.Expr.Fn;
import org.chainrule.expr.Expr.Fn2;

/**
 * The rounding of one floating-point format, and how far a scalar function may be from the true value in it. Addition,
 * subtraction, multiplication, division and the square root round correctly (IEEE 754); a product may be left unrounded
 * (contraction to fma). The limits of the other functions are in units in the last place of the result.
 */
public enum Arithmetic {
    /** Limits as the CPU backend documents them (its {@code Lanes}); a GPU backend's may not exceed them. */
    F32(0x1p-24, Float.MIN_VALUE) {
        @Override
        double nearest(double x) {
            return (float) x;
        }

        @Override
        double ulp(double x) {
            return Math.ulp((float) x);
        }

        @Override
        public double limit(Fn fn) {
            return switch (fn) {
                case NEG, ABS, SIGN, FLOOR, ROUND, RELU -> 0;
                case SQRT -> 0.5;
                case EXP, LOG, LOG1P -> 1;
                case EXPM1, TANH, NORMAL_CDF -> 1.5;
                case SIN, COS, ERF, SIGMOID -> 2;
                // relu(x) + log1p(exp(-|x|)): 1 of exp, at most doubled by a change of binade; 1 of log1p; 0.5 of the sum
                case SOFTPLUS -> 3.5;
            };
        }

        @Override
        public double limit(Fn2 fn) {
            return switch (fn) {
                case MAX, MIN, LT, LE, EQ, AND, OR -> 0;
                case ADD, SUB, MUL, DIV -> 0.5;
                case POW, ATAN2 -> 1;
            };
        }
    },

    /** Limits of {@link Math} and {@link org.chainrule.expr.Erf}; sigmoid and softplus as {@link Fn} composes them. */
    F64(0x1p-53, Double.MIN_VALUE) {
        @Override
        double nearest(double x) {
            return x;
        }

        @Override
        double ulp(double x) {
            return Math.ulp(x);
        }

        @Override
        public double limit(Fn fn) {
            return switch (fn) {
                case NEG, ABS, SIGN, FLOOR, ROUND, RELU -> 0;
                case SQRT -> 0.5;
                case EXP, LOG, EXPM1, LOG1P, SIN, COS, ERF -> 1;
                case NORMAL_CDF -> 3;
                case TANH -> 2.5;
                case SIGMOID, SOFTPLUS -> 4.5;
            };
        }

        @Override
        public double limit(Fn2 fn) {
            return switch (fn) {
                case MAX, MIN, LT, LE, EQ, AND, OR -> 0;
                case ADD, SUB, MUL, DIV -> 0.5;
                case POW -> 1;
                case ATAN2 -> 2;
            };
        }
    };

    private final double unit, least;

    Arithmetic(double unit, double least) {
        this.unit = unit;
        this.least = least;
    }

    /** The unit roundoff. */
    double unit() {
        return unit;
    }

    /** The least positive number. */
    double least() {
        return least;
    }

    /** The number of this format nearest to {@code x}. */
    abstract double nearest(double x);

    abstract double ulp(double x);

    /** Units in the last place by which {@code fn} may be off. */
    public abstract double limit(Fn fn);

    /** Units in the last place by which {@code fn} may be off. */
    public abstract double limit(Fn2 fn);

    /** γₙ = n u / (1 - n u): the relative error of n roundings (Higham, "Accuracy and Stability", lemma 3.1). */
    double gamma(long n) {
        double nu = n * (unit + 0x1p-52);
        return nu < 1 ? nu / (1 - nu) : Double.POSITIVE_INFINITY;
    }

    /**
     * {@code exact} after one correct rounding, monotone, so its ends are rounded. The ends were computed in double
     * precision: the neighbours stand for them, unless they are known to be exact.
     */
    Interval rounded(Interval exact, boolean known) {
        if (exact.isEmpty()) return exact;
        // what is infinite in double precision is so after one rounding of any format
        return new Interval(nearest(known || Double.isInfinite(exact.lo()) ? exact.lo() : below(exact.lo())),
                nearest(known || Double.isInfinite(exact.hi()) ? exact.hi() : above(exact.hi())), exact.nan());
    }

    /** {@code exact} after a function that is off by at most {@code ulps}. A true 0 is met. */
    Interval within(double ulps, Interval exact) {
        if (exact.isEmpty()) return exact;
        return new Interval(step(below(exact.lo()), -ulps), step(above(exact.hi()), ulps), exact.nan());
    }

    private double step(double x, double ulps) {
        return x == 0 || Double.isInfinite(nearest(x)) ? nearest(x) : nearest(x + ulps * ulp(x));
    }

    private static double below(double x) {
        return x == 0 ? x : Math.nextDown(x);
    }

    private static double above(double x) {
        return x == 0 ? x : Math.nextUp(x);
    }
}
