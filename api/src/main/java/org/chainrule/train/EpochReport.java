package org.chainrule.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A trained epoch.
 *
 * @param number from 1
 * @param trainLoss mean over its samples, each before the update that its batch made
 * @param validation on the held-out samples, where there are any
 * @param learningRate of the next step
 * @param gradientNorms by layer, the mean over the batches in which they were measured; empty unless asked for
 * @param seconds of training in this process, without evaluation and saving
 * @param samples trained on in these seconds
 */
public record EpochReport(long number, double trainLoss, Optional<Evaluation> validation, double learningRate,
        SequencedMap<String, Double> gradientNorms, double seconds, long samples) {
    public EpochReport {
        gradientNorms = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(gradientNorms));
    }

    /** The validation loss, or the training loss where nothing is held out. */
    public double monitoredLoss() {
        return validation.map(Evaluation::loss).orElse(trainLoss);
    }
}
