package org.chainrule.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * How a model does on samples.
 *
 * @param loss the mean
 * @param metrics means by name
 */
public record Evaluation(double loss, SequencedMap<String, Double> metrics, int samples) {
    public Evaluation {
        metrics = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metrics));
    }
}
