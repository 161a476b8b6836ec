package org.chainrule.optim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Tells from the norms of the gradients over the last {@value #WINDOW} observations which layers learn nothing and which
 * get out of hand. A layer's norm is that of all of its parameters together, by their names: {@code 0.weight} and
 * {@code 0.bias} are layer {@code 0}.
 *
 * <ul>
 *   <li>Not finite: the last norm is NaN or infinite.
 *   <li>Exploding: the last norm exceeds {@value #EXPLODED} and is more than {@value #JUMP} times the median of those
 *       before it, of which there are at least {@value #ENOUGH}; or the median of the window exceeds
 *       {@value #EXPLODED}.
 *   <li>Vanishing: over at least {@value #ENOUGH} observations the median is less than {@value #VANISHED} of that of the
 *       layer with the greatest; or all are zero.
 * </ul>
 *
 * Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", compare layers in
 * this way; a factor of 10⁻⁵ leaves less than single precision can add to a weight at usual rates.
 */
public final class GradientHealth {
    /** How many observations are looked at. */
    public static final int WINDOW = 20;
    /** How few observations do not tell yet. */
    public static final int ENOUGH = 5;
    /** Below this part of the greatest layer's norm a layer vanishes. */
    public static final double VANISHED = 1e-5;
    /** Norms up to this are never called exploding. */
    public static final double EXPLODED = 1e3;
    /** How much a norm must grow to be called exploding. */
    public static final double JUMP = 100;

    private final SequencedMap<String, Deque<Double>> history = new LinkedHashMap<>();

    /** What is wrong with a layer. */
    public enum Problem {
        NOT_FINITE,
        EXPLODING,
        VANISHING
    }

    /**
     * A layer with a problem.
     *
     * @param norm     the layer's norm that shows it
     * @param sentence what it is and what may help, for a person
     */
    public record Finding(Problem problem, String layer, double norm, String sentence) {}

    /** Takes the norms of one step, by parameter, in the order of the layers. */
    public void observe(Map<String, Double> norms) {
        SequencedMap<String, Double> layers = new LinkedHashMap<>();
        norms.forEach((name, norm) -> layers.merge(layer(name), norm, Math::hypot));
        layers.forEach((layer, norm) -> {
            Deque<Double> seen = history.computeIfAbsent(layer, _ -> new ArrayDeque<>());
            if (seen.size() == WINDOW) seen.removeFirst();
            seen.addLast(norm);
        });
    }

    /** The layer that owns the parameter of that name: {@code 0} for {@code 0.weight}; itself where it is in none. */
    public static String layer(String parameter) {
        int dot = parameter.lastIndexOf('.');
        return dot < 0 ? parameter : parameter.substring(0, dot);
    }

    /** The layers with a problem, in their order; each with the gravest. */
    public List<Finding> findings() {
        double greatest = history.values().stream().mapToDouble(seen -> median(List.copyOf(seen)))
                .filter(Double::isFinite).max().orElse(0);
        List<Finding> found = new ArrayList<>();
        history.forEach((layer, seen) -> judge(layer, List.copyOf(seen), greatest, found));
        return List.copyOf(found);
    }

    private static void judge(String layer, List<Double> seen, double greatest, List<Finding> found) {
        double last = seen.getLast(), median = median(seen);
        boolean enough = seen.size() >= ENOUGH;
        List<Double> before = seen.subList(0, seen.size() - 1);
        if (!Double.isFinite(last)) {
            found.add(new Finding(Problem.NOT_FINITE, layer, last, String.format(Locale.ROOT,
                    "The gradient of layer '%s' is %s: an earlier value overflowed; lower the learning rate, clip the gradients, or look for a division by zero or a logarithm of one.",
                    layer, last)));
        } else if (last > EXPLODED && before.size() >= ENOUGH && last > JUMP * median(before)) {
            found.add(new Finding(Problem.EXPLODING, layer, last, String.format(Locale.ROOT,
                    "The gradient of layer '%s' is exploding: its norm rose to %.3g from a median of %.3g; lower the learning rate or clip the gradients.",
                    layer, last, median(before))));
        } else if (enough && median > EXPLODED) {
            found.add(new Finding(Problem.EXPLODING, layer, median, String.format(Locale.ROOT,
                    "The gradient of layer '%s' is exploding: its norm has a median of %.3g; lower the learning rate, clip the gradients, or scale the inputs.",
                    layer, median)));
        } else if (enough && median == 0) {
            found.add(new Finding(Problem.VANISHING, layer, median, String.format(Locale.ROOT,
                    "The gradient of layer '%s' is zero: nothing that it computes reaches the loss; its units may be dead, or the loss may not depend on it.",
                    layer)));
        } else if (enough && median < VANISHED * greatest) {
            found.add(new Finding(Problem.VANISHING, layer, median, String.format(Locale.ROOT,
                    "The gradient of layer '%s' is vanishing: its norm has a median of %.3g where the greatest layer's is %.3g; try ReLU-like activations, residual connections, normalization or another initializer.",
                    layer, median, greatest)));
        }
    }

    /** The upper median; NaN sorts last. */
    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
