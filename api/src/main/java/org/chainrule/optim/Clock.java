package org.chainrule.optim;

import java.util.BitSet;
import java.util.function.DoubleSupplier;
import java.util.function.LongToDoubleFunction;

/**
 * The host scalars of one minimization and the number of the step in which they are read. A run of a plan reads each of
 * them at most once, in any order; so the first to be read a second time begins another run, and each run, of a
 * compiled step or not, advances the optimizer's step count by exactly one.
 */
final class Clock {
    private final Optimizer<?> optimizer;
    private final BitSet read = new BitSet();
    private int scalars;
    private boolean begun;
    private long step;

    Clock(Optimizer<?> optimizer) {
        this.optimizer = optimizer;
    }

    /** {@code value} of the number of the running step, from 0. */
    DoubleSupplier scalar(LongToDoubleFunction value) {
        int i = scalars++;
        return () -> {
            if (!begun || read.get(i)) {
                begun = true;
                read.clear();
                step = optimizer.takeStep();
            }
            read.set(i);
            return value.applyAsDouble(step);
        };
    }
}
