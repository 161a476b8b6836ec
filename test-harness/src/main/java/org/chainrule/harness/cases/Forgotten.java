package org.chainrule.harness.cases;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.chainrule.harness.Verdict;

/**
 * Objects that the case refers to no more, each with a control of its age that nothing at all refers to: an object that
 * outlives its control is held by somebody.
 */
final class Forgotten {
    /** How often garbage is asked for: memory is given back by other threads, some time after it is found. */
    private static final int MOST = 100;

    private record Pair(WeakReference<Object> object, WeakReference<Object> control) {}

    private final List<Pair> pairs = new ArrayList<>();

    /** Takes an object that the caller is about to forget. */
    void add(Object o) {
        pairs.add(new Pair(new WeakReference<>(o), new WeakReference<>(new Object())));
    }

    /** Asks for garbage to be collected, and does {@code then} after each time, until {@code done} or it was asked often enough. */
    void collect(Runnable then, BooleanSupplier done) {
        for (int asked = 0; asked < MOST && !done.getAsBoolean(); asked++) {
            System.gc();
            Thread.onSpinWait();
            then.run();
        }
    }

    /** Empty where all are gone; a failure where an object outlives its control; unsupported where controls live as long. */
    Optional<Verdict> wrong() {
        long held = pairs.stream().filter(p -> p.object.get() != null && p.control.get() == null).count();
        if (held > 0) return Optional.of(new Verdict.Fail(
                held + " of " + pairs.size() + " objects that the case does not refer to are still held"));
        return pairs.stream().anyMatch(p -> p.object.get() != null) ? Optional.of(
                new Verdict.Unsupported("this Java machine does not collect garbage when it is asked to"))
                : Optional.empty();
    }
}
