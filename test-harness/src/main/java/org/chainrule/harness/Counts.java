package org.chainrule.harness;

/** How many cases ended how, and the seconds they took together. */
public record Counts(long passed, long failed, long unsupported, long vacuous, double seconds) {
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0);

    public static Counts of(Result r) {
        double s = r.seconds();
        return switch (r.verdict()) {
            case Verdict.Pass _ -> new Counts(1, 0, 0, 0, s);
            case Verdict.Fail _ -> new Counts(0, 1, 0, 0, s);
            case Verdict.Unsupported _ -> new Counts(0, 0, 1, 0, s);
            case Verdict.Vacuous _ -> new Counts(0, 0, 0, 1, s);
        };
    }

    public Counts plus(Counts o) {
        return new Counts(passed + o.passed, failed + o.failed, unsupported + o.unsupported, vacuous + o.vacuous,
                seconds + o.seconds);
    }

    public long total() {
        return passed + failed + unsupported + vacuous;
    }

    /** The gravest of what happened: {@code FAIL}, {@code VACUOUS}, {@code PASS} where something passed, {@code UNSUPPORTED}. */
    public String verdict() {
        return failed > 0 ? "FAIL" : vacuous > 0 ? "VACUOUS" : passed > 0 ? "PASS" : "UNSUPPORTED";
    }

    /** As {@code 310 passed, 2 failed, 4 unsupported, 0 vacuous}. */
    @Override
    public String toString() {
        return passed + " passed, " + failed + " failed, " + unsupported + " unsupported, " + vacuous + " vacuous";
    }
}
