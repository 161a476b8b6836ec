package org.chainrule.cli.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.chainrule.Session;
import org.chainrule.cli.BackendOption;
import org.chainrule.cli.Console;
import org.chainrule.cli.JsonObject;
import org.chainrule.cli.Progress;
import org.chainrule.cli.Result;
import org.chainrule.cli.Subcommand;
import org.chainrule.cli.TraceOption;
import org.chainrule.data.Dataset;
import org.chainrule.io.AtomicFile;
import org.chainrule.io.Json;
import org.chainrule.train.Objective;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells classes or values of samples. */
@Command(description = "Tell the classes, with their probabilities, or the values of samples.")
public final class PredictCommand extends Subcommand {
    @Parameters(index = "0", paramLabel = "RUN", description = "the run's folder or checkpoint")
    private Path run = Path.of("");

    @Parameters(index = "1", paramLabel = "INPUT",
            description = "a CSV, IDX or picture file, or the name of the data set that "
                    + "the run was trained on, whose held-out part is taken")
    private String input = "";

    @Option(names = "--labels", paramLabel = "FILE", description = "the IDX file of the labels, to tell the accuracy")
    private Optional<Path> labels = Optional.empty();

    @Option(names = "--data", paramLabel = "FOLDER", description = "where the files of mnist and fashion are")
    private Optional<Path> folder = Optional.empty();

    @Option(names = "--invert", description = "pictures: take black for white, for ink on paper")
    private boolean invert;

    @Option(names = "--no-header", description = "CSV: the first line is a row; by default it names the columns where "
            + "none of its fields is a number")
    private boolean headless;

    @Option(names = "--out", paramLabel = "FILE",
            description = "write to a .csv or .json file instead of standard output")
    private Optional<Path> out = Optional.empty();

    @Mixin
    private BackendOption backend = new BackendOption();

    @Mixin
    private TraceOption trace = new TraceOption();

    public PredictCommand(Console console) {
        super(console);
    }

    @Override
    protected Result run() {
        boolean asJson = out.map(this::isJson).orElse(false);
        SavedSamples model = SavedSamples.read(run);
        Samples samples = Samples.read(model.kind(), input, folder, labels, invert, headless);
        samples.note().ifPresent(console::message);
        samples.data().requireFinite(input);
        try (Session session = trace.open(backend)) {
            var answers = model.answers(session, samples.data());
            List<Json.Obj> rows = rows(model, samples, answers.outputs());
            out.ifPresentOrElse(
                    f -> AtomicFile.writeText(f, asJson ? new Json.Arr(List.copyOf(rows)).pretty() : csv(rows)),
                    () -> csv(rows).lines().forEach(console::line));
            var json = new JsonObject().with("samples", rows.size());
            if (samples.labelled()) {
                json.with("loss", answers.evaluation().loss());
                answers.evaluation().metrics().forEach(json::with);
                Optional.ofNullable(answers.evaluation().metrics().get(Objective.ACCURACY)).ifPresent(
                        accuracy -> console.message(Progress.percent(accuracy) + " of " + rows.size() + " are right"));
            }
            if (out.isEmpty()) json.with("predictions", rows);
            else json.with("out", out.get().toString());
            return Result.of(json.with("backend", session.backend()).with("device", session.device().name()).build());
        }
    }

    private boolean isJson(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (!name.endsWith(".json") && !name.endsWith(".csv"))
            throw usageError("--out: " + file + " ends neither in .csv nor in .json, which tells what to write");
        return name.endsWith(".json");
    }

    private static List<Json.Obj> rows(SavedSamples model, Samples samples, float[] outputs) {
        List<String> classes = model.kind().classes();
        List<Json.Obj> rows = new ArrayList<>();
        for (int i = 0; i < samples.data().size(); i++) {
            var row = new JsonObject().with("sample", i);
            if (classes.isEmpty()) {
                rows.add(row.with("predicted", Double.parseDouble(model.answer(outputs, i))).build());
                continue;
            }
            double[] p = Judgement.probabilities(outputs, i, classes.size());
            row.with("predicted", model.answer(outputs, i));
            if (samples.labelled() && samples.data().targets() instanceof Dataset.Labels(int[] labels, var _)) {
                row.with("truth", classes.get(labels[i]));
            }
            for (int c = 0; c < p.length; c++) row.with("p:" + classes.get(c), p[c]);
            rows.add(row.build());
        }
        return rows;
    }

    private static String csv(List<Json.Obj> rows) {
        var text = new StringBuilder(
                String.join(",", rows.getFirst().members().keySet().stream().map(PredictCommand::quoted).toList()));
        for (Json.Obj row : rows) {
            text.append('\n').append(String.join(",", row.members().values().stream()
                    .map(v -> v instanceof Json.Str(String s) ? quoted(s) : v.text()).toList()));
        }
        return text.append('\n').toString();
    }

    private static String quoted(String field) {
        return field.matches("[^\",\\r\\n]*") ? field : '"' + field.replace("\"", "\"\"") + '"';
    }
}
