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
 * @param settings name and value of each setting, in the order of display
 * @param layers   names of the layers whose gradient norms {@link Epoch#gradientNorms()} holds
 * @param epochs   the measurements, in order
 * @param outcomes what the trained network does on data it has not seen
 * @param explain  worked steps, in order
 */
public record Run(String title, String verdict, SequencedMap<String, String> settings, List<String> layers,
        List<Epoch> epochs, List<Outcome> outcomes, List<Section> explain) {

    public Run {
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

    /** The epoch of the lowest finite validation loss (training loss where none was measured); the first of equals. */
    public Optional<Epoch> best() {
        boolean validated = epochs.stream().anyMatch(epoch -> epoch.validationLoss().isPresent());
        return epochs.stream()
                .filter(epoch -> !validated || epoch.validationLoss().isPresent())
                .filter(epoch -> Double.isFinite(epoch.rankingLoss()))
                .min(Comparator.comparingDouble(Epoch::rankingLoss));
    }

    boolean hasGradientNorms() {
        return epochs.stream().anyMatch(epoch -> !epoch.gradientNorms().isEmpty());
    }
}
