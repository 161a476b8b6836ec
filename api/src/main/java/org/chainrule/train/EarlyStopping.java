package org.chainrule.train;

import org.chainrule.InvalidArgumentException;

/**
 * Ends a run when the monitored loss has not fallen for {@code patience} epochs. Prechelt 1998, "Early Stopping — But
 * When?".
 *
 * @param patience epochs without improvement after which to stop
 * @param leastChange by how much the loss must fall to count as improved
 */
public record EarlyStopping(int patience, double leastChange) {
    public EarlyStopping {
        if (patience < 1 || !(leastChange >= 0)) throw new InvalidArgumentException("early stopping: patience "
                + patience + " is not at least 1, or the least change " + leastChange + " is not at least 0");
    }

    /** Any fall counts. */
    public static EarlyStopping after(int patience) {
        return new EarlyStopping(patience, 0);
    }

    /**
     * How far a run is.
     *
     * @param best the lowest loss so far
     * @param epoch the number of completed epochs after which it was reached
     * @param waited epochs since then
     */
    public record State(double best, long epoch, int waited) {
        /** Before the first epoch. */
        public static final State START = new State(Double.POSITIVE_INFINITY, 0, 0);
    }

    /** The state after an epoch that ended with {@code loss}. */
    State next(State before, long epoch, double loss) {
        boolean improved = loss < before.best - leastChange
                || before.best == Double.POSITIVE_INFINITY && loss < before.best;
        return improved ? new State(loss, epoch, 0) : new State(before.best, before.epoch, before.waited + 1);
    }

    boolean stops(State state) {
        return state.waited >= patience;
    }
}
