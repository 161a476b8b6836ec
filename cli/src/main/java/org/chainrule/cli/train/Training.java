package org.chainrule.cli.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import org.chainrule.DataFormatException;
import org.chainrule.NonFiniteException;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.cli.Console;
import org.chainrule.cli.JsonObject;
import org.chainrule.cli.Progress;
import org.chainrule.cli.Result;
import org.chainrule.cli.Terminal;
import org.chainrule.cli.report.Epoch;
import org.chainrule.cli.report.MetricsCsv;
import org.chainrule.cli.report.Run;
import org.chainrule.cli.report.RunReport;
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

    private final Console console;
    private final Session session;
    private final Settings settings;
    private final Task<B> task;
    private final RunFolder folder;
    private final Saving saving;
    private final boolean quiet;

    Training(Console console, Session session, Settings settings, Task<B> task, RunFolder folder, Saving saving,
            boolean quiet) {
        this.console = console;
        this.session = session;
        this.settings = settings;
        this.task = task;
        this.folder = folder;
        this.saving = saving;
        this.quiet = quiet;
    }

    Result run(Optional<Checkpoint> from, String source) {
        from.ifPresent(c -> requireSameData(c.description(), source));
        int epochs = settings.positive("epochs"), batch = settings.positive("batch");
        Rng rng = Rng.of(settings.seed());
        Sequential model = task.model();
        model.init(session, rng);
        var optimizer = Networks.optimizer(settings, model.parameters());
        Schedule schedule = Networks.schedule(settings, epochs, Math.ceilDiv(task.train().size(), batch));
        optimizer.schedule(schedule);
        Trainer trainer = Trainer.of(session, model, task.objective(), optimizer).batchSize(batch).seed(settings.seed())
                .randomness(rng).gradientNorms(NORMS_PER_EPOCH).saving(saving).description(task.description());
        if (settings.whole("patience") > 0) trainer.earlyStopping(EarlyStopping.after(settings.whole("patience")));
        from.ifPresent(c -> trainer.resume(c, source));
        if (schedule instanceof OnPlateau plateau) trainer.onEpoch(e -> plateau.report(e.monitoredLoss()));
        long parameters = model.parameters().stream().mapToLong(p -> p.shape().size()).sum();
        int done = from.map(c -> (int) c.position().epoch()).orElse(0);
        say("%s: %d samples to train on, %d held out; %,d parameters, on %s (%s)".formatted(task.title(),
                task.train().size(), task.test().size(), parameters, session.backend(), session.device().name()));
        long start = System.nanoTime();
        History history = fit(trainer, epochs, done);
        double seconds = (System.nanoTime() - start) / 1e9;
        return judge(trainer, model, history, seconds, parameters);
    }

    private void requireSameData(Map<String, String> kept, String source) {
        task.description().forEach((key, value) -> {
            if (!key.equals("chainrule.settings") && !value.equals(kept.get(key))) throw new DataFormatException(source
                    + ": the run was trained on other data than is given: its '" + key + "' differs");
        });
    }

    private void say(String line) {
        if (!quiet) console.message(line);
    }

    private History fit(Trainer trainer, int epochs, int done) {
        Feed<B> monitored = task.validation().orElseGet(task::test);
        try (MetricsCsv metrics = done > 0 ? MetricsCsv.resume(folder.metrics(), trainer.layers(), done)
                : MetricsCsv.create(folder.metrics(), trainer.layers());
                Progress progress = Progress.of(Terminal.stderr(), epochs, this::draw, System::nanoTime)) {
            trainer.onWarning(w -> console.message("warning: " + w));
            trainer.onEpoch(e -> metrics.append(epoch(e)));
            if (!quiet) {
                trainer.onBatch(b -> progress.batch(batch(b)));
                trainer.onEpoch(e -> progress.epoch(epoch(e)));
            }
            return trainer.fit(task.train(), monitored, epochs);
        } catch (NonFiniteException e) {
            throw new NonFiniteException(e.getMessage() + " (Options: --lr, --clip.)", e);
        }
    }

    private void draw(String text) {
        console.err().print(text);
        console.err().flush();
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

    private Result judge(Trainer trainer, Sequential model, History history, double seconds, long parameters) {
        try (Evaluator<B> test = Evaluator.of(session, model, task.objective(), task.test())) {
            Evaluation evaluation = test.evaluate();
            SequencedMap<String, Double> results = task.results(evaluation, test);
            String verdict = verdict(results, history);
            List<Epoch> epochs = MetricsCsv.read(folder.metrics());
            RunReport.write(new Run(task.title(), verdict, settings.asMap(), trainer.layers(), epochs,
                    task.outcomes(test), List.of()), folder.report());
            console.line(verdict);
            console.line("Report: " + folder.report());
            return Result.of(json(results, history, seconds, parameters));
        }
    }

    private String verdict(SequencedMap<String, Double> results, History history) {
        List<String> parts = new ArrayList<>();
        results.forEach((name, value) -> parts.add(name.equals("accuracy") ? Progress.percent(value) + " accuracy"
                : name.replace('_', ' ') + " " + String.format(Locale.ROOT, "%.4g", value)));
        String end = switch (history.stopped()) {
            case COMPLETED, REQUESTED -> "";
            case STOPPED_EARLY -> ", stopped early";
        };
        return "On held-out data: " + String.join(", ", parts) + " after " + history.completed() + " epochs" + end
                + ".";
    }

    private Json.Obj json(SequencedMap<String, Double> results, History history, double seconds,
            long parameters) {
        var json = new JsonObject();
        if (!results.containsKey("accuracy")) json.with("accuracy", new Json.Null());
        results.forEach(json::with);
        if (history.epochs().isEmpty()) json.with("samples_per_s", new Json.Null());
        else json.with("samples_per_s", history.samplesPerSecond());
        return json.with("seconds", seconds).with("backend", session.backend()).with("device", session.device().name())
                .with("seed", settings.seed()).with("data", settings.text("data")).with("epochs", history.completed())
                .with("stopped_early", history.stopped() == History.Reason.STOPPED_EARLY)
                .with("parameters", parameters).with("train_samples", (long) task.train().size())
                .with("test_samples", (long) task.test().size()).with("out", folder.folder().toString()).build();
    }
}
