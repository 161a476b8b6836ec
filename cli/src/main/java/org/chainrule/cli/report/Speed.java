package org.chainrule.cli.report;

import java.util.List;

/**
 * How fast epochs were trained.
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

    /**
     * Samples per second once the virtual machine is warm and kernels are compiled: the median of the epochs after the first, the faster of the middle two; NaN
     * where there is none.
     */
    public static double steady(List<Epoch> epochs) {
        List<Double> warm = epochs.stream().skip(1).map(Epoch::samplesPerSecond).filter(Double::isFinite).sorted()
                .toList();
        return warm.isEmpty() ? Double.NaN : warm.get(warm.size() / 2);
    }
}
