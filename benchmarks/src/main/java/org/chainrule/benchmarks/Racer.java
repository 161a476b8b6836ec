package org.chainrule.benchmarks;

import org.chainrule.benchmarks.contender.Workload;

/** A contender as the race sees it. Each call fails with a {@link ContenderException} where the contender cannot go on. */
interface Racer {
    /** What the table calls it. */
    String name();

    /** Makes ready and does the work once. */
    void prepare(Workload workload);

    /** The number that all who do this work must agree on. */
    double check();

    /** The seconds that {@code times} runs of the work took. */
    double run(int times);

    /** Does the work once, so that its threads are awake. */
    default void wake() {
        run(1);
    }

    /** Stands still until it is woken, whatever its threads would do. */
    default void pause() {}

    /** Goes on after {@link #pause}. */
    default void resume() {}

    /** Forgets the work. */
    void finish();
}
