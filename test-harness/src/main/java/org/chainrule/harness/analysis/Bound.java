package org.chainrule.harness.analysis;

/**
 * What computing an element may give.
 *
 * @param least    the least number; NaN where no number is right
 * @param value    the value in double precision
 * @param greatest the greatest number; NaN where no number is right
 * @param mayBeNaN whether NaN is right
 */
public record Bound(double least, double value, double greatest, boolean mayBeNaN) {
    public boolean admits(double v) {
        return Double.isNaN(v) ? mayBeNaN : least <= v && v <= greatest;
    }

    /** Whether it excludes anything much: not where overflow or an uncertain branch lets every number in. */
    public boolean isBounded() {
        boolean onlyNaN = Double.isNaN(least), point = least == greatest && !mayBeNaN;
        return onlyNaN || point || !mayBeNaN && Double.isFinite(least) && Double.isFinite(greatest);
    }

    /** The distance of both ends; 0 where there is one number or none. */
    public double width() {
        return Double.isNaN(least) || least == greatest ? 0 : greatest - least;
    }

    /** How far an end lies from the value in double precision. */
    public double radius() {
        return Math.max(greatest - value, value - least);
    }

    @Override
    public String toString() {
        if (Double.isNaN(least)) return "NaN alone";
        return (least == greatest ? Double.toString(least) : "[" + least + ", " + greatest + "]")
                + (mayBeNaN ? " or NaN" : "");
    }
}
