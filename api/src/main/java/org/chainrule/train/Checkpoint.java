package org.chainrule.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.chainrule.DataFormatException;
import org.chainrule.StorageException;
import org.chainrule.io.Json;
import org.chainrule.io.SafeTensors;
import org.chainrule.io.StoredTensor;

/**
 * All that a run needs to go on as if it had never stopped, and all that a trained model needs to be used. The file is a
 * safetensors file: weights under their names, the optimizer's state under {@code optimizer/}, the best weights under
 * {@code best/}, everything else as strings. It holds no times and no paths, so equal runs give equal bytes.
 *
 * @param description what the user of the trainer wants kept: model, data, standardizer, vocabulary, settings
 * @param weights parameters and buffers by name
 * @param optimizer what the optimizer keeps for each parameter
 * @param counters the optimizer's counts
 * @param randomness how many random streams the model has taken
 * @param firstLoss the loss of the run's first batch, by which one that explodes is known; empty before it
 * @param best the weights of the best epoch, where early stopping keeps them; else empty
 */
public record Checkpoint(Map<String, String> description, Map<String, StoredTensor> weights,
        Map<String, StoredTensor> optimizer, Map<String, Double> counters, long randomness, Position position,
        OptionalDouble firstLoss, EarlyStopping.State stopping, Map<String, StoredTensor> best) {
    private static final String FORMAT = "chainrule.checkpoint";
    private static final String VERSION = "1";
    private static final String STATE = "chainrule.state";
    private static final String FIRST_LOSS = "first_loss";
    private static final String OPTIMIZER = "optimizer/";
    private static final String BEST = "best/";

    /**
     * Where in its data a run is.
     *
     * @param epoch epochs completed
     * @param batch batches of the next epoch done
     * @param lossSum sum over the samples of these batches
     * @param samples in these batches
     * @param normSums sums of each layer's gradient norms over those of these batches in which they were measured
     * @param measured how many these are
     */
    public record Position(long epoch, int batch, double lossSum, long samples, List<Double> normSums, int measured) {
        /** Before the first batch of an epoch. */
        public static Position at(long epoch) {
            return new Position(epoch, 0, 0, 0, List.of(), 0);
        }

        public Position {
            normSums = List.copyOf(normSums);
        }
    }

    public Checkpoint {
        description = Collections.unmodifiableMap(new TreeMap<>(description));
        weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
        optimizer = Collections.unmodifiableMap(new LinkedHashMap<>(optimizer));
        counters = Collections.unmodifiableMap(new TreeMap<>(counters));
        best = Collections.unmodifiableMap(new LinkedHashMap<>(best));
    }

    /** The weights to use the model with: the best, or the last where no best are kept. */
    public Map<String, StoredTensor> weightsToUse() {
        return best.isEmpty() ? weights : best;
    }

    /** @throws StorageException if it cannot be written; a file that was there before is unchanged */
    public void write(Path file) {
        List<StoredTensor> tensors = new ArrayList<>(weights.values());
        tensors.addAll(renamed(OPTIMIZER, optimizer));
        tensors.addAll(renamed(BEST, best));
        Map<String, String> metadata = new TreeMap<>(description);
        metadata.put(FORMAT, VERSION);
        metadata.put(STATE, state().text());
        SafeTensors.of(metadata, tensors).write(file);
    }

    private static Collection<StoredTensor> renamed(String prefix, Map<String, StoredTensor> tensors) {
        return tensors.entrySet().stream().map(e -> new StoredTensor(prefix + e.getKey(), e.getValue().type(),
                e.getValue().shape(), e.getValue().data())).toList();
    }

    private Json state() {
        SequencedMap<String, Json> counts = new LinkedHashMap<>();
        counters.forEach((name, value) -> counts.put(name, new Json.Real(value)));
        SequencedMap<String, Json> s = new LinkedHashMap<>();
        s.put("epoch", new Json.Int(position.epoch));
        s.put("batch", new Json.Int(position.batch));
        s.put("loss_sum", new Json.Real(position.lossSum));
        s.put("samples", new Json.Int(position.samples));
        s.put("norm_sums", Json.ofDoubles(position.normSums.stream().mapToDouble(Double::doubleValue).toArray()));
        s.put("measured", new Json.Int(position.measured));
        firstLoss.ifPresent(loss -> s.put(FIRST_LOSS, new Json.Real(loss)));
        s.put("random_streams", new Json.Int(randomness));
        s.put("counters", new Json.Obj(counts));
        s.put("best_loss", new Json.Real(stopping.best()));
        s.put("best_epoch", new Json.Int(stopping.epoch()));
        s.put("waited", new Json.Int(stopping.waited()));
        return new Json.Obj(s);
    }

    /**
     * @throws StorageException if the file cannot be read
     * @throws DataFormatException if it is damaged or not a checkpoint
     */
    public static Checkpoint read(Path file) {
        SafeTensors content = SafeTensors.read(file);
        Map<String, String> metadata = new TreeMap<>(content.metadata());
        String version = metadata.remove(FORMAT), state = metadata.remove(STATE);
        if (version == null || state == null) throw new DataFormatException(file
                + ": expected a checkpoint of Chainrule, found a safetensors file without metadata '" + FORMAT + "'");
        if (!version.equals(VERSION)) throw new DataFormatException(file + ": expected a checkpoint of version "
                + VERSION + ", found version " + version + "; use the program that wrote it");
        try {
            return of(metadata, content, Json.parse("metadata " + STATE, state).asObject());
        } catch (DataFormatException e) {
            throw new DataFormatException(file + ": " + e.getMessage(), e);
        }
    }

    private static Checkpoint of(Map<String, String> description, SafeTensors content, Map<String, Json> s) {
        Map<String, Double> counters = new TreeMap<>();
        member(s, "counters").asObject().forEach((name, value) -> counters.put(name, value.asDouble()));
        List<Double> norms = member(s, "norm_sums").asArray().stream().map(Json::asDouble).toList();
        var position = new Position(member(s, "epoch").asLong(), (int) member(s, "batch").asLong(),
                member(s, "loss_sum").asDouble(), member(s, "samples").asLong(), norms,
                (int) member(s, "measured").asLong());
        var stopping = new EarlyStopping.State(member(s, "best_loss").asDouble(), member(s, "best_epoch").asLong(),
                (int) member(s, "waited").asLong());
        OptionalDouble first = s.get(FIRST_LOSS) instanceof Json loss ? OptionalDouble.of(loss.asDouble())
                : OptionalDouble.empty();
        Map<String, StoredTensor> weights = new LinkedHashMap<>(content.tensors());
        Map<String, StoredTensor> optimizer = taken(weights, OPTIMIZER), best = taken(weights, BEST);
        return new Checkpoint(description, weights, optimizer, counters, member(s, "random_streams").asLong(),
                position, first, stopping, best);
    }

    private static Json member(Map<String, Json> state, String name) {
        Json found = state.get(name);
        if (found == null) throw new DataFormatException("metadata " + STATE + ": expected a member '" + name
                + "', found only " + state.keySet());
        return found;
    }

    /** Takes what stands under {@code prefix} out of {@code from}. */
    private static Map<String, StoredTensor> taken(Map<String, StoredTensor> from, String prefix) {
        Map<String, StoredTensor> taken = new LinkedHashMap<>();
        from.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) taken.put(name.substring(prefix.length()), tensor);
        });
        taken.keySet().forEach(name -> from.remove(prefix + name));
        return taken;
    }
}
