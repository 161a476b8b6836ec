package org.chainrule.harness.analysis;

/**
 * Everything that a number may be after rounding: the numbers from {@code lo} to {@code hi}, and NaN where {@code nan}.
 * No number at all where {@code lo > hi}.
 */
record Interval(double lo, double hi, boolean nan) {
    static final Interval NAN = new Interval(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, true);
    static final Interval ANY = new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, true);
    static final Interval FALSE = of(0), TRUE = of(1), EITHER = new Interval(0, 1, false);

    static Interval of(double v) {
        return Double.isNaN(v) ? NAN : new Interval(v, v, false);
    }

    boolean isEmpty() {
        return lo > hi;
    }

    boolean isPoint() {
        return lo == hi && !nan;
    }

    boolean isPoint(double v) {
        return isPoint() && lo == v;
    }

    boolean contains(double v) {
        return Double.isNaN(v) ? nan : lo <= v && v <= hi;
    }

    boolean isBounded() {
        return !nan && Double.isFinite(lo) && Double.isFinite(hi) || isPoint() || isEmpty();
    }

    /** The greatest absolute value; 0 for none. */
    double magnitude() {
        return isEmpty() ? 0 : Math.max(Math.abs(lo), Math.abs(hi));
    }

    double width() {
        return isEmpty() || lo == hi ? 0 : hi - lo;
    }

    /** The least interval that holds both. */
    Interval or(Interval o) {
        if (isEmpty()) return new Interval(o.lo, o.hi, true);
        if (o.isEmpty()) return new Interval(lo, hi, true);
        return new Interval(Math.min(lo, o.lo), Math.max(hi, o.hi), nan || o.nan);
    }

    Interval orNaN(boolean also) {
        return also && !nan ? new Interval(lo, hi, true) : this;
    }

    // the usual numbers of values without an array: these are asked for each element of each case

    static Interval hull(double a, double b) {
        return Double.isNaN(a + b) ? hull(new double[] {a, b}) : new Interval(Math.min(a, b), Math.max(a, b), false);
    }

    static Interval hull(double a, double b, double c, double d) {
        return Double.isNaN(a + b + c + d) ? hull(new double[] {a, b, c, d})
                : new Interval(Math.min(Math.min(a, b), Math.min(c, d)), Math.max(Math.max(a, b), Math.max(c, d)),
                        false);
    }

    /** The least interval that holds all of {@code values}. */
    static Interval hull(double... values) {
        double lo = Double.POSITIVE_INFINITY, hi = Double.NEGATIVE_INFINITY;
        boolean nan = false;
        for (double v : values) {
            if (Double.isNaN(v)) {
                nan = true;
            } else {
                lo = Math.min(lo, v);
                hi = Math.max(hi, v);
            }
        }
        return new Interval(lo, hi, nan);
    }

    @Override
    public String toString() {
        return "[" + lo + ", " + hi + "]" + (nan ? " or NaN" : "");
    }
}
