package org.chainrule.train;

import java.util.List;

/**
 * What a run did.
 *
 * @param epochs those completed by this call, in order
 * @param completed epochs completed in all, those before a resumption included
 * @param stopped why it ended
 */
public record History(List<EpochReport> epochs, long completed, Reason stopped) {
    /** Why a run ended. */
    public enum Reason {
        /** All epochs were done. */
        COMPLETED,
        /** The monitored loss fell no further; the best weights are in place. */
        STOPPED_EARLY,
        /** A callback asked for it. */
        REQUESTED
    }

    public History {
        epochs = List.copyOf(epochs);
    }

    /** Training time in seconds, without evaluation and saving. */
    public double seconds() {
        return epochs.stream().mapToDouble(EpochReport::seconds).sum();
    }

    /** Training throughput. */
    public double samplesPerSecond() {
        return epochs.stream().mapToLong(EpochReport::samples).sum() / seconds();
    }
}
