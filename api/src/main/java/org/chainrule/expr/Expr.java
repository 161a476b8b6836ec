package org.chainrule.expr;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * A scalar expression over an op's arguments: the one form from which forward code, derivatives and tests are made.
 * Immutable; equality is structural. Comparisons give 1 for true and 0 for false.
 */
public sealed interface Expr {
    /** The op's argument number {@code index}, from 0. */
    record Arg(int index) implements Expr {}

    /** A literal. */
    record Const(double value) implements Expr {
        /** Literals are equal where their bits are: NaN equals NaN, and 0 differs from -0. */
        @Override
        public boolean equals(Object o) {
            return o instanceof Const(double v) && Double.doubleToLongBits(v) == Double.doubleToLongBits(value);
        }

        @Override
        public int hashCode() {
            return Double.hashCode(value);
        }
    }

    /** The coordinate of the element along {@code axis} of the op's shape. */
    record Index(int axis) implements Expr {}

    /** A function of one value. */
    record Unary(Fn fn, Expr x) implements Expr {}

    /** A function of two values. */
    record Binary(Fn2 fn, Expr a, Expr b) implements Expr {}

    /** {@code then} where {@code condition} is not 0, {@code otherwise} elsewhere. */
    record Where(Expr condition, Expr then, Expr otherwise) implements Expr {}

    /** Primitive functions of one value. */
    enum Fn {
        NEG, ABS, SIGN, FLOOR, ROUND, SQRT, EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, ERF, NORMAL_CDF, SIGMOID, SOFTPLUS,
        RELU;

        /** Whether its values are no integers where its argument is one. */
        public boolean isTranscendental() {
            return switch (this) {
                case NEG, ABS, SIGN, FLOOR, ROUND, RELU -> false;
                case SQRT, EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, ERF, NORMAL_CDF, SIGMOID, SOFTPLUS -> true;
            };
        }

        /** The value in double precision. */
        public double apply(double x) {
            return switch (this) {
                case NEG -> -x;
                case ABS -> Math.abs(x);
                case SIGN -> x > 0 ? 1 : x < 0 ? -1 : 0;
                case FLOOR -> Math.floor(x);
                case ROUND -> Math.rint(x);
                case SQRT -> Math.sqrt(x);
                case EXP -> Math.exp(x);
                case EXPM1 -> Math.expm1(x);
                case LOG -> Math.log(x);
                case LOG1P -> Math.log1p(x);
                case SIN -> Math.sin(x);
                case COS -> Math.cos(x);
                case TANH -> Math.tanh(x);
                case ERF -> Erf.erf(x);
                case NORMAL_CDF -> Erf.normalCdf(x);
                case SIGMOID -> x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
                case SOFTPLUS -> (x <= 0 ? 0 : x) + Math.log1p(Math.exp(-Math.abs(x)));
                case RELU -> x <= 0 ? 0 : x;
            };
        }

        /** The value for a whole number, in 64-bit arithmetic; what has no whole values is cut off toward zero. */
        public long applyToInteger(long x) {
            return switch (this) {
                case NEG -> -x;
                case ABS -> Math.abs(x);
                case SIGN -> Long.signum(x);
                case FLOOR, ROUND -> x;
                case RELU -> Math.max(x, 0);
                case SQRT, EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, ERF, NORMAL_CDF, SIGMOID, SOFTPLUS ->
                        (long) apply((double) x);
            };
        }
    }

    /** Primitive functions of two values; MAX and MIN give NaN where either is NaN. */
    enum Fn2 {
        ADD, SUB, MUL, DIV, MAX, MIN, POW, ATAN2, LT, LE, EQ, AND, OR;

        /** Whether the result is true or false rather than a number. */
        public boolean isPredicate() {
            return switch (this) {
                case LT, LE, EQ, AND, OR -> true;
                case ADD, SUB, MUL, DIV, MAX, MIN, POW, ATAN2 -> false;
            };
        }

        /** The value in double precision. */
        public double apply(double a, double b) {
            return switch (this) {
                case ADD -> a + b;
                case SUB -> a - b;
                case MUL -> a * b;
                case DIV -> a / b;
                case MAX -> Math.max(a, b);
                case MIN -> Math.min(a, b);
                case POW -> pow(a, b);
                case ATAN2 -> Math.atan2(a, b);
                case LT -> a < b ? 1 : 0;
                case LE -> a <= b ? 1 : 0;
                case EQ -> a == b ? 1 : 0;
                case AND -> a != 0 && b != 0 ? 1 : 0;
                case OR -> a != 0 || b != 0 ? 1 : 0;
            };
        }

        /** The value for whole numbers, in 64-bit arithmetic that wraps; a quotient is cut off toward zero, that by 0 is cast from a double's. */
        public long applyToIntegers(long a, long b) {
            return switch (this) {
                case ADD -> a + b;
                case SUB -> a - b;
                case MUL -> a * b;
                case DIV -> b == 0 ? (long) apply((double) a, 0.0) : a / b;
                case MAX -> Math.max(a, b);
                case MIN -> Math.min(a, b);
                case LT -> a < b ? 1 : 0;
                case LE -> a <= b ? 1 : 0;
                case EQ -> a == b ? 1 : 0;
                case POW, ATAN2, AND, OR -> (long) apply((double) a, (double) b);
            };
        }
    }

    /** {@code a} to the power {@code b} by IEEE 754's rules: unlike {@link Math#pow}, 1 to any power and (-1) to ±∞ are 1. */
    static double pow(double a, double b) {
        return a == 1 || (a == -1 && Double.isInfinite(b)) ? 1 : Math.pow(a, b);
    }

    static Expr of(double v) {
        return new Const(v);
    }

    static Expr arg(int i) {
        return new Arg(i);
    }

    default Expr plus(Expr o) {
        return new Binary(Fn2.ADD, this, o);
    }

    default Expr minus(Expr o) {
        return new Binary(Fn2.SUB, this, o);
    }

    default Expr times(Expr o) {
        return new Binary(Fn2.MUL, this, o);
    }

    default Expr over(Expr o) {
        return new Binary(Fn2.DIV, this, o);
    }

    default Expr plus(double v) {
        return plus(of(v));
    }

    default Expr minus(double v) {
        return minus(of(v));
    }

    default Expr times(double v) {
        return times(of(v));
    }

    default Expr over(double v) {
        return over(of(v));
    }

    default Expr max(Expr o) {
        return new Binary(Fn2.MAX, this, o);
    }

    default Expr min(Expr o) {
        return new Binary(Fn2.MIN, this, o);
    }

    default Expr pow(Expr o) {
        return new Binary(Fn2.POW, this, o);
    }

    default Expr atan2(Expr x) {
        return new Binary(Fn2.ATAN2, this, x);
    }

    default Expr lt(Expr o) {
        return new Binary(Fn2.LT, this, o);
    }

    default Expr le(Expr o) {
        return new Binary(Fn2.LE, this, o);
    }

    default Expr eq(Expr o) {
        return new Binary(Fn2.EQ, this, o);
    }

    default Expr and(Expr o) {
        return new Binary(Fn2.AND, this, o);
    }

    default Expr or(Expr o) {
        return new Binary(Fn2.OR, this, o);
    }

    /** {@code this != 0 ? then : otherwise}. */
    default Expr where(Expr then, Expr otherwise) {
        return new Where(this, then, otherwise);
    }

    default Expr negate() {
        return new Unary(Fn.NEG, this);
    }

    default Expr abs() {
        return new Unary(Fn.ABS, this);
    }

    default Expr sign() {
        return new Unary(Fn.SIGN, this);
    }

    default Expr floor() {
        return new Unary(Fn.FLOOR, this);
    }

    /** To the nearest integer, ties to even. */
    default Expr round() {
        return new Unary(Fn.ROUND, this);
    }

    default Expr sqrt() {
        return new Unary(Fn.SQRT, this);
    }

    default Expr exp() {
        return new Unary(Fn.EXP, this);
    }

    /** {@code exp(x) - 1}, accurate near 0. */
    default Expr expm1() {
        return new Unary(Fn.EXPM1, this);
    }

    default Expr log() {
        return new Unary(Fn.LOG, this);
    }

    /** {@code log(1 + x)}, accurate near 0. */
    default Expr log1p() {
        return new Unary(Fn.LOG1P, this);
    }

    default Expr sin() {
        return new Unary(Fn.SIN, this);
    }

    default Expr cos() {
        return new Unary(Fn.COS, this);
    }

    default Expr tanh() {
        return new Unary(Fn.TANH, this);
    }

    /** The error function. */
    default Expr erf() {
        return new Unary(Fn.ERF, this);
    }

    /** Φ(x), the distribution function of the standard normal distribution: (1 + erf(x/√2)) / 2, accurate where it is near 0. */
    default Expr normalCdf() {
        return new Unary(Fn.NORMAL_CDF, this);
    }

    /** {@code 1 / (1 + exp(-x))}. */
    default Expr sigmoid() {
        return new Unary(Fn.SIGMOID, this);
    }

    /** {@code max(x, 0)} with derivative 0 at 0. */
    default Expr relu() {
        return new Unary(Fn.RELU, this);
    }

    /** {@code log(1 + exp(x))} without overflow: {@code max(x, 0) + log1p(exp(-|x|))}; its derivative is {@code sigmoid(x)}. */
    default Expr softplus() {
        return new Unary(Fn.SOFTPLUS, this);
    }

    default Expr square() {
        return times(this);
    }

    default Expr reciprocal() {
        return of(1).over(this);
    }

    /** {@code x} held within {@code [lo, hi]}; the derivative is 1 on both ends. */
    default Expr clamp(double lo, double hi) {
        Expr x = this;
        if (hi < Double.POSITIVE_INFINITY) x = of(hi).lt(this).where(of(hi), x);
        if (lo > Double.NEGATIVE_INFINITY) x = lt(of(lo)).where(of(lo), x);
        return x;
    }

    /** This expression with each argument {@code i} replaced by {@code args[i]}: composing formulas is how kernels are fused. */
    default Expr with(Expr... args) {
        return rewrite(new IdentityHashMap<>(), Map.of(), args);
    }

    /** This expression with every sub-expression equal to {@code old} replaced by {@code by}. */
    default Expr replace(Expr old, Expr by) {
        return rewrite(new IdentityHashMap<>(), Map.of(old, by));
    }

    private Expr rewrite(IdentityHashMap<Expr, Expr> done, Map<Expr, Expr> replaced, Expr... args) {
        Expr seen = done.get(this);
        if (seen != null) return seen;
        Expr by = replaced.get(this);
        Expr result = by != null ? by : switch (this) {
            case Arg(int index) -> args.length == 0 ? this : args[index];
            case Const _, Index _ -> this;
            case Unary(Fn fn, Expr x) -> new Unary(fn, x.rewrite(done, replaced, args));
            case Binary(Fn2 fn, Expr a, Expr b) ->
                    new Binary(fn, a.rewrite(done, replaced, args), b.rewrite(done, replaced, args));
            case Where(Expr c, Expr t, Expr o) ->
                    new Where(c.rewrite(done, replaced, args), t.rewrite(done, replaced, args),
                            o.rewrite(done, replaced, args));
        };
        done.put(this, result);
        return result;
    }

    /** The partial derivative with respect to argument {@code i}, simplified where a factor is 0 or 1. */
    default Expr d(int i) {
        return Derivative.derive(this, i);
    }

    /** {@code cotangent · ∂this/∂argᵢ}, 0 on the branches of a choice that do not depend on the argument. */
    default Expr d(int i, Expr cotangent) {
        return Derivative.times(cotangent, d(i));
    }

    /** The value in double precision: the reference that every backend is held to. */
    default double eval(double[] args, int... index) {
        return switch (this) {
            case Arg(int i) -> args[i];
            case Const(double value) -> value;
            case Index(int axis) -> index[axis];
            case Unary(Fn fn, Expr x) -> fn.apply(x.eval(args, index));
            case Binary(Fn2 fn, Expr a, Expr b) -> fn.apply(a.eval(args, index), b.eval(args, index));
            case Where(Expr c, Expr t, Expr o) -> c.eval(args, index) != 0 ? t.eval(args, index) : o.eval(args, index);
        };
    }

    /** Whether argument {@code i} occurs. */
    default boolean uses(int i) {
        return switch (this) {
            case Arg(int index) -> index == i;
            case Const _, Index _ -> false;
            case Unary(Fn _, Expr x) -> x.uses(i);
            case Binary(Fn2 _, Expr a, Expr b) -> a.uses(i) || b.uses(i);
            case Where(Expr c, Expr t, Expr o) -> c.uses(i) || t.uses(i) || o.uses(i);
        };
    }

    /** Whether this is a comparison or a logical combination: true or false rather than a number. */
    default boolean isPredicate() {
        return this instanceof Binary(Fn2 fn, Expr _, Expr _) && fn.isPredicate();
    }
}
