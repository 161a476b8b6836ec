package org.chainrule.cli.report;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

import org.chainrule.InvalidArgumentException;

/**
 * A finished training run, as {@link RunReport} shows it. Empty lists leave their section out.
 *
 * @param title    what was trained, in a few words
 * @param verdict  how it went, in one sentence
 * @param results  the final result in a few figures, name and value of each, in the order of display
 * @param settings name and value of each setting, in the order of display
 * @param monitored what the losses and accuracies of {@code epochs} were measured on
 * @param layers   names of the layers whose gradient norms {@link Epoch#gradientNorms()} holds
 * @param epochs   the measurements, in order
 * @param outcomes what the trained network does on data it has not seen
 * @param explain  worked steps, in order
 */
public record Run(String title, String verdict, SequencedMap<String, String> results,
        SequencedMap<String, String> settings, Part monitored, List<String> layers, List<Epoch> epochs,
        List<Outcome> outcomes, List<Section> explain) {

    public Run {
        results = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(results));
        settings = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(settings));
        layers = List.copyOf(layers);
        epochs = List.copyOf(epochs);
        outcomes = List.copyOf(outcomes);
        explain = List.copyOf(explain);
        for (var epoch : epochs) {
            int norms = epoch.gradientNorms().size();
            if (norms != 0 && norms != layers.size()) {
                throw new InvalidArgumentException("epoch %d has %d gradient norms for %d layers"
                        .formatted(epoch.number(), norms, layers.size()));
            }
        }
    }

    /** The epoch of the lowest finite monitored loss (training loss where none was measured); the first of equals. */
    public Optional<Epoch> lowest() {
        boolean measured = epochs.stream().anyMatch(epoch -> epoch.monitoredLoss().isPresent());
        return epochs.stream()
                .filter(epoch -> !measured || epoch.monitoredLoss().isPresent())
                .filter(epoch -> Double.isFinite(epoch.lossOrTrainLoss()))
                .min(Comparator.comparingDouble(Epoch::lossOrTrainLoss));
    }

    /** The epoch of the lowest validation loss; empty without one: nothing may be chosen by the other parts. */
    public Optional<Epoch> best() {
        return monitored == Part.VALIDATION ? lowest().filter(epoch -> epoch.monitoredLoss().isPresent())
                : Optional.empty();
    }

    boolean hasGradientNorms() {
        return epochs.stream().anyMatch(epoch -> !epoch.gradientNorms().isEmpty());
    }
}
