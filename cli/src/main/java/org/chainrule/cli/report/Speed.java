package org.chainrule.cli.report;

import java.util.List;

/**
 * How fast a run trained, over all its epochs and those before a resumption.
 *
 * @param seconds          in training steps, without evaluation and saving
 * @param samplesPerSecond samples trained on in these seconds, divided by them; NaN where there are none
 */
public record Speed(double seconds, double samplesPerSecond) {
    public static Speed of(List<Epoch> epochs) {
        double seconds = 0, samples = 0;
        for (Epoch e : epochs) {
            if (!Double.isFinite(e.samplesPerSecond())) continue;
            seconds += e.seconds();
            samples += e.samplesPerSecond() * e.seconds();
        }
        return new Speed(seconds, samples / seconds);
    }
}
