package org.chainrule.cli.train;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import org.chainrule.DataFormatException;
import org.chainrule.DeviceLostException;
import org.chainrule.DivergedException;
import org.chainrule.NonFiniteException;
import org.chainrule.OutOfDeviceMemoryException;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Step;
import org.chainrule.cli.Console;
import org.chainrule.cli.Interruption;
import org.chainrule.cli.JsonObject;
import org.chainrule.cli.Main;
import org.chainrule.cli.Progress;
import org.chainrule.cli.Result;
import org.chainrule.cli.Terminal;
import org.chainrule.cli.report.Epoch;
import org.chainrule.cli.report.Format;
import org.chainrule.cli.report.MetricsCsv;
import org.chainrule.cli.report.Run;
import org.chainrule.cli.report.RunReport;
import org.chainrule.cli.report.Speed;
import org.chainrule.io.Json;
import org.chainrule.nn.Sequential;
import org.chainrule.optim.OnPlateau;
import org.chainrule.optim.Schedule;
import org.chainrule.train.BatchReport;
import org.chainrule.train.Checkpoint;
import org.chainrule.train.EarlyStopping;
import org.chainrule.train.EpochReport;
import org.chainrule.train.Evaluation;
import org.chainrule.train.Evaluator;
import org.chainrule.train.Feed;
import org.chainrule.train.History;
import org.chainrule.train.Objective;
import org.chainrule.train.Saving;
import org.chainrule.train.Trainer;

/** One run of the train command: trains, judges, writes the folder and tells the results. */
final class Training<B> {
    private static final int NORMS_PER_EPOCH = 8;
    /** The key of a checkpoint's description that names the backend. */
    private static final String BACKEND = "run.backend";

    private final Console console;
    private final Session session;
    private final Settings settings;
    private final Task<B> task;
    private final Sequential model;
    private final RunFolder folder;
    private final Saving saving;
    private final String backendOption;
    private final boolean quiet;
    /** When the first batch had been trained. */
    private Optional<Instant> firstStep = Optional.empty();

    Training(Console console, Session session, Settings settings, Task<B> task, Sequential model, RunFolder folder,
            Saving saving, String backendOption, boolean quiet) {
        this.console = console;
        this.session = session;
        this.settings = settings;
        this.task = task;
        this.model = model;
        this.folder = folder;
        this.saving = saving;
        this.backendOption = backendOption;
        this.quiet = quiet;
    }

    Result run(Optional<Checkpoint> from, String source) {
        try {
            return train(from, source);
        } catch (DeviceLostException e) {
            throw new DeviceLostException(withResume(e.getMessage()), e);
        } catch (OutOfDeviceMemoryException e) {
            throw new OutOfDeviceMemoryException(withResume(e.getMessage()), e);
        }
    }

    /** What was saved outlives the device. */
    private String withResume(String message) {
        return Files.exists(folder.checkpoint()) ? message + "; go on with " + resumption() : message;
    }

    /** The options that go on with the run where it is. */
    private String resumption() {
        return "--resume " + folder.folder() + backendOption;
    }

    private Result train(Optional<Checkpoint> from, String source) {
        from.ifPresent(c -> requireSameData(c.description(), source));
        int epochs = settings.positive("epochs"), batch = settings.positive("batch");
        Rng rng = Rng.of(settings.seed());
        model.init(session, rng);
        var optimizer = Networks.optimizer(settings, model.parameters());
        Schedule schedule = Networks.schedule(settings, epochs, Math.ceilDiv(task.train().size(), batch));
        optimizer.schedule(schedule);
        Trainer trainer = Trainer.of(session, model, task.objective(), optimizer).batchSize(batch).seed(settings.seed())
                .randomness(rng).gradientNorms(NORMS_PER_EPOCH).saving(saving).description(description());
        if (settings.whole("patience") > 0) trainer.earlyStopping(EarlyStopping.after(settings.whole("patience")));
        from.ifPresent(c -> trainer.resume(c, source));
        if (schedule instanceof OnPlateau plateau) trainer.onEpoch(e -> plateau.report(watched(e)));
        long parameters = model.parameters().stream().mapToLong(p -> p.shape().size()).sum();
        int done = from.map(c -> (int) c.position().epoch()).orElse(0);
        say("%s; %s; %,d parameters, on %s (%s)".formatted(task.reading(), parts(), parameters, session.backend(),
                session.device().name()));
        if (from.map(this::isFinished).orElse(false))
            say("The run is already finished; --epochs N goes further, where N is above " + done + ".");
        from.map(c -> c.description().get(BACKEND)).filter(before -> !before.equals(session.backend()))
                .ifPresent(
                        before -> say("The run was on %s before, and goes on with %s; --backend %s would go on there."
                                .formatted(before, session.backend(), before)));
        long start = System.nanoTime();
        History history;
        try (var interruption = Interruption.of(console)) {
            history = fit(trainer, epochs, done, interruption);
        } catch (Interrupted _) {
            return interrupted(trainer, (System.nanoTime() - start) / 1e9);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return judge(history, done, seconds, parameters);
    }

    /** What the data say of themselves, and where the run is. */
    private Map<String, String> description() {
        Map<String, String> all = new LinkedHashMap<>(task.description());
        all.put(BACKEND, session.backend());
        return all;
    }

    private boolean isFinished(Checkpoint from) {
        int patience = settings.whole("patience");
        return from.position().epoch() >= settings.whole("epochs")
                || patience > 0 && from.stopping().waited() >= patience;
    }

    private String parts() {
        String train = Format.plural(task.train().size(), "sample") + " to train on";
        return switch (task.judgedOn()) {
            case TEST, VALIDATION ->
                    train + task.validation().map(v -> ", %,d to validate by".formatted(v.size())).orElse("")
                            + ", %,d to test on".formatted(task.test().size());
            case TRAINING -> train + ", and judged on the same";
        };
    }

    /** The loss that a schedule may follow: nothing is chosen by the test part. */
    private double watched(EpochReport e) {
        return task.validation().isPresent() ? e.monitoredLoss() : e.trainLoss();
    }

    private void requireSameData(Map<String, String> kept, String source) {
        task.description().forEach((key, value) -> {
            boolean keptByItsVersion = kept.containsKey(key);
            if (keptByItsVersion && !key.equals("chainrule.settings") && !value.equals(kept.get(key)))
                throw new DataFormatException(source
                        + ": the run was trained on other data than is given: its '" + key + "' differs");
        });
    }

    private void say(String line) {
        if (!quiet) console.message(line);
    }

    private History fit(Trainer trainer, int epochs, int done, Interruption interruption) {
        Feed<B> monitored = task.validation().orElseGet(task::test);
        try (MetricsCsv metrics =
                done > 0 ? MetricsCsv.resume(folder.metrics(), task.monitored(), task.layerNames(), done)
                        : MetricsCsv.create(folder.metrics(), task.monitored(), task.layerNames());
                Progress progress = Progress.of(Terminal.stderr(), epochs, task.monitored(), console::draw,
                        System::nanoTime)) {
            trainer.onWarning(w -> console.message("warning: " + named(w, trainer.layers())));
            trainer.onEpoch(e -> metrics.append(epoch(e)));
            if (!quiet) {
                trainer.onBatch(b -> progress.batch(batch(b)));
                trainer.onEpoch(e -> progress.epoch(epoch(e)));
            }
            trainer.onBatch(_ -> {
                if (firstStep.isEmpty()) firstStep = Optional.of(Instant.now());
                if (interruption.isAsked()) throw new Interrupted();
            });
            return trainer.fit(task.train(), monitored, epochs);
        } catch (NonFiniteException e) {
            throw new NonFiniteException(withOptions(e.getMessage()), e);
        } catch (DivergedException e) {
            throw new DivergedException(withOptions(e.getMessage()), e);
        }
    }

    private String withOptions(String message) {
        return message + " (Options: --lr, which is " + settings.text("lr") + " here, and --clip.)";
    }

    /** Unwinds training between two batches, where its state can be saved. */
    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private Result interrupted(Trainer trainer, double seconds) {
        Checkpoint state = trainer.checkpoint();
        state.write(folder.checkpoint());
        long epochs = state.position().epoch();
        String resume = resumption();
        console.message("Stopped after %s and %s of the next; go on with %s".formatted(Format.plural(epochs, "epoch"),
                state.position().batch() == 1 ? "1 batch" : state.position().batch() + " batches", resume));
        List<Epoch> measured = MetricsCsv.read(folder.metrics());
        var json = new JsonObject().with("interrupted", true).with("epochs", epochs)
                .with("batches_of_next_epoch", (long) state.position().batch());
        if (!measured.isEmpty()) {
            json.with("train_loss", measured.getLast().trainLoss());
            String part = task.monitored().label();
            measured.getLast().monitoredLoss().ifPresent(loss -> json.with(part + "_loss", loss));
            measured.getLast().accuracy().ifPresent(accuracy -> json.with(part + "_accuracy", accuracy));
        }
        return new Result(Main.INTERRUPTED, json.with("total_seconds", seconds).with("data", settings.text("data"))
                .with("seed", settings.seed()).with("out", folder.folder().toString())
                .with("checkpoint", folder.checkpoint().toString()).with("resume", resume).build());
    }

    /** {@code warning} with the layer's name in place of its path. */
    private String named(String warning, List<String> paths) {
        for (int i = 0; i < paths.size(); i++) {
            String path = "layer '" + paths.get(i) + "'";
            if (warning.contains(path)) return warning.replace(path, "layer '" + task.layerNames().get(i) + "'");
        }
        return warning;
    }

    private static Progress.Batch batch(BatchReport b) {
        return new Progress.Batch((int) b.epoch(), b.number(), b.of(), b.size(), b.loss());
    }

    private static Epoch epoch(EpochReport e) {
        return new Epoch((int) e.number(), e.trainLoss(),
                e.validation().map(v -> OptionalDouble.of(v.loss())).orElse(OptionalDouble.empty()),
                e.validation().flatMap(v -> Optional.ofNullable(v.metrics().get(Objective.ACCURACY)))
                        .map(OptionalDouble::of).orElse(OptionalDouble.empty()),
                e.learningRate(), e.seconds(), e.samples() / e.seconds(), List.copyOf(e.gradientNorms().values()));
    }

    private Result judge(History history, int before, double seconds, long parameters) {
        try (Evaluator<B> test = Evaluator.of(session, model, task.objective(), task.test())) {
            Evaluation evaluation = test.evaluate();
            SequencedMap<String, Double> results = task.results(evaluation, test);
            String verdict = verdict(results, history);
            List<Epoch> epochs = MetricsCsv.read(folder.metrics());
            RunReport.write(
                    new Run(task.title(), verdict, figures(results, history), settings.meaningful(), task.monitored(),
                            task.layerNames(), epochs, task.outcomes(test), List.of()),
                    folder.report());
            console.line(verdict);
            history.step().ifPresent(s -> console.line(step(s)));
            firstStep.ifPresent(f -> console.line(beginning(f)));
            console.line("Report: " + folder.report());
            List<Epoch> own = epochs.stream().filter(e -> e.number() > before).toList();
            return Result.of(json(results, history, own, seconds, parameters));
        }
    }

    /** After which epoch the weights that the run leaves were. */
    private static long kept(History history) {
        return history.best().orElse(history.completed());
    }

    private String verdict(SequencedMap<String, Double> results, History history) {
        List<String> parts = new ArrayList<>();
        results.forEach((name, value) -> parts.add(name.equals("accuracy") ? Progress.percent(value) + " accuracy"
                : inWords(name) + " " + String.format(Locale.ROOT, "%.4g", value)));
        String on = switch (task.judgedOn()) {
            case TEST, VALIDATION -> "On the %,d test samples: ".formatted(task.test().size());
            case TRAINING -> "On the %,d samples that it learned from: ".formatted(task.test().size());
        };
        String end = switch (history.stopped()) {
            case COMPLETED, REQUESTED -> "";
            case STOPPED_EARLY -> "; stopped early after " + Format.plural(history.completed(), "epoch");
        };
        return on + String.join(", ", parts) + ", with the weights of epoch " + kept(history)
                + (history.best().isPresent() ? ", the best by validation loss" : ", the last") + end + ".";
    }

    private static String step(Step.Size size) {
        return "Each training step ran " + Format.plural(size.kernels(), "kernel")
                + (size.launches().isEmpty() ? ""
                        : ", as " + Format.plural(size.launches().getAsInt(), "device function"))
                + ".";
    }

    /** How the run began. */
    private String beginning(Instant firstStep) {
        return "Compiling took %.2f s; the first step ended %.2f s after the start of the Java virtual machine."
                .formatted(
                        seconds(session.compileTime()), sinceStart(firstStep));
    }

    /** Seconds from the start of the virtual machine to {@code then}. */
    private static double sinceStart(Instant then) {
        Instant start = Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
        return seconds(Duration.between(start, then));
    }

    private static double seconds(Duration d) {
        return d.toNanos() / 1e9;
    }

    private static String inWords(String result) {
        return result.equals("r2") ? "R²" : result.replace('_', ' ');
    }

    /** The result as the report leads with it. */
    private SequencedMap<String, String> figures(SequencedMap<String, Double> results, History history) {
        SequencedMap<String, String> figures = new LinkedHashMap<>();
        String part = task.judgedOn().label() + " ";
        results.forEach((name, value) -> figures.put(part + inWords(name),
                name.equals("accuracy") ? Format.percent(value) : Format.number(value, 3)));
        if (results.containsKey("accuracy"))
            figures.putFirst(part + "accuracy", figures.getOrDefault(part + "accuracy", ""));
        figures.put("epoch of the weights, the " + (history.best().isPresent() ? "best by validation loss" : "last"),
                Long.toString(kept(history)));
        return figures;
    }

    /** @param epochs those that this process trained */
    private Json.Obj json(SequencedMap<String, Double> results, History history, List<Epoch> epochs,
            double totalSeconds, long parameters) {
        Speed speed = Speed.of(epochs);
        var json = new JsonObject();
        if (!results.containsKey("accuracy")) json.with("accuracy", new Json.Null());
        results.forEach(json::with);
        json.with("judged_on", task.judgedOn().label());
        json.with("samples_per_s", speed.samplesPerSecond()).with("steady_samples_per_s", Speed.steady(epochs));
        history.step().ifPresent(s -> {
            json.with("step_kernels", (long) s.kernels());
            s.launches().ifPresent(n -> json.with("step_launches", (long) n));
        });
        json.with("compile_seconds", seconds(session.compileTime()));
        firstStep.ifPresent(f -> json.with("first_step_seconds", sinceStart(f)));
        return json.with("seconds", speed.seconds()).with("total_seconds", totalSeconds)
                .with("backend", session.backend()).with("device", session.device().name())
                .with("seed", settings.seed()).with("data", settings.text("data")).with("epochs", history.completed())
                .with("stopped_early", history.stopped() == History.Reason.STOPPED_EARLY)
                .with("weights_epoch", kept(history)).with("weights_are_best", history.best().isPresent())
                .with("parameters", parameters).with("train_samples", (long) task.train().size())
                .with("validation_samples", task.validation().map(v -> (long) v.size()).orElse(0L))
                .with("test_samples", (long) task.test().size()).with("out", folder.folder().toString()).build();
    }
}
