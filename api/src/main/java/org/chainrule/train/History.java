package org.chainrule.train;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.chainrule.Step;

/**
 * What a run did.
 *
 * @param epochs those completed by this call, in order
 * @param completed epochs completed in all, those before a resumption included
 * @param stopped why it ended
 * @param best after how many completed epochs the weights in place were those of the model, where early stopping put the
 *     best in place; empty where they are the last
 * @param step what it ran for a whole batch; empty where it trained none
 */
public record History(List<EpochReport> epochs, long completed, Reason stopped, OptionalLong best,
        Optional<Step.Size> step) {
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
}
