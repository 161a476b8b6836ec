package org.chainrule.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;

/** The curves of a run: loss, accuracy, learning rate and gradient norms. */
final class LearningCards {
    private static final int MAX_LAYER_CURVES = 6;

    private final Html html;
    private final Run run;
    private final Scale epochs;

    LearningCards(Html html, Run run) {
        this.html = html;
        this.run = run;
        this.epochs = Scale.epochs(run.epochs().getFirst().number(), run.epochs().getLast().number());
    }

    void loss(int width, int height) {
        var train = Series.of("Training loss", "train", run.epochs(), epoch -> OptionalDouble.of(epoch.trainLoss()));
        var validation = Series.of("Validation loss", "validation", run.epochs(), Epoch::validationLoss);
        var scale = Scale.fitting(DoubleStream.concat(DoubleStream.of(train.values()),
                DoubleStream.of(validation.values())).toArray());
        card("Loss", lossSentence(validation.isMeasured()), () -> chart(width, height, scale, "loss",
                lossSentence(validation.isMeasured()), List.of(train, validation), Format::number, marked()));
    }

    private String lossSentence(boolean validated) {
        var kind = validated ? "validation" : "training";
        if (run.best().isEmpty()) {
            return "The %s loss was never a finite number.".formatted(kind);
        }
        var best = run.best().get();
        var sentence =
                "Lowest %s loss %s in epoch %d.".formatted(kind, Format.number(best.rankingLoss()), best.number());
        var last = run.epochs().getLast();
        if (!Double.isFinite(last.trainLoss()) || !Double.isFinite(last.rankingLoss())) {
            return sentence + " The run ended with a loss that is not a finite number.";
        }
        return last.rankingLoss() <= 1.1 * best.rankingLoss() || !validated ? sentence
                : sentence + " It rose to %s by the end while training went on: the network began to overfit."
                        .formatted(Format.number(last.rankingLoss()));
    }

    boolean hasAccuracy() {
        return run.epochs().stream().anyMatch(epoch -> epoch.accuracy().isPresent());
    }

    void accuracy(int width, int height) {
        var accuracy = Series.of("Accuracy", "good", run.epochs(), Epoch::accuracy);
        var last = accuracy.points().getLast().value();
        card("Accuracy", "%s of the held-out samples are right at the end.".formatted(Format.percent(last)),
                () -> chart(width, height, Scale.shares(accuracy.values()), "correct",
                        "Accuracy over epochs, %s at the end".formatted(Format.percent(last)), List.of(accuracy),
                        Format::percent, marked()));
    }

    /** Whether the rate changes at all: a constant is told by its number alone. */
    boolean hasSchedule() {
        return run.epochs().stream().mapToDouble(Epoch::learningRate).distinct().count() > 1;
    }

    void learningRate(int width, int height) {
        var rate =
                Series.of("Learning rate", "neutral", run.epochs(), epoch -> OptionalDouble.of(epoch.learningRate()));
        var first = Format.number(run.epochs().getFirst().learningRate());
        var last = Format.number(run.epochs().getLast().learningRate());
        var sentence = "From %s in the first epoch to %s in the last.".formatted(first, last);
        card("Learning rate", sentence, () -> chart(width, height, Scale.fromZero(rate.values()), "rate",
                "Learning rate. " + sentence, List.of(rate), Format::number, Optional.empty()));
    }

    void gradients(int width, int height) {
        var health = GradientVerdict.of(run);
        html.nest("section.card", () -> {
            html.leaf("h2", "Gradient norms").line();
            html.open("p.lead." + health.state().name().toLowerCase(Locale.ROOT));
            html.leaf("span.glyph", health.state().glyph, "aria-hidden", "true");
            html.text(" " + health.sentence()).close().line();
            var curves = layerCurves();
            if (curves.size() <= MAX_LAYER_CURVES) {
                var all = curves.stream().map(Series::values).flatMapToDouble(DoubleStream::of).toArray();
                new LineChart(frame(width, height, Scale.preferLog(all), "L2 norm"),
                        "Gradient norm of each layer over epochs. " + health.sentence(), curves, Format::number,
                        Optional.empty()).write(html);
            } else {
                new GradientHeatMap(run, width).write(html, health.sentence());
            }
        });
    }

    private List<Series> layerCurves() {
        var curves = new ArrayList<Series>();
        for (int l = 0; l < run.layers().size(); l++) {
            int layer = l;
            curves.add(
                    Series.of(run.layers().get(l), "layer" + l, run.epochs(), epoch -> epoch.gradientNorms().isEmpty()
                            ? OptionalDouble.empty() : OptionalDouble.of(epoch.gradientNorms().get(layer))));
        }
        return List.copyOf(curves);
    }

    private void card(String title, String sentence, Runnable body) {
        html.nest("section.card", () -> {
            html.leaf("h2", title).line();
            html.leaf("p.lead", sentence).line();
            body.run();
        });
    }

    private void chart(int width, int height, Scale scale, String yTitle, String description, List<Series> series,
            DoubleFunction<String> format, Optional<Epoch> best) {
        new LineChart(frame(width, height, scale, yTitle), description, series, format, best).write(html);
    }

    /** The best epoch, where there is more than one to choose from. */
    private Optional<Epoch> marked() {
        return run.epochs().size() > 1 ? run.best() : Optional.empty();
    }

    private Frame frame(int width, int height, Scale y, String yTitle) {
        return new Frame(width, height, epochs, y, "epoch", y instanceof Scale.Log ? yTitle + " (log)" : yTitle);
    }
}
