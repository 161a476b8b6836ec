package org.chainrule.cli.train;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Session;
import org.chainrule.cli.BackendOption;
import org.chainrule.cli.Console;
import org.chainrule.cli.Result;
import org.chainrule.cli.Subcommand;
import org.chainrule.cli.TraceOption;
import org.chainrule.harness.Suggestion;
import org.chainrule.nn.Sequential;
import org.chainrule.train.Checkpoint;
import org.chainrule.train.Saving;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains a network. */
@Command(description = "Train a network on a data set and write checkpoint, metrics and report to a folder.")
public final class TrainCommand extends Subcommand {
    @Parameters(index = "0", paramLabel = "DATA", description = "the data set")
    private String data = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "FILE", description = "the file of csv and text")
    private Optional<Path> file = Optional.empty();

    @Option(names = "--data", paramLabel = "FOLDER", description = "where the files of mnist, fashion or text are")
    private Optional<Path> folder = Optional.empty();

    @Option(names = "--out", paramLabel = "FOLDER", description = "where to write; runs/DATA-TIME by default")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--resume", paramLabel = "RUN", arity = "0..1", fallbackValue = RunFolder.LATEST,
            description = "go on with a run, given by its folder or checkpoint; by default --out, or the latest of DATA")
    private String resume = "";

    @Option(names = "--save-every", paramLabel = "WHEN",
            description = "save after so many batches (500) or seconds (30s), "
                    + "besides after epochs")
    private String saveEvery = "";

    @Option(names = "--threads", paramLabel = "N", description = "of the cpu backend")
    private Optional<Integer> threads = Optional.empty();

    @Option(names = "--quiet", description = "show no progress")
    private boolean quiet;

    @Mixin
    private BackendOption backend = new BackendOption();

    @Mixin
    private TraceOption trace = new TraceOption();

    @Mixin
    private TrainOptions options = new TrainOptions();

    public TrainCommand(Console console) {
        super(console);
    }

    @Override
    protected void describe(UsageMessageSpec usage) {
        TrainHelp.describe(usage);
    }

    @Override
    protected Result run() {
        String name = data.toLowerCase(Locale.ROOT);
        if (!Settings.dataSets().contains(name)) throw usageError("there is no data set '" + data + "'"
                + Suggestion.among(name, Settings.dataSets(), String.join(", ", Settings.dataSets())));
        boolean readsFile = name.equals("csv") || name.equals("text");
        if (file.isPresent() && !readsFile) throw usageError("unexpected argument '" + file.get() + "': " + name
                + " is no file; the data sets csv and text are, as in: train csv " + file.get());
        if (folder.isPresent() && !Set.of("mnist", "fashion", "text").contains(name)) throw usageError("--data: " + name
                + (readsFile ? " takes its file as an argument, as in: train csv measures.csv"
                        : " comes with the program; mnist, fashion and text are read from a folder"));
        if (!saveEvery.matches("([1-9][0-9]{0,8}s?)?"))
            throw usageError("--save-every: expected batches, as in 500, or "
                    + "seconds, as in 30s, found '" + saveEvery + "'");
        threads.ifPresent(n -> {
            if (n < 1 || n > 9999) throw usageError("--threads: " + n + " is not from 1 to 9999");
            System.setProperty("chainrule.threads", Integer.toString(n));
        });
        var found = resume.isEmpty() ? Optional.<RunFolder>empty() : Optional.of(RunFolder.toResume(resume, out, name));
        Map<String, String> given = options.given;
        Optional<Checkpoint> from = found.map(RunFolder::read);
        Settings settings = from.map(c -> Settings.fromMetadata(c.description(), found.get().source())
                .resumedWith(given, found.get().source())).orElseGet(() -> Settings.of(name, given));
        if (!settings.text("data").equals(name))
            throw new InvalidArgumentException(found.get().source() + " is a run of "
                    + settings.text("data") + ", not of " + name);
        try (Session session = trace.open(backend)) {
            if (threads.isPresent() && !session.backend().equals("cpu"))
                throw usageError("--threads: they are of the cpu backend, and the run is on " + session.backend());
            Task<?> task = Task.load(settings, file, folder);
            Sequential model = task.model();
            RunFolder to =
                    found.filter(f -> out.isEmpty() || f.isIn(out.get())).orElseGet(() -> RunFolder.create(out, name));
            return new Training<>(console, session, settings, task, model, to, saving(to), backend.repeated(), quiet)
                    .run(from,
                            found.map(RunFolder::source).orElse(""));
        }
    }

    private Saving saving(RunFolder to) {
        var usual = Saving.to(to.checkpoint()).leastSeconds(0.5);
        if (saveEvery.isEmpty()) return usual;
        return saveEvery.endsWith("s")
                ? usual.everySeconds(Integer.parseInt(saveEvery.substring(0, saveEvery.length() - 1)))
                : usual.everyBatches(Integer.parseInt(saveEvery));
    }
}
