package org.chainrule.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Supplier;
import org.chainrule.DivergedException;
import org.chainrule.NonFiniteException;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.data.Batch;
import org.chainrule.data.BatchLoader;
import org.chainrule.nn.Layer;
import org.chainrule.nn.Parameter;
import org.chainrule.optim.GradientHealth;
import org.chainrule.optim.Optimizer.Descent;

/** One call of {@link Trainer#fit}. */
final class TrainingRun<B> implements AutoCloseable {
    /** A loss of so many times that of the first batch, or 1 where that is less, is no training any more, though it may still be finite. */
    private static final double EXPLOSION = 1000;

    private final Trainer trainer;
    private final long epochs;
    private final Feed<B> train;
    private final Optional<Evaluator<B>> evaluator;
    private final Map<Integer, Feed.Slot<B>> slots = new HashMap<>();
    private final Map<Recording, Step> steps = new HashMap<>();
    private final List<String> parameters;
    private final List<String> layers;
    private final List<EpochReport> reports = new ArrayList<>();
    private final List<Double> normSums;
    private double lossSum;
    /** The last batch that this run trained. */
    private Optional<BatchReport> last = Optional.empty();
    private long seen;
    private int measured;
    private long saved = System.nanoTime();
    private boolean epochSaved;
    private final Set<String> warned = new HashSet<>();
    private long trainingNanos;
    private long trainedSamples;

    /** Which compiled step a batch runs. */
    private record Recording(int size, boolean measures) {}

    TrainingRun(Trainer trainer, Feed<B> train, Optional<Feed<B>> validation, long epochs) {
        this.trainer = trainer;
        this.train = train;
        this.epochs = epochs;
        this.evaluator = validation.map(v -> Evaluator.of(trainer.session, trainer.model, trainer.objective, v));
        this.parameters = trainer.model.parameters().stream().map(Parameter::name).toList();
        this.layers = layers(trainer.model);
        this.normSums = new ArrayList<>(trainer.position.normSums());
        this.lossSum = trainer.position.lossSum();
        this.seen = trainer.position.samples();
        this.measured = trainer.position.measured();
    }

    static List<String> layers(Layer model) {
        return model.parameters().stream().map(p -> GradientHealth.layer(p.name())).distinct().toList();
    }

    History run() {
        trainer.stopRequested = false;
        trainer.takeUpLastWeights();
        boolean fresh = trainer.position.epoch() == 0 && trainer.position.batch() == 0;
        if (fresh) save();
        if (trainer.position.epoch() < epochs && !isStopped()) trainAll();
        boolean early = isStopped();
        if (last.isPresent()) finite(() -> Weights.of(trainer.model));
        trainer.putBestWeightsInPlace();
        return new History(reports, trainer.position.epoch(), early ? History.Reason.STOPPED_EARLY
                : trainer.stopRequested ? History.Reason.REQUESTED : History.Reason.COMPLETED,
                trainer.best.isEmpty() ? OptionalLong.empty() : OptionalLong.of(trainer.stopping.epoch()),
                size());
    }

    /** Of the step that most batches ran: a whole batch, whose gradients are not measured. */
    private Optional<Step.Size> size() {
        return steps.entrySet().stream().max(Map.Entry.comparingByKey(
                Comparator.comparing((Recording r) -> !r.measures).thenComparingInt(Recording::size)))
                .map(e -> e.getValue().size());
    }

    private boolean isStopped() {
        return trainer.earlyStopping.map(rule -> rule.stops(trainer.stopping)).orElse(false);
    }

    private void trainAll() {
        var options = BatchLoader.Options.of(trainer.batchSize, trainer.seed).remainder(trainer.remainder)
                .startingAt(trainer.position.epoch(), trainer.position.batch());
        try (var loader = BatchLoader.open(train.samples(), options)) {
            int batches = loader.batchesPerEpoch();
            while (trainer.position.epoch() < epochs && !isStopped() && !trainer.stopRequested) {
                boolean ends = trainer.position.batch() >= batches || train(loader.next(), batches);
                if (ends) endEpoch();
                saveIfDue(ends);
            }
        }
    }

    /** Trains one batch; tells whether it was the last of its epoch. */
    private boolean train(Batch<B> batch, int of) {
        long start = System.nanoTime();
        int stride = trainer.measurements == 0 ? Integer.MAX_VALUE : Math.max(1, of / trainer.measurements);
        boolean measures = trainer.measurements > 0 && batch.index() % stride == 0;
        slot(batch.size()).write(batch.buffers());
        Step step = step(new Recording(batch.size(), measures)).run();
        double loss = step.item();
        var report = new BatchReport(batch.epoch() + 1, batch.index() + 1, of, batch.size(), loss);
        if (!Double.isFinite(loss))
            throw new NonFiniteException(diverged("the loss became " + loss + lastFinite(), Optional.of(report)));
        double first = trainer.firstLoss.orElse(loss);
        if (loss > EXPLOSION * Math.max(1, first)) throw new DivergedException(
                diverged("the loss exploded to " + loss + ", from " + first + " in the first batch",
                        Optional.of(report)));
        trainer.firstLoss = OptionalDouble.of(first);
        last = Optional.of(report);
        lossSum += loss * batch.size();
        seen += batch.size();
        if (measures) addNorms(step);
        trainingNanos += System.nanoTime() - start;
        trainedSamples += batch.size();
        trainer.position = new Checkpoint.Position(batch.epoch(), batch.index() + 1, lossSum, seen, normSums, measured);
        trainer.onBatch.forEach(callback -> callback.accept(report));
        return batch.index() + 1 == of;
    }

    private Feed.Slot<B> slot(int size) {
        return slots.computeIfAbsent(size, s -> train.slot(trainer.session, s));
    }

    private Step step(Recording recording) {
        Step known = steps.get(recording);
        if (known != null) return known;
        Step step = record(slot(recording.size), recording.measures);
        steps.put(recording, step);
        return step;
    }

    private Step record(Feed.Slot<B> slot, boolean measures) {
        return trainer.session.stepOf(() -> {
            Tensor output = trainer.model.apply(slot.input());
            Tensor loss = trainer.objective.training().of(output, slot.target());
            if (!measures) return List.of(trainer.optimizer.minimize(loss));
            Descent descent = trainer.optimizer.descend(loss);
            List<Tensor> values = new ArrayList<>(List.of(descent.loss()));
            values.addAll(descent.gradientNorms().values());
            return values;
        });
    }

    private void addNorms(Step step) {
        SequencedMap<String, Double> norms = new LinkedHashMap<>();
        for (int i = 0; i < parameters.size(); i++) norms.put(parameters.get(i), step.value(1 + i).item());
        trainer.health.observe(norms);
        SequencedMap<String, Double> byLayer = new LinkedHashMap<>();
        norms.forEach((name, norm) -> byLayer.merge(GradientHealth.layer(name), norm, Math::hypot));
        int i = 0;
        for (double norm : byLayer.values()) {
            if (i < normSums.size()) normSums.set(i, normSums.get(i) + norm);
            else normSums.add(norm);
            i++;
        }
        measured++;
    }

    private void endEpoch() {
        long number = trainer.position.epoch() + 1;
        Optional<Evaluation> validation = evaluator.map(Evaluator::evaluate);
        SequencedMap<String, Double> norms = new LinkedHashMap<>();
        for (int i = 0; i < normSums.size(); i++) norms.put(layers.get(i), normSums.get(i) / measured);
        var report = new EpochReport(number, lossSum / seen, validation, trainer.optimizer.currentRate(), norms,
                trainingNanos / 1e9, trainedSamples);
        if (!Double.isFinite(report.monitoredLoss())) {
            throw new NonFiniteException(
                    diverged("the loss on the held-out samples became " + report.monitoredLoss() + lastFinite(), last));
        }
        trainer.earlyStopping.ifPresent(rule -> {
            trainer.stopping = rule.next(trainer.stopping, number, report.monitoredLoss());
            if (trainer.stopping.waited() == 0) trainer.best = finite(() -> Weights.of(trainer.model));
        });
        reports.add(report);
        if (trainer.measurements > 0) warn();
        trainer.position = Checkpoint.Position.at(number);
        normSums.clear();
        lossSum = 0;
        seen = 0;
        measured = 0;
        trainingNanos = 0;
        trainedSamples = 0;
        trainer.onEpoch.forEach(callback -> callback.accept(report));
    }

    /** Once for each layer and problem. */
    private void warn() {
        trainer.health.findings().stream().filter(f -> warned.add(f.layer() + " " + f.problem()))
                .forEach(f -> trainer.onWarning.forEach(callback -> callback.accept(f.sentence())));
    }

    private void saveIfDue(boolean ends) {
        if (trainer.saving.isEmpty()) return;
        boolean last = ends && (trainer.position.epoch() >= epochs || isStopped() || trainer.stopRequested);
        double since = (System.nanoTime() - saved) / 1e9;
        if (last || ends && !epochSaved || trainer.saving.get().isDue(ends, trainer.position.batch(), since)) {
            save();
            epochSaved |= ends;
        }
    }

    private void save() {
        if (trainer.saving.isEmpty()) return;
        Checkpoint now = finite(trainer::checkpoint);
        now.write(trainer.saving.get().file());
        saved = System.nanoTime();
    }

    /** {@code weights}, which may tell of a NaN before a loss does: that of the last update is computed no more. */
    private <T> T finite(Supplier<T> weights) {
        try {
            return weights.get();
        } catch (NonFiniteException e) {
            throw new NonFiniteException(diverged(e.getMessage() + lastFinite(), last), e);
        }
    }

    private String lastFinite() {
        return last.map(b -> "; the last finite loss was " + b.loss()).orElse("");
    }

    /** That it diverged {@code where}, and what to do. */
    private String diverged(String what, Optional<BatchReport> where) {
        String place = where.map(b -> " in epoch " + b.epoch() + ", batch " + b.number() + " of " + b.of()).orElse("");
        String kept = trainer.saving.map(s -> " The checkpoint " + s.file()
                + " holds the state before, which predict can use and a run can go on from.").orElse("");
        return "training diverged" + place + ": " + what + ". Lower the learning rate or clip the gradients"
                + (what.contains("NaN") ? ", or run with -Dchainrule.check=nan to see which op made the first NaN" : "")
                + "." + kept;
    }

    @Override
    public void close() {
        steps.values().forEach(Step::close);
        evaluator.ifPresent(Evaluator::close);
    }
}
