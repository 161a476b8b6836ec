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
        var monitored = Series.of(run.monitored().capitalized() + " loss", "validation", run.epochs(),
                Epoch::monitoredLoss);
        var scale = Scale.fitting(DoubleStream.concat(DoubleStream.of(train.values()),
                DoubleStream.of(monitored.values())).toArray());
        var sentence = lossSentence(monitored.isMeasured());
        card("Loss", sentence, () -> chart(width, height, scale, "loss", sentence, List.of(train, monitored),
                Format::number, marked()));
    }

    private String lossSentence(boolean monitored) {
        var kind = monitored ? run.monitored().label() : "training";
        if (run.lowest().isEmpty()) {
            return "The %s loss was never a finite number.".formatted(kind);
        }
        var lowest = run.lowest().get();
        var last = run.epochs().getLast();
        var low = "%s in epoch %d".formatted(Format.number(lowest.lossOrTrainLoss()), lowest.number());
        if (!Double.isFinite(last.trainLoss()) || !Double.isFinite(last.lossOrTrainLoss())) {
            return "Lowest %s loss %s. The run ended with a loss that is not a finite number.".formatted(kind, low);
        }
        var end = Format.number(last.lossOrTrainLoss());
        boolean rose = monitored && last.lossOrTrainLoss() > 1.1 * lowest.lossOrTrainLoss();
        if (run.best().isPresent()) {
            return "Lowest validation loss %s.".formatted(low) + (rose
                    ? " It rose to %s by the end while training went on: the network began to overfit.".formatted(end)
                    : "");
        }
        return "%s loss %s at the end.".formatted(Format.capitalized(kind), end)
                + (rose && run.monitored() == Part.TEST
                        ? " It had been %s: the network began to overfit; --patience stops such a run by a validation part."
                                .formatted(low)
                        : "");
    }

    boolean hasAccuracy() {
        return run.epochs().stream().anyMatch(epoch -> epoch.accuracy().isPresent());
    }

    void accuracy(int width, int height) {
        var accuracy = Series.of("Accuracy", "good", run.epochs(), Epoch::accuracy);
        var last = accuracy.points().getLast().value();
        card("Accuracy", "%s of the %s samples are right at the end.".formatted(Format.percent(last),
                switch (run.monitored()) {
                    case VALIDATION, TEST -> run.monitored().label();
                    case TRAINING -> "training";
                }),
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
