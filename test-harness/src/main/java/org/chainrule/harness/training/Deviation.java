package org.chainrule.harness.training;

/** A training went where it must not: what was found, what was expected, and when. */
public final class Deviation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Deviation(String what) {
        super(what);
    }

    /** What deviates. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
