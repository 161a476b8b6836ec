package org.chainrule.harness.analysis;

import org.chainrule.expr.Expr.Fn;
import org.chainrule.expr.Expr.Fn2;

/** Every value that a primitive function may give in an arithmetic, for arguments known within intervals. */
record ScalarIntervals(Arithmetic arithmetic) {
    Interval apply(Fn fn, Interval x) {
        if (x.isEmpty()) return fn == Fn.SIGN ? Interval.of(0) : Interval.NAN;
        Interval r = switch (fn) {
            case NEG -> new Interval(-x.hi(), -x.lo(), false);
            case ABS -> x.lo() >= 0 ? new Interval(x.lo() + 0.0, x.hi(), false)
                    : x.hi() <= 0 ? new Interval(-x.hi(), -x.lo(), false) : new Interval(0, x.magnitude(), false);
            case SIGN, FLOOR, ROUND, RELU -> ends(fn, x);
            case SQRT -> {
                Interval e = domain(fn, x, 0);
                yield arithmetic.rounded(e, isExactRoot(e.lo(), x.lo()) && isExactRoot(e.hi(), x.hi()));
            }
            case LOG -> logarithm(fn, domain(fn, x, 0));
            case LOG1P -> logarithm(fn, domain(fn, x, -1));
            case EXP, NORMAL_CDF, SIGMOID, SOFTPLUS -> {
                Interval e = arithmetic.within(arithmetic.limit(fn), ends(fn, x));
                yield new Interval(Math.max(0, e.lo()), e.hi(), e.nan());
            }
            case EXPM1, TANH, ERF -> arithmetic.within(arithmetic.limit(fn), ends(fn, x));
            case SIN -> arithmetic.within(arithmetic.limit(fn), wave(fn, x, Math.PI / 2));
            case COS -> arithmetic.within(arithmetic.limit(fn), wave(fn, x, 0));
        };
        return fn == Fn.SIGN && x.nan() ? r.or(Interval.of(0)) : r.orNaN(x.nan());
    }

    /** An increasing function. */
    private static Interval ends(Fn fn, Interval x) {
        return isOneNumber(x) ? Interval.of(fn.apply(x.lo())) : Interval.hull(fn.apply(x.lo()), fn.apply(x.hi()));
    }

    /** An increasing function that is NaN below {@code from}. */
    private static Interval domain(Fn fn, Interval x, double from) {
        if (x.hi() < from) return Interval.NAN;
        return Interval.hull(fn.apply(Math.max(from, x.lo())), fn.apply(x.hi())).orNaN(x.lo() < from);
    }

    /** Its infinities are those of its pole and of infinity itself, never of overflow, and so are exact. */
    private Interval logarithm(Fn fn, Interval exact) {
        if (exact.isEmpty()) return exact;
        Interval r = arithmetic.within(arithmetic.limit(fn), exact);
        return new Interval(Double.isInfinite(exact.lo()) ? exact.lo() : r.lo(),
                Double.isInfinite(exact.hi()) ? exact.hi() : r.hi(), exact.nan());
    }

    /** A wave whose crests lie at {@code crest + 2πk} and whose troughs lie half-way between. */
    private static Interval wave(Fn fn, Interval x, double crest) {
        if (Double.isInfinite(x.lo()) || Double.isInfinite(x.hi()))
            return x.isPoint() || x.lo() == x.hi() ? Interval.NAN : new Interval(-1, 1, true);
        Interval e = ends(fn, x);
        boolean up = passes(x, crest), down = passes(x, crest + Math.PI);
        return new Interval(down ? -1 : e.lo(), up ? 1 : e.hi(), false);
    }

    private static boolean passes(Interval x, double at) {
        double turn = 2 * Math.PI;
        return x.lo() < x.hi() && Math.floor((x.hi() - at) / turn) != Math.floor((x.lo() - at) / turn);
    }

    /** @param same whether both arguments are the same number */
    Interval apply(Fn2 fn, Interval a, Interval b, boolean same) {
        if (fn.isPredicate()) return compare(fn, a, b);
        if (a.isEmpty() || b.isEmpty()) return fn == Fn2.POW ? powOfNaN(a, b) : Interval.NAN;
        boolean nan = a.nan() || b.nan();
        return switch (fn) {
            case MAX, MIN -> corners(fn, a, b).orNaN(nan);
            case ADD, SUB -> arithmetic.rounded(corners(fn, a, b), isExactSum(a.lo(), fn == Fn2.ADD ? b.lo() : -b.hi())
                    && isExactSum(a.hi(), fn == Fn2.ADD ? b.hi() : -b.lo())).orNaN(nan);
            case MUL -> product(a, b, same).orNaN(nan);
            case DIV -> quotient(a, b).orNaN(nan);
            case POW -> arithmetic.within(arithmetic.limit(fn), power(a, b)).orNaN(nan);
            case ATAN2 -> arithmetic.within(arithmetic.limit(fn), angle(a, b)).orNaN(nan);
            case LT, LE, EQ, AND, OR -> throw new IllegalStateException("told above");
        };
    }

    private static Interval corners(Fn2 fn, Interval a, Interval b) {
        // numbers that are known exactly, as most are that were given; -0 and 0 are two
        if (isOneNumber(a) && isOneNumber(b)) return Interval.of(fn.apply(a.lo(), b.lo()));
        if (fn == Fn2.ADD) return sums(a, b.lo(), b.hi());
        if (fn == Fn2.SUB) return sums(a, -b.hi(), -b.lo());
        return Interval.hull(fn.apply(a.lo(), b.lo()), fn.apply(a.lo(), b.hi()), fn.apply(a.hi(), b.lo()),
                fn.apply(a.hi(), b.hi()));
    }

    /** Rounded sums grow with each term, so two of the four corners tell all, unless infinities cancel in some. */
    private static Interval sums(Interval a, double lo, double hi) {
        double least = a.lo() + lo, greatest = a.hi() + hi;
        return Double.isNaN(least + greatest) ? Interval.hull(least, a.lo() + hi, a.hi() + lo, greatest)
                : new Interval(least, greatest, false);
    }

    private static boolean isOneNumber(Interval x) {
        return Double.doubleToRawLongBits(x.lo()) == Double.doubleToRawLongBits(x.hi());
    }

    /** The rounded product and the unrounded one, since it may be contracted with a sum. */
    private Interval product(Interval a, Interval b, boolean same) {
        Interval exact;
        if (same) {
            double least = a.lo() <= 0 && a.hi() >= 0 ? 0 : Math.min(a.lo() * a.lo(), a.hi() * a.hi());
            exact = new Interval(least, a.magnitude() * a.magnitude(), false);
        } else {
            exact = multiplied(a, b);
        }
        if (exact.isEmpty()) return exact;
        boolean known = a.isPoint() && b.isPoint() && isExactProduct(a.lo(), b.lo());
        Interval r = arithmetic.rounded(exact, known);
        return new Interval(Math.min(exact.lo(), r.lo()), Math.max(exact.hi(), r.hi()), exact.nan());
    }

    /** Every exact product; NaN where 0 may meet an infinity. */
    static Interval multiplied(Interval a, Interval b) {
        boolean nan = a.nan() || b.nan();
        if (a.isEmpty() || b.isEmpty()) return Interval.NAN;
        nan |= a.contains(0) && Double.isInfinite(b.magnitude()) || b.contains(0) && Double.isInfinite(a.magnitude());
        Interval r = isOneNumber(a) && isOneNumber(b) ? Interval.of(a.lo() * b.lo())
                : Interval.hull(a.lo() * b.lo(), a.lo() * b.hi(), a.hi() * b.lo(), a.hi() * b.hi());
        boolean zero = a.contains(0) && b.lo() != b.hi() || b.contains(0) && a.lo() != a.hi();
        if (!zero) return r.orNaN(nan);
        return (r.isEmpty() ? Interval.of(0) : Interval.hull(r.lo(), r.hi(), 0)).orNaN(nan);
    }

    private Interval quotient(Interval a, Interval b) {
        if (b.lo() <= 0 && b.hi() >= 0 && b.lo() != b.hi()) {
            boolean nan =
                    a.lo() <= 0 && a.hi() >= 0 || Double.isInfinite(a.magnitude()) && Double.isInfinite(b.magnitude());
            if (b.lo() == 0 && 1 / b.lo() > 0 && a.lo() >= 0)
                return new Interval(a.lo() / b.hi(), Double.POSITIVE_INFINITY, nan);
            return new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, nan);
        }
        double q = a.lo() / b.lo();
        boolean known = a.isPoint() && b.isPoint() && (Double.isInfinite(q)
                || Math.fma(q, b.lo(), -a.lo()) == 0 && Math.abs(a.lo()) > 0x1p-900 || a.lo() == 0);
        return arithmetic.rounded(corners(Fn2.DIV, a, b).orNaN(b.isPoint(0) && a.contains(0)), known);
    }

    private static Interval power(Interval a, Interval b) {
        // whether an exponent is odd decides the sign, for -0 too
        if ((a.lo() < 0 || 1 / a.lo() < 0) && !b.isPoint()) return Interval.ANY;
        boolean zeroInside = a.lo() < 0 && a.hi() > 0;
        if (zeroInside && b.lo() < 0) return Interval.ANY;
        Interval r = corners(Fn2.POW, a, b);
        if (a.lo() <= 1 && a.hi() >= 1) r = r.or(Interval.of(1)).orNaN(r.nan());
        return zeroInside ? Interval.hull(r.lo(), r.hi(), Fn2.POW.apply(0, b.lo())).orNaN(r.nan()) : r;
    }

    private Interval powOfNaN(Interval a, Interval b) {
        if (b.isPoint(0) || a.isPoint(1)) return Interval.of(1);
        return b.contains(0) || a.contains(1) ? new Interval(1, 1, true) : Interval.NAN;
    }

    private static Interval angle(Interval a, Interval b) {
        if (a.lo() <= 0 && a.hi() >= 0 && b.lo() <= 0 && !(a.isPoint() && b.isPoint()))
            return new Interval(-Math.PI, Math.PI, false);
        return corners(Fn2.ATAN2, a, b);
    }

    private static Interval compare(Fn2 fn, Interval a, Interval b) {
        if (fn == Fn2.AND || fn == Fn2.OR) {
            Interval x = truth(a), y = truth(b);
            return Interval.hull(fn.apply(x.lo(), y.lo()), fn.apply(x.hi(), y.hi()));
        }
        if (a.isEmpty() || b.isEmpty()) return Interval.FALSE;
        boolean nan = a.nan() || b.nan();
        boolean always = switch (fn) {
            case LT -> a.hi() < b.lo();
            case LE -> a.hi() <= b.lo();
            default -> a.lo() == a.hi() && b.lo() == b.hi() && a.lo() == b.lo();
        };
        boolean never = switch (fn) {
            case LT -> a.lo() >= b.hi();
            case LE -> a.lo() > b.hi();
            default -> a.hi() < b.lo() || b.hi() < a.lo();
        };
        return never ? Interval.FALSE : always && !nan ? Interval.TRUE : Interval.EITHER;
    }

    /** Whether it is other than 0; NaN is. */
    private static Interval truth(Interval x) {
        return x.isPoint(0) ? Interval.FALSE : x.contains(0) ? Interval.EITHER : Interval.TRUE;
    }

    private static boolean isExactSum(double a, double b) {
        double s = a + b, t = s - a;
        return a - (s - t) + (b - t) == 0;
    }

    private static boolean isExactProduct(double a, double b) {
        double p = a * b;
        return a == 0 || b == 0 || Math.abs(p) > 0x1p-900 && Math.fma(a, b, -p) == 0;
    }

    private static boolean isExactRoot(double root, double x) {
        return x == 0 || x > 0x1p-900 && Math.fma(root, root, -x) == 0;
    }
}
