package org.chainrule.harness;

import java.util.List;

/** How a case ended. The four kinds are counted apart and never merged. */
public sealed interface Verdict {
    /** Everything that was compared is right. */
    record Pass(Evidence evidence) implements Verdict {}

    /** Something is wrong: what, where, what was expected and what was found. */
    record Fail(String what) implements Verdict {}

    /** The device or the suite says that it cannot run this: the reason. */
    record Unsupported(String reason) implements Verdict {}

    /** Nothing was proven: nothing was compared, every expected number is zero, or every number would have been right. A failure. */
    record Vacuous(String reason) implements Verdict {}

    /** Whether it counts against the backend. */
    default boolean isFailure() {
        return switch (this) {
            case Fail _, Vacuous _ -> true;
            case Pass _, Unsupported _ -> false;
        };
    }

    /**
     * What a passed case rests on.
     *
     * @param compared how many numbers were compared
     * @param accuracy the greatest errors met
     * @param exemptions where the oracle's numbers are known to be wrong
     */
    record Evidence(long compared, List<Accuracy> accuracy, List<Exemption> exemptions) {
        public static Evidence of(long compared) {
            return new Evidence(compared, List.of(), List.of());
        }
    }

    static Verdict passed(long compared) {
        return new Pass(Evidence.of(compared));
    }
}
