package org.chainrule.benchmarks.contender;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.chainrule.benchmarks.contender.Workload.Training;

/**
 * The batches of a training, which take turns. Each is made when it is first needed, so that the first step waits for the first alone.
 *
 * @param <B> a batch, where the library has it
 */
public final class Batches<B> {
    private final IntFunction<B> maker;
    private final List<B> made = new ArrayList<>();
    private int next;

    /** {@code maker} makes the batch of a number. */
    public Batches(IntFunction<B> maker) {
        this.maker = maker;
    }

    public B next() {
        if (next == made.size()) made.add(maker.apply(next));
        B batch = made.get(next);
        next = (next + 1) % Training.BATCHES;
        return batch;
    }
}
