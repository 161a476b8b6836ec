package org.chainrule.benchmarks.contender;

import org.chainrule.benchmarks.contender.Contender.Task;
import org.chainrule.benchmarks.contender.Workload.Training;
import org.chainrule.benchmarks.contender.Workload.Xor;

/** A training, step by step; what the contenders must agree on is the loss of one of its steps. */
public final class Steps implements Task {
    /** A step of a library. */
    @FunctionalInterface
    public interface Step {
        /** Takes the step. Where {@code last}, waits for it and returns its loss; else what it returns is not looked at. */
        double take(boolean last);

        /** Gives back what it holds. */
        default void close() {}
    }

    private final int each, unchecked;
    private final Step step;
    private double loss;

    /** {@code each} steps are a run; the loss that counts is the one {@code unchecked} steps after the first run, which is done here. */
    private Steps(int each, int unchecked, Step step) {
        this.each = each;
        this.unchecked = unchecked;
        this.step = step;
        run(1);
    }

    /** Steps of {@link Training}, the first of which is taken here. */
    public static Steps training(Step step) {
        return new Steps(1, Training.CHECKED_STEP - 1, step);
    }

    /** Epochs of {@link Xor}, the first run of which is done here. */
    public static Steps xor(Step step) {
        return new Steps(Xor.EPOCHS, 0, step);
    }

    @Override
    public void run(int runs) {
        take(runs * each);
    }

    private void take(int steps) {
        for (int i = 1; i <= steps; i++) loss = step.take(i == steps);
    }

    @Override
    public double check() {
        take(unchecked);
        return loss;
    }

    @Override
    public void close() {
        step.close();
    }
}
