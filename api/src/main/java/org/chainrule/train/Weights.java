package org.chainrule.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;
import org.chainrule.DType;
import org.chainrule.DataFormatException;
import org.chainrule.NonFiniteException;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.io.StoredTensor;
import org.chainrule.nn.Layer;
import org.chainrule.nn.Parameter;

/** The values of a model's parameters and buffers, off the device. */
public final class Weights {
    private Weights() {}

    /**
     * A copy of the parameters and buffers of {@code model} by name, exact for f32 and f64; f16 and bf16 are widened.
     *
     * @throws NonFiniteException naming the first NaN or infinity in a parameter
     */
    public static SequencedMap<String, StoredTensor> of(Layer model) {
        SequencedMap<String, StoredTensor> copy = new LinkedHashMap<>();
        for (Parameter p : all(model)) copy.put(p.name(), finite(stored(p.name(), p.value())));
        return copy;
    }

    /**
     * Gives {@code model} the values of {@code weights}. Nothing is changed where it throws.
     *
     * @param source where they come from, for messages
     * @throws DataFormatException if they are those of another model: names or shapes differ
     * @throws NonFiniteException naming the first NaN or infinity
     */
    public static void restore(Layer model, Map<String, StoredTensor> weights, String source) {
        require(model, weights, source);
        for (Parameter p : all(model)) p.write(of(weights, p.name(), source).toDoubles());
    }

    /**
     * @throws DataFormatException if {@code weights} are not those of a model such as {@code model}
     * @throws NonFiniteException naming the first NaN or infinity
     */
    static void require(Layer model, Map<String, StoredTensor> weights, String source) {
        var extra = new TreeSet<>(weights.keySet());
        for (Parameter p : all(model)) {
            Shape found = shape(of(weights, p.name(), source));
            if (!found.equals(p.shape()))
                throw new DataFormatException(source + ": weights of another model: expected '"
                        + p.name() + "' of shape " + p.shape() + ", found " + found);
            extra.remove(p.name());
        }
        if (!extra.isEmpty()) throw new DataFormatException(source + ": weights of another model: expected only "
                + all(model).stream().map(Parameter::name).toList() + ", found '" + extra.first() + "' "
                + shape(of(weights, extra.first(), source)) + " besides");
        weights.values().forEach(t -> finite(t, source + ": weight '", "' is ",
                "; the file is damaged, or of a training that diverged: train again"));
    }

    private static StoredTensor of(Map<String, StoredTensor> weights, String name, String source) {
        StoredTensor found = weights.get(name);
        if (found == null) throw new DataFormatException(source + ": weights of another model: expected a tensor '"
                + name + "', found only " + weights.keySet());
        return found;
    }

    private static List<Parameter> all(Layer model) {
        List<Parameter> all = new ArrayList<>(model.parameters());
        all.addAll(model.buffers());
        return all;
    }

    private static Shape shape(StoredTensor t) {
        long[] dims = t.shape();
        int[] d = new int[dims.length];
        for (int i = 0; i < d.length; i++) d[i] = Math.toIntExact(dims[i]);
        return Shape.of(d);
    }

    /** {@code t} under {@code name}, exact for f32 and f64. */
    static StoredTensor stored(String name, Tensor t) {
        long[] shape = new long[t.shape().rank()];
        for (int i = 0; i < shape.length; i++) shape[i] = t.shape().dim(i);
        return t.dtype() == DType.F64 ? StoredTensor.ofDoubles(name, t.toDoubles(), shape)
                : StoredTensor.ofFloats(name, t.toFloats(), shape);
    }

    private static StoredTensor finite(StoredTensor t) {
        return finite(t, "parameter '", "' became ", "");
    }

    private static StoredTensor finite(StoredTensor t, String before, String verb, String after) {
        double[] values = t.toDoubles();
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) throw new NonFiniteException(before + t.name() + verb + values[i]
                    + " at element " + i + after);
        }
        return t;
    }
}
