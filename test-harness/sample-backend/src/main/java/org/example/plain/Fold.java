package org.example.plain;

import org.chainrule.graph.Op;

/** What elements come to: in double precision, or wrapping at 64 bits, whichever of the two is fed. */
final class Fold {
    private final Op.Reduction kind;
    private double number;
    private long integer;

    /** Begins with the fold of nothing. */
    Fold(Op.Reduction kind) {
        this.kind = kind;
        this.number = switch (kind) {
            case SUM -> 0;
            case PROD -> 1;
            case MAX -> Double.NEGATIVE_INFINITY;
            case MIN -> Double.POSITIVE_INFINITY;
        };
        this.integer = switch (kind) {
            case SUM -> 0;
            case PROD -> 1;
            case MAX -> Long.MIN_VALUE;
            case MIN -> Long.MAX_VALUE;
        };
    }

    /** NaN stays: {@link Math#max} and {@link Math#min} give NaN where either is. */
    void add(double v) {
        number = switch (kind) {
            case SUM -> number + v;
            case PROD -> number * v;
            case MAX -> Math.max(number, v);
            case MIN -> Math.min(number, v);
        };
    }

    void add(long v) {
        integer = switch (kind) {
            case SUM -> integer + v;
            case PROD -> integer * v;
            case MAX -> Math.max(integer, v);
            case MIN -> Math.min(integer, v);
        };
    }

    double number() {
        return number;
    }

    long integer() {
        return integer;
    }
}
