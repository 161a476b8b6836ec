package org.chainrule.cli.report;

import java.util.List;
import java.util.OptionalDouble;

/**
 * The measurements of one pass over the training data. An empty optional was not measured; NaN or an infinity was
 * measured and is shown as such.
 *
 * @param number           the epoch, counted from 1
 * @param trainLoss        mean loss over the training samples
 * @param monitoredLoss    mean loss over the samples of {@link Run#monitored()}
 * @param accuracy         share of these samples classified correctly, 0 to 1
 * @param learningRate     the rate at the end of the epoch
 * @param seconds          time in training steps, without evaluation and saving
 * @param samplesPerSecond training throughput
 * @param gradientNorms    L2 norm of the gradient per layer, in the order of {@link Run#layers()}; empty if not measured
 */
public record Epoch(int number, double trainLoss, OptionalDouble monitoredLoss, OptionalDouble accuracy,
        double learningRate, double seconds, double samplesPerSecond, List<Double> gradientNorms) {

    public Epoch {
        gradientNorms = List.copyOf(gradientNorms);
    }

    /** The monitored loss, or the training loss where none was measured. */
    double lossOrTrainLoss() {
        return monitoredLoss.orElse(trainLoss);
    }
}
