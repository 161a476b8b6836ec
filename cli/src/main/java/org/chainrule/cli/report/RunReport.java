package org.chainrule.cli.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.chainrule.StorageException;
import org.chainrule.io.AtomicFile;
import org.chainrule.io.Resource;

/**
 * {@code report.html}: a training run on one page. The file holds everything it shows and asks nothing of the network;
 * its script only adds read-outs, so it reads and prints the same without.
 */
public final class RunReport {
    private static final int MAX_EPOCH_ROWS = 200;

    private final Run run;
    private final Html html = new Html();

    private RunReport(Run run) {
        this.run = run;
    }

    /**
     * Writes the report of {@code run} to {@code file}, whose folder exists, in place of any that was there.
     *
     * @throws StorageException if it could not be written; what was there before is intact
     */
    public static void write(Run run, Path file) {
        AtomicFile.writeText(file, html(run));
    }

    /** The report of {@code run}; the same run gives the same text. */
    public static String html(Run run) {
        return new RunReport(run).page();
    }

    private String page() {
        html.open("html", "lang", "en");
        head();
        html.open("body").open("main");
        header();
        if (!run.epochs().isEmpty() || !run.settings().isEmpty()) {
            html.nest("div.grid", this::lossAndSettings);
        }
        drawings();
        run.outcomes().forEach(this::belowCurves);
        explain();
        epochTable();
        html.leaf("footer", "Written by Chainrule. This page is one file and loads nothing from the network.");
        html.close().line();
        html.empty("div", "id", "tip", "aria-hidden", "true");
        html.nest("script", () -> html.raw(Resource.text(RunReport.class, "report.js")));
        return html.close().close().line().toString();
    }

    private void head() {
        html.nest("head", () -> {
            html.empty("meta", "charset", "utf-8").line();
            html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1").line();
            html.empty("meta", "name", "color-scheme", "content", "light dark").line();
            html.empty("meta", "http-equiv", "Content-Security-Policy", "content",
                    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:").line();
            html.leaf("title", run.title() + " · Chainrule").line();
            html.nest("style", () -> html.raw(Resource.text(RunReport.class, "report.css")));
        });
    }

    private void header() {
        html.nest("header", () -> {
            html.leaf("p.eyebrow",
                    run.epochs().isEmpty() && !run.explain().isEmpty() ? "Worked example" : "Training run")
                    .line();
            html.leaf("h1", run.title()).line();
            html.leaf("p.verdict", run.verdict()).line();
            if (!run.epochs().isEmpty()) {
                html.nest("ul.figures", () -> figures().forEach(figure -> html.open("li")
                        .leaf("b", figure.value()).leaf("span", figure.name()).close().line()));
            }
        });
    }

    private record Figure(String name, String value) {}

    /** The final result first; what is measured along the way after it. */
    private List<Figure> figures() {
        var figures = new ArrayList<Figure>();
        run.results().forEach((name, value) -> figures.add(new Figure(name, value)));
        run.best().ifPresent(best -> figures.add(new Figure("lowest validation loss, epoch " + best.number(),
                Format.number(best.lossOrTrainLoss(), 3))));
        var speed = Speed.of(run.epochs());
        figures.add(new Figure("in training steps", Format.duration(speed.seconds())));
        if (Double.isFinite(speed.samplesPerSecond())) {
            figures.add(new Figure("samples per second in them", Format.number(speed.samplesPerSecond(), 3)));
        }
        return figures;
    }

    private void lossAndSettings() {
        if (!run.epochs().isEmpty()) {
            new LearningCards(html, run).loss(560, 320);
        }
        if (!run.settings().isEmpty()) {
            html.nest("section.card", () -> {
                html.leaf("h2", "Settings").line();
                html.nest("table.settings", () -> html.nest("tbody", () -> run.settings().forEach((name, value) -> html
                        .open("tr").leaf("th", name, "scope", "row").leaf("td", value).close().line())));
            });
        }
    }

    /** A drawing that fits into the width and height it is given. */
    private interface Drawing {
        void write(int width, int height);
    }

    private void drawings() {
        var drawings = new ArrayList<Drawing>();
        if (!run.epochs().isEmpty()) {
            var learning = new LearningCards(html, run);
            if (learning.hasAccuracy()) {
                drawings.add(learning::accuracy);
            }
            if (run.hasGradientNorms()) {
                drawings.add(learning::gradients);
            }
            if (learning.hasSchedule()) {
                drawings.add(learning::learningRate);
            }
        }
        run.outcomes().forEach(outcome -> drawings.addAll(besideCurves(outcome)));
        if (!drawings.isEmpty()) {
            int columns = Math.min(3, drawings.size());
            int width = List.of(1120, 560, 400).get(columns - 1);
            html.open("div.grid.of" + columns);
            drawings.forEach(drawing -> drawing.write(width, 300));
            html.close().line();
        }
    }

    private List<Drawing> besideCurves(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Classification _, Outcome.Generation _ -> List.of();
            case Outcome.Regression regression ->
                    List.of((width, height) -> new ScatterCard(regression, Math.min(width, 560), height).write(html));
        };
    }

    private void belowCurves(Outcome outcome) {
        switch (outcome) {
            case Outcome.Classification(var confusion, var mistakes) -> html.nest("div.grid", () -> {
                new ConfusionCards(confusion).write(html);
                if (!mistakes.isEmpty()) {
                    new MistakesCard(mistakes).write(html);
                }
            });
            case Outcome.Regression _ -> {}
            case Outcome.Generation(var prompt, var text) -> html.nest("section.card.below", () -> {
                html.leaf("h2", "Generated text").line();
                html.open("pre.sample").leaf("b", prompt).text(text).close();
            });
        }
    }

    private void explain() {
        if (!run.explain().isEmpty()) {
            html.nest("section.card.below", () -> {
                html.leaf("h2", "Step by step").line();
                run.explain().forEach(section -> new ExplainCard(section).write(html));
            });
        }
    }

    private void epochTable() {
        if (run.epochs().isEmpty()) {
            return;
        }
        int stride = Math.ceilDiv(run.epochs().size(), MAX_EPOCH_ROWS);
        html.open("details").leaf("summary", stride == 1 ? "All epochs as a table"
                : "One epoch in %d as a table".formatted(stride));
        html.open("div.scroll").open("table").open("thead").open("tr");
        for (var heading : List.of("epoch", "training loss", run.monitored().label() + " loss",
                run.monitored().label() + " accuracy", "learning rate", "training steps", "samples/s")) {
            html.leaf("th.number", heading, "scope", "col");
        }
        html.close().close().open("tbody");
        for (int i = 0; i < run.epochs().size(); i += stride) {
            var epoch = run.epochs().get(i);
            html.open("tr").leaf("th.number", Integer.toString(epoch.number()), "scope", "row");
            for (var field : List.of(Format.number(epoch.trainLoss()), orDash(epoch.monitoredLoss()),
                    epoch.accuracy().isPresent() ? Format.percent(epoch.accuracy().getAsDouble()) : "–",
                    Format.number(epoch.learningRate()), Format.duration(epoch.seconds()),
                    Format.number(epoch.samplesPerSecond(), 3))) {
                html.leaf("td.number", field);
            }
            html.close().line();
        }
        html.close().close().close().close().line();
    }

    private static String orDash(OptionalDouble value) {
        return value.isPresent() ? Format.number(value.getAsDouble()) : "–";
    }
}
