package org.chainrule.train;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.chainrule.DataFormatException;
import org.chainrule.DivergedException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.NonFiniteException;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.ShapeMismatchException;
import org.chainrule.StorageException;
import org.chainrule.Tensor;
import org.chainrule.data.BatchLoader.Remainder;
import org.chainrule.io.StoredTensor;
import org.chainrule.nn.Layer;
import org.chainrule.optim.GradientHealth;
import org.chainrule.optim.Optimizer;

/**
 * Trains a model on batches in compiled steps:
 *
 * <pre>{@code
 * History h = Trainer.of(session, net, Objective.classification(0), Adam.of(net.parameters()))
 *         .batchSize(64).seed(1).earlyStopping(EarlyStopping.after(5)).saving(Saving.to(file))
 *         .fit(Feed.of(train), Feed.of(validation), 20);
 * }</pre>
 *
 * <p>The same seed on the same device gives the same weights, bit for bit; so does a run that was stopped at any moment
 * and {@link #resume resumed} from its checkpoint.
 */
public final class Trainer {
    private static final System.Logger LOG = System.getLogger(Trainer.class.getName());

    final Session session;
    final Layer model;
    final Objective objective;
    final Optimizer<?> optimizer;
    int batchSize = 32;
    long seed;
    Remainder remainder = Remainder.KEPT;
    int measurements;
    Optional<Rng> randomness = Optional.empty();
    Optional<EarlyStopping> earlyStopping = Optional.empty();
    Optional<Saving> saving = Optional.empty();
    Map<String, String> description = Map.of();
    final List<Consumer<BatchReport>> onBatch = new ArrayList<>();
    final List<Consumer<EpochReport>> onEpoch = new ArrayList<>();
    final List<Consumer<String>> onWarning = new ArrayList<>(List.of(w -> LOG.log(Level.WARNING, w)));
    final GradientHealth health = new GradientHealth();
    Checkpoint.Position position = Checkpoint.Position.at(0);
    OptionalDouble firstLoss = OptionalDouble.empty();
    EarlyStopping.State stopping = EarlyStopping.State.START;
    Map<String, StoredTensor> best = Map.of();
    /** The weights of the last step while the model holds the best ones; else empty. */
    private Map<String, StoredTensor> last = Map.of();
    boolean stopRequested;

    private Trainer(Session session, Layer model, Objective objective, Optimizer<?> optimizer) {
        this.session = session;
        this.model = model;
        this.objective = objective;
        this.optimizer = optimizer;
    }

    /** Of an initialized model and an optimizer of its parameters. */
    public static Trainer of(Session session, Layer model, Objective objective, Optimizer<?> optimizer) {
        return new Trainer(session, model, objective, optimizer);
    }

    /** Samples per batch; 32 by default. */
    public Trainer batchSize(int samples) {
        if (samples < 1) throw new InvalidArgumentException("batch size " + samples + " is not at least 1");
        batchSize = samples;
        return this;
    }

    /** Of the order of the samples; 0 by default. */
    public Trainer seed(long value) {
        seed = value;
        return this;
    }

    /** Leaves a last, smaller batch of an epoch out; by default it is trained on in a step of its own. */
    public Trainer dropRemainder() {
        remainder = Remainder.DROPPED;
        return this;
    }

    /** Where the model takes random numbers from, for dropout: its position is part of a checkpoint. */
    public Trainer randomness(Rng rng) {
        randomness = Optional.of(rng);
        return this;
    }

    /** Measures each layer's gradient norm in about {@code timesPerEpoch} batches of each epoch; 0, the default, in none. */
    public Trainer gradientNorms(int timesPerEpoch) {
        measurements = timesPerEpoch;
        return this;
    }

    /** The layers that have parameters, by their paths, as {@link EpochReport#gradientNorms()} names them. */
    public List<String> layers() {
        return TrainingRun.layers(model);
    }

    /**
     * Stops when the loss on the held-out samples no longer falls, and puts the best weights in place. A checkpoint, and
     * a further {@code fit}, go on from the last weights, which the optimizer's state belongs to, and not from the best.
     */
    public Trainer earlyStopping(EarlyStopping rule) {
        earlyStopping = Optional.of(rule);
        return this;
    }

    /** Writes checkpoints. */
    public Trainer saving(Saving rule) {
        saving = Optional.of(rule);
        return this;
    }

    /** What to keep in checkpoints besides: whatever is needed to build the model and its data anew. */
    public Trainer description(Map<String, String> strings) {
        description = Map.copyOf(strings);
        return this;
    }

    /** Called after each batch. */
    public Trainer onBatch(Consumer<BatchReport> callback) {
        onBatch.add(callback);
        return this;
    }

    /** Called after each epoch, before its checkpoint is written. */
    public Trainer onEpoch(Consumer<EpochReport> callback) {
        onEpoch.add(callback);
        return this;
    }

    /**
     * Called with a sentence when the measured gradients of a layer vanish or explode, once for each layer and problem;
     * instead of a warning in the log.
     */
    public Trainer onWarning(Consumer<String> callback) {
        onWarning.clear();
        onWarning.add(callback);
        return this;
    }

    /** Ends the run after the epoch that is being trained; for callbacks. */
    public void stop() {
        stopRequested = true;
    }

    /**
     * Goes on where {@code checkpoint} was written: weights, optimizer, random numbers, position in the data, early
     * stopping. The settings of this trainer must be those of the trainer that wrote it.
     *
     * @param source where it comes from, for messages
     * @throws DataFormatException if it is that of another model or another kind of optimizer
     */
    public Trainer resume(Checkpoint checkpoint, String source) {
        Weights.require(model, checkpoint.weights(), source);
        if (!checkpoint.best().isEmpty()) Weights.require(model, checkpoint.best(), source);
        try {
            Map<String, Tensor> state = new TreeMap<>();
            checkpoint.optimizer().forEach((name, t) -> state.put(name, tensor(t)));
            optimizer.restore(state, checkpoint.counters());
        } catch (InvalidArgumentException | ShapeMismatchException e) {
            throw new DataFormatException(source + ": the state of another optimizer: " + e.getMessage(), e);
        }
        Weights.restore(model, checkpoint.weights(), source);
        randomness.ifPresent(rng -> rng.seek(checkpoint.randomness()));
        position = checkpoint.position();
        firstLoss = checkpoint.firstLoss();
        stopping = checkpoint.stopping();
        best = checkpoint.best();
        last = Map.of();
        return this;
    }

    void putBestWeightsInPlace() {
        if (best.isEmpty()) return;
        last = Weights.of(model);
        Weights.restore(model, best, "the best weights");
    }

    void takeUpLastWeights() {
        if (!last.isEmpty()) Weights.restore(model, last, "the last weights");
        last = Map.of();
    }

    private Tensor tensor(StoredTensor t) {
        int[] dims = new int[t.shape().length];
        for (int i = 0; i < dims.length; i++) dims[i] = Math.toIntExact(t.shape()[i]);
        var shape = Shape.of(dims);
        return switch (t.type()) {
            case F64 -> session.tensor(shape, t.toDoubles());
            default -> session.tensor(shape, t.toFloats());
        };
    }

    /** The present state; what a checkpoint file holds. */
    public Checkpoint checkpoint() {
        Map<String, StoredTensor> state = new HashMap<>();
        optimizer.state().forEach((name, t) -> state.put(name, Weights.stored(name, t)));
        return new Checkpoint(description, last.isEmpty() ? Weights.of(model) : last, new TreeMap<>(state),
                optimizer.counters(),
                randomness.map(Rng::position).orElse(0L), position, firstLoss, stopping, best);
    }

    /**
     * Trains without held-out samples until {@code epochs} epochs are done in all.
     *
     * @throws NonFiniteException if the loss, or after the last batch a weight, is NaN or infinite; the last checkpoint is
     *     that of finite weights
     * @throws DivergedException if the loss of a batch is more than 1000 times that of the run's first, or 1000 where that
     *     is below 1
     * @throws StorageException if a checkpoint cannot be written; the one before it is unchanged
     */
    public <B> History fit(Feed<B> train, long epochs) {
        return fit(train, Optional.empty(), epochs);
    }

    /** As {@link #fit(Feed, long)}; {@code validation} is evaluated after each epoch. */
    public <B> History fit(Feed<B> train, Feed<B> validation, long epochs) {
        return fit(train, Optional.of(validation), epochs);
    }

    private <B> History fit(Feed<B> train, Optional<Feed<B>> validation, long epochs) {
        try (var run = new TrainingRun<>(this, train, validation, epochs)) {
            return run.run();
        }
    }
}
