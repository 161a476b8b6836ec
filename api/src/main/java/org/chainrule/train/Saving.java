package org.chainrule.train;

import java.nio.file.Path;
import org.chainrule.InvalidArgumentException;

/**
 * When a run writes its checkpoint: at the start, after epochs, and within them where asked for. The last epoch is always
 * saved.
 *
 * @param file the checkpoint, replaced as a whole each time
 * @param everyBatches save after each so many batches of an epoch; 0 for never
 * @param everySeconds save within an epoch when so much time has passed since the last save; 0 for never
 * @param leastSeconds leave out the save after an epoch when less time has passed since the last one
 */
public record Saving(Path file, int everyBatches, double everySeconds, double leastSeconds) {
    public Saving {
        if (everyBatches < 0 || !(everySeconds >= 0) || !(leastSeconds >= 0)) throw new InvalidArgumentException(
                "saving every " + everyBatches + " batches or " + everySeconds + " s, at least " + leastSeconds
                        + " s apart: none may be negative");
    }

    /** After every epoch. */
    public static Saving to(Path file) {
        return new Saving(file, 0, 0, 0);
    }

    public Saving everyBatches(int batches) {
        return new Saving(file, batches, everySeconds, leastSeconds);
    }

    public Saving everySeconds(double seconds) {
        return new Saving(file, everyBatches, seconds, leastSeconds);
    }

    public Saving leastSeconds(double seconds) {
        return new Saving(file, everyBatches, everySeconds, seconds);
    }

    boolean isDue(boolean epochEnds, int batches, double secondsSince) {
        return epochEnds ? secondsSince >= leastSeconds
                : everyBatches > 0 && batches % everyBatches == 0 || everySeconds > 0 && secondsSince >= everySeconds;
    }
}
