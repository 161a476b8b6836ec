package org.chainrule.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.chainrule.DType;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;

/**
 * A layer made of parameters, buffers and other layers, which its constructor names:
 *
 * <pre>{@code
 * final class Mlp extends Block<Mlp> {
 *     private final Linear in = child("in", Linear.of(2, 8)), out = child("out", Linear.of(8, 1));
 *
 *     public Tensor apply(Tensor x) {
 *         return out.apply(in.apply(x).tanh());
 *     }
 * }
 * }</pre>
 *
 * @param <B> the class itself
 */
public abstract class Block<B extends Block<B>> implements Layer {
    private final SequencedMap<String, Parameter> parameters = new LinkedHashMap<>();
    private final SequencedMap<String, Parameter> buffers = new LinkedHashMap<>();
    private final SequencedMap<String, Layer> children = new LinkedHashMap<>();
    private final Set<String> names = new LinkedHashSet<>();
    private boolean training = true;

    protected Block() {}

    /** Adds something to be trained. */
    protected final Parameter parameter(String name, Initializer initializer, int... dims) {
        return add(parameters, name, Parameter.of(name, Shape.of(dims), initializer));
    }

    /** Adds state that is not trained. */
    protected final Parameter buffer(String name, Initializer initializer, int... dims) {
        return add(buffers, name, Parameter.of(name, Shape.of(dims), initializer));
    }

    /** Adds {@code function}, whose parameters become this layer's where it is a layer; returns it. */
    protected final <F extends UnaryOperator<Tensor>> F child(String name, F function) {
        if (function instanceof Layer layer) add(children, name, layer);
        return function;
    }

    private <T> T add(Map<String, T> to, String name, T what) {
        if (name.isEmpty() || name.contains(".") || !names.add(name)) throw new InvalidArgumentException(
                "'" + name + "' cannot name a part of a layer: names are not empty, have no dot and occur once");
        to.put(name, what);
        return what;
    }

    /** Called by {@link #init} after the parameters of this layer have values and before those of its children. */
    protected void onInit(Session session, Rng rng, DType dtype) {}

    @Override
    public final List<Parameter> parameters() {
        return collect(parameters, Layer::parameters);
    }

    @Override
    public final List<Parameter> buffers() {
        return collect(buffers, Layer::buffers);
    }

    private List<Parameter> collect(Map<String, Parameter> own, Function<Layer, List<Parameter>> of) {
        Set<Parameter> all = new LinkedHashSet<>(own.values());
        children.forEach((name, layer) -> of.apply(layer).forEach(p -> all.add(p.within(name))));
        return List.copyOf(all);
    }

    @Override
    public final B init(Session session, Rng rng, DType dtype) {
        parameters.values().forEach(p -> p.init(session, rng, dtype));
        buffers.values().forEach(p -> p.init(session, rng, dtype));
        onInit(session, rng, dtype);
        children.values().forEach(c -> c.init(session, rng, dtype));
        return self();
    }

    @Override
    public final B init(Session session, Rng rng) {
        return init(session, rng, DType.F32);
    }

    @Override
    public final B training(boolean on) {
        training = on;
        children.values().forEach(c -> c.training(on));
        return self();
    }

    @Override
    public final boolean isTraining() {
        return training;
    }

    @Override
    public final <T> T evaluating(Supplier<T> body) {
        boolean own = training;
        Supplier<T> inner = body;
        for (Layer c : children.values()) {
            Supplier<T> next = inner;
            inner = () -> c.evaluating(next);
        }
        training = false;
        try {
            return inner.get();
        } finally {
            training = own;
        }
    }

    @SuppressWarnings("unchecked") // B is the class itself
    private B self() {
        return (B) this;
    }

    /** Its class and parts, as in {@code Linear(weight[8, 2], bias[8])}. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        parameters.values().forEach(p -> parts.add(p.toString()));
        children.forEach((name, c) -> parts.add(name + ": " + c));
        return getClass().getSimpleName() + "(" + String.join(", ", parts) + ")";
    }
}
