package org.chainrule.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Session;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.nn.Layer;

/**
 * Applies a model in evaluation mode to all samples of a feed, batch by batch, in compiled steps. It sees the weights as
 * they are at each call.
 */
public final class Evaluator<B> implements AutoCloseable {
    private static final int BATCH = 1000;

    private final Session session;
    private final Layer model;
    private final Objective objective;
    private final Feed<B> feed;
    private final int[] order;
    private final int batch;
    private final B buffers;
    private final Map<Integer, Compiled<B>> steps = new HashMap<>();

    private record Compiled<B>(Feed.Slot<B> slot, Step step) {}

    private Evaluator(Session session, Layer model, Objective objective, Feed<B> feed) {
        if (feed.size() == 0) throw new InvalidArgumentException("evaluation needs at least one sample");
        this.session = session;
        this.model = model;
        this.objective = objective;
        this.feed = feed;
        this.order = IntStream.range(0, feed.size()).toArray();
        this.batch = Math.min(BATCH, feed.size());
        this.buffers = feed.samples().buffers(batch);
    }

    /** @throws InvalidArgumentException if there are no samples */
    public static <B> Evaluator<B> of(Session session, Layer model, Objective objective, Feed<B> feed) {
        return new Evaluator<>(session, model, objective, feed);
    }

    public Session session() {
        return session;
    }

    public Layer model() {
        return model;
    }

    /** Loss and metrics over all samples. */
    public Evaluation evaluate() {
        double[] sums = new double[1 + objective.metrics().size()];
        each((step, size) -> {
            sums[0] += step.value(1).item() * size;
            for (int i = 1; i < sums.length; i++) sums[i] += step.value(1 + i).item();
        });
        SequencedMap<String, Double> metrics = new LinkedHashMap<>();
        for (int i = 1; i < sums.length; i++) metrics.put(objective.metrics().get(i - 1).name(), sums[i] / feed.size());
        return new Evaluation(sums[0] / feed.size(), metrics, feed.size());
    }

    /** The model's outputs for all samples in order, row-major. */
    public float[] outputs() {
        List<float[]> parts = new ArrayList<>();
        each((step, _) -> parts.add(step.value(0).toFloats()));
        float[] all = new float[parts.stream().mapToInt(p -> p.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private void each(BiConsumer<Step, Integer> use) {
        for (int from = 0; from < order.length; from += batch) {
            int size = Math.min(batch, order.length - from);
            feed.samples().fill(buffers, order, from, size);
            Compiled<B> compiled = steps.computeIfAbsent(size, this::compile);
            compiled.slot.write(buffers);
            use.accept(compiled.step.run(), size);
        }
    }

    private Compiled<B> compile(int size) {
        Feed.Slot<B> slot = feed.slot(session, size);
        Step step = session.stepOf(() -> model.evaluating(() -> {
            Tensor output = model.apply(slot.input());
            List<Tensor> values = new ArrayList<>(List.of(output, objective.judging().of(output, slot.target())));
            objective.metrics().forEach(m -> values.add(m.sum().of(output, slot.target())));
            return values;
        }));
        return new Compiled<>(slot, step);
    }

    /** Gives the steps' memory back. */
    @Override
    public void close() {
        steps.values().forEach(c -> c.step.close());
        steps.clear();
    }
}
