package org.chainrule.cli.explain;

import static org.chainrule.cli.explain.Names.derivative;
import static org.chainrule.cli.explain.Names.factor;
import static org.chainrule.cli.explain.Names.index;
import static org.chainrule.cli.explain.Names.number;
import static org.chainrule.cli.explain.Names.output;
import static org.chainrule.cli.explain.Names.unit;
import static org.chainrule.cli.explain.Names.weight;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.chainrule.cli.explain.Activation.Elementwise;
import org.chainrule.cli.explain.Activation.Softmax;
import org.chainrule.cli.report.Format;
import org.chainrule.cli.report.Section;
import org.chainrule.expr.Formula;
import org.chainrule.expr.Pointwise;

/**
 * Tells a training step: forward values, loss, every gradient with the local derivatives that make it, and the update. Values and gradients
 * are the library's; the local derivatives are those of the scalar formulas.
 */
public final class Explanation {
    /** The longest line. */
    static final int COLUMNS = 96;
    private static final int MOST_PATHS = 4;

    private final Setup setup;
    private final Trace trace;
    private final ChainRule rule;
    private final int depth;

    private Explanation(Setup setup, Trace trace) {
        this.setup = setup;
        this.trace = trace;
        this.rule = ChainRule.of(setup, trace);
        this.depth = setup.depth();
    }

    /** The step's telling, from the network to the new weights. */
    public static List<Section> of(Setup setup, Trace trace) {
        return new Explanation(setup, trace).sections();
    }

    private List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        sections.add(network());
        for (int l = 1; l <= depth; l++) sections.add(forward(l));
        sections.add(loss());
        sections.add(backwardFromLoss());
        for (int l = depth; l >= 1; l--) sections.add(backward(l));
        sections.add(wholeChain());
        for (int l = 1; l <= depth; l++) sections.add(update(l));
        sections.add(after());
        return sections;
    }

    private Trace.Layer layer(int l) {
        return trace.layers().get(l - 1);
    }

    private ChainRule.Layer local(int l) {
        return rule.layers().get(l - 1);
    }

    private Activation activation(int l) {
        return setup.activations().get(l - 1);
    }

    private static String joined(int n, String separator, IntFunction<String> part) {
        return IntStream.rangeClosed(1, n).mapToObj(part).collect(Collectors.joining(separator));
    }

    // ---- the network

    private Section network() {
        Lines lines = new Lines();
        lines.text("Network: " + Format.plural(layer(1).inputs(), "input") + " → "
                + joined(depth, " → ", l -> Format.plural(layer(l).units(), activation(l).name() + " unit")) + ", with "
                + setup.parameters() + " weights and biases.");
        lines.text("Sample: x = " + vector(setup.input()) + ", target y = " + vector(setup.target()) + ". Loss: "
                + setup.loss().description() + ".");
        lines.blank();
        lines.text(
                "z⁽ˡ⁾ and a⁽ˡ⁾ are the sums and the outputs of layer l, and a⁽⁰⁾ = x. The weight w⁽ˡ⁾ᵢⱼ leads from unit i of layer l − 1 to unit j of "
                        + "layer l, which adds its bias b⁽ˡ⁾ⱼ. Everything is computed in double precision and shown to 6 digits.");
        List<Section.Block> blocks = new ArrayList<>(List.of(lines.block()));
        for (int l = 1; l <= depth; l++) {
            List<String> rows = new ArrayList<>();
            for (int i = 1; i <= layer(l).inputs(); i++) rows.add("from " + output(l - 1, i));
            rows.add("bias");
            List<List<Double>> values = new ArrayList<>();
            for (double[] row : layer(l).weights()) values.add(list(row));
            values.add(list(layer(l).bias()));
            int to = l;
            blocks.add(new Section.Numbers("Weights of layer " + l, rows,
                    IntStream.rangeClosed(1, layer(l).units()).mapToObj(j -> "to " + output(to, j)).toList(), values));
        }
        return new Section("The network and the sample", blocks);
    }

    private static List<Double> list(double[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    private static String vector(double[] v) {
        return v.length == 1 ? number(v[0])
                : "(" + Arrays.stream(v).mapToObj(Names::number).collect(Collectors.joining(", ")) + ")";
    }

    // ---- forward

    private Section forward(int l) {
        Trace.Layer layer = layer(l);
        Lines lines = new Lines();
        String in = l == 1 ? "xᵢ" : "a" + Names.layer(l - 1) + "ᵢ";
        lines.equation("zⱼ", "Σᵢ " + in + "·wᵢⱼ + bⱼ");
        lines.equation("aⱼ", activated(activation(l), "zⱼ"));
        lines.blank();
        for (int j = 1; j <= layer.units(); j++) {
            int to = j - 1;
            String terms = joined(layer.inputs(), " + ",
                    i -> factor(layer.input()[i - 1]) + "·" + factor(layer.weights()[i - 1][to]));
            lines.equation(unit("z", l, j), terms + " + " + factor(layer.bias()[to]), number(layer.z()[to]));
        }
        lines.blank();
        for (int j = 1; j <= layer.units(); j++)
            lines.equation(unit("a", l, j), activatedAt(activation(l), layer, j - 1), number(layer.output()[j - 1]));
        return new Section("Forward: layer " + l + ", " + activation(l).name(), List.of(lines.block()));
    }

    private static String activated(Activation activation, String z) {
        return switch (activation) {
            case Elementwise(Pointwise op) -> Formula.value(op, z);
            case Softmax _ -> "exp(zⱼ)/Σₖ exp(zₖ)";
        };
    }

    private static String activatedAt(Activation activation, Trace.Layer layer, int j) {
        return switch (activation) {
            case Elementwise(Pointwise op) -> Formula.value(op, number(layer.z()[j]));
            case Softmax _ -> "exp(" + number(layer.z()[j]) + ")/("
                    + joined(layer.units(), " + ", k -> "exp(" + number(layer.z()[k - 1]) + ")") + ")";
        };
    }

    // ---- the loss

    private Section loss() {
        double[] a = layer(depth).output(), y = setup.target();
        int n = a.length, divisor = setup.loss().divisor(n);
        Pointwise part = setup.loss().part();
        Lines lines = new Lines();
        if (n == 1) {
            lines.equation("L", Formula.value(part, "a", "y"), Formula.value(part, number(a[0]), number(y[0])),
                    number(trace.loss()));
        } else {
            String sum = joined(n, " + ", k -> "ℓ" + index(k));
            lines.equation("L", divisor == 1 ? sum : "(" + sum + ")/" + divisor,
                    "where ℓₖ = " + Formula.value(part, "aₖ", "yₖ"));
            lines.blank();
            for (int k = 1; k <= n; k++) {
                double value = part.eval(a[k - 1], y[k - 1]);
                lines.equation("ℓ" + index(k), Formula.value(part, number(a[k - 1]), number(y[k - 1])), number(value));
            }
            String values = joined(n, " + ", k -> factor(part.eval(a[k - 1], y[k - 1])));
            lines.equation("L", divisor == 1 ? values : "(" + values + ")/" + divisor, number(trace.loss()));
        }
        return new Section("Loss: " + setup.loss().description(), List.of(lines.block()));
    }

    private Section backwardFromLoss() {
        double[] a = layer(depth).output(), y = setup.target();
        int n = a.length, divisor = setup.loss().divisor(n);
        Pointwise part = setup.loss().part();
        String over = divisor == 1 ? "" : "/" + divisor;
        Lines lines = new Lines();
        lines.text("The derivative of the loss by " + (n == 1 ? "the output:" : "each output:"));
        lines.equation(n == 1 ? "∂L/∂a" : "∂L/∂aₖ",
                parenthesised(lossDerivative(part, n == 1 ? "a" : "aₖ", n == 1 ? "y" : "yₖ"), divisor) + over);
        lines.blank();
        for (int k = 1; k <= n; k++) {
            String formula = lossDerivative(part, number(a[k - 1]), number(y[k - 1]));
            lines.equation(derivative("L", unit("a", depth, k)), parenthesised(formula, divisor) + over,
                    number(layer(depth).toOutput()[k - 1]));
        }
        return new Section("Backward: from the loss to the output", List.of(lines.block()));
    }

    private static String lossDerivative(Pointwise part, String a, String y) {
        return Formula.of(part.forward().d(0), a, y);
    }

    private static String parenthesised(String formula, int divisor) {
        return divisor == 1 ? formula : "(" + formula + ")";
    }

    // ---- backward through a layer

    private Section backward(int l) {
        Lines lines = new Lines();
        throughActivation(lines, l);
        lines.blank();
        toParameters(lines, l);
        if (l > 1) {
            lines.blank();
            toInputs(lines, l);
        }
        return new Section("Backward: layer " + l, List.of(lines.block()));
    }

    private void throughActivation(Lines lines, int l) {
        Trace.Layer layer = layer(l);
        switch (activation(l)) {
            case Elementwise(Pointwise op) -> {
                lines.text("Through the activation, whose local derivative is ∂a/∂z = "
                        + Formula.derivative(op, 0, "z", "a") + ":");
                lines.blank();
                for (int j = 1; j <= layer.units(); j++) {
                    double slope = local(l).local()[j - 1][j - 1];
                    String a = unit("a", l, j), z = unit("z", l, j), formula =
                            Formula.derivative(op, 0, number(layer.z()[j - 1]), number(layer.output()[j - 1]));
                    lines.equation(derivative(a, z), formula, number(slope));
                    lines.equation(derivative("L", z), derivative("L", a) + "·" + derivative(a, z),
                            factor(layer.toOutput()[j - 1]) + "·" + factor(slope), number(layer.toZ()[j - 1]));
                }
            }
            case Softmax _ -> {
                lines.text(
                        "Through the softmax, whose local derivatives are ∂aⱼ/∂zⱼ = aⱼ·(1 − aⱼ) and ∂aₖ/∂zⱼ = −aₖ·aⱼ, for a sum changes every output:");
                lines.blank();
                for (int k = 1; k <= layer.units(); k++) {
                    for (int j = 1; j <= layer.units(); j++) {
                        String ak = factor(layer.output()[k - 1]), aj = factor(layer.output()[j - 1]);
                        lines.equation(derivative(unit("a", l, k), unit("z", l, j)),
                                k == j ? ak + "·(1 − " + aj + ")" : "−" + ak + "·" + aj,
                                number(local(l).local()[k - 1][j - 1]));
                    }
                }
                lines.blank();
                for (int j = 1; j <= layer.units(); j++) {
                    int to = j - 1;
                    lines.equation(derivative("L", unit("z", l, j)),
                            "Σₖ ∂L/∂a" + Names.layer(l) + "ₖ·∂a" + Names.layer(l) + "ₖ/∂z" + Names.layer(l) + index(j),
                            joined(layer.units(), " + ",
                                    k -> factor(layer.toOutput()[k - 1]) + "·" + factor(local(l).local()[k - 1][to])),
                            number(layer.toZ()[to]));
                }
            }
        }
    }

    private void toParameters(Lines lines, int l) {
        Trace.Layer layer = layer(l);
        lines.text("To the weights, by ∂zⱼ/∂wᵢⱼ = " + (l == 1 ? "xᵢ" : "a" + Names.layer(l - 1) + "ᵢ")
                + ", and to the biases, by ∂zⱼ/∂bⱼ = 1:");
        lines.blank();
        for (int j = 1; j <= layer.units(); j++) {
            String toZ = derivative("L", unit("z", l, j));
            double delta = layer.toZ()[j - 1];
            for (int i = 1; i <= layer.inputs(); i++) {
                lines.equation(derivative("L", weight(l, i, j)), toZ + "·" + output(l - 1, i),
                        factor(delta) + "·" + factor(layer.input()[i - 1]), number(layer.toWeights()[i - 1][j - 1]));
            }
            lines.equation(derivative("L", unit("b", l, j)), toZ + "·1", number(layer.toBias()[j - 1]));
        }
    }

    private void toInputs(Lines lines, int l) {
        Trace.Layer layer = layer(l), before = layer(l - 1);
        lines.text("To the outputs of the layer before, by ∂zⱼ/∂a" + Names.layer(l - 1)
                + "ᵢ = wᵢⱼ, over every way that leads there:");
        lines.blank();
        for (int i = 1; i <= layer.inputs(); i++) {
            int from = i;
            lines.equation(derivative("L", unit("a", l - 1, i)),
                    joined(layer.units(), " + ", j -> derivative("L", unit("z", l, j)) + "·" + weight(l, from, j)),
                    joined(layer.units(), " + ",
                            j -> factor(layer.toZ()[j - 1]) + "·" + factor(layer.weights()[from - 1][j - 1])),
                    number(before.toOutput()[i - 1]));
        }
    }

    // ---- one weight's chain from end to end

    /** A way from a unit to the loss: the names of its local derivatives and their values. */
    private record Path(List<String> names, List<Double> factors) {
        Path with(String name, double factor) {
            List<String> n = new ArrayList<>(names);
            List<Double> f = new ArrayList<>(factors);
            n.add(name);
            f.add(factor);
            return new Path(n, f);
        }

        double product() {
            return factors.stream().reduce(1.0, (a, b) -> a * b);
        }
    }

    private Section wholeChain() {
        List<Path> paths = paths(1, 0).stream()
                .map(p -> p.with(derivative(unit("z", 1, 1), weight(1, 1, 1)), layer(1).input()[0])).toList();
        Lines lines = new Lines();
        lines.text("From the loss to one weight of the first layer, the chain rule multiplies "
                + (paths.size() == 1 ? "these local derivatives:"
                        : "the local derivatives along each of " + paths.size() + " ways and adds the products"
                                + (paths.size() > MOST_PATHS ? "; the first " + MOST_PATHS + " are:" : ":")));
        lines.blank();
        String name = derivative("L", weight(1, 1, 1));
        for (Path p : paths.subList(0, Math.min(MOST_PATHS, paths.size()))) {
            String numbers = p.factors.stream().map(Names::factor).collect(Collectors.joining("·"));
            lines.equation(paths.size() == 1 ? name : "way " + (paths.indexOf(p) + 1), String.join("·", p.names),
                    numbers, number(paths.size() == 1 ? layer(1).toWeights()[0][0] : p.product()));
        }
        if (paths.size() > 1) {
            lines.equation(name,
                    paths.size() > MOST_PATHS ? "the sum over all " + paths.size() + " ways"
                            : paths.stream().map(p -> factor(p.product())).collect(Collectors.joining(" + ")),
                    number(layer(1).toWeights()[0][0]));
        }
        return new Section("The whole chain for one weight", List.of(lines.block()));
    }

    /** The ways from the sum of unit {@code j} of layer {@code l} to the loss, the loss first. */
    private List<Path> paths(int l, int j) {
        String z = unit("z", l, j + 1);
        List<Path> paths = new ArrayList<>();
        for (int k = 0; k < layer(l).units(); k++) {
            boolean leads = k == j || activation(l) instanceof Softmax;
            if (!leads) continue;
            String a = unit("a", l, k + 1);
            double slope = local(l).local()[k][j];
            for (Path p : pathsFromOutput(l, k)) paths.add(p.with(derivative(a, z), slope));
        }
        return paths;
    }

    private List<Path> pathsFromOutput(int l, int k) {
        String a = unit("a", l, k + 1);
        if (l == depth) return List.of(new Path(List.of(derivative("L", a)), List.of(layer(l).toOutput()[k])));
        List<Path> paths = new ArrayList<>();
        for (int j = 0; j < layer(l + 1).units(); j++) {
            double w = layer(l + 1).weights()[k][j];
            String name = derivative(unit("z", l + 1, j + 1), a);
            for (Path p : paths(l + 1, j)) paths.add(p.with(name, w));
        }
        return paths;
    }

    // ---- the update

    private Section update(int l) {
        Trace.Layer layer = layer(l);
        Lines lines = new Lines();
        String eta = number(setup.learningRate());
        lines.equation(weight(l, 1, 1), "w − η·∂L/∂w",
                number(layer.weights()[0][0]) + " − " + eta + "·" + factor(layer.toWeights()[0][0]),
                number(layer.newWeights()[0][0]));
        List<String> names = new ArrayList<>();
        List<List<Double>> rows = new ArrayList<>();
        for (int j = 0; j < layer.units(); j++) {
            for (int i = 0; i < layer.inputs(); i++) {
                names.add(weight(l, i + 1, j + 1));
                rows.add(List.of(layer.weights()[i][j], layer.toWeights()[i][j], layer.newWeights()[i][j]));
            }
            names.add(unit("b", l, j + 1));
            rows.add(List.of(layer.bias()[j], layer.toBias()[j], layer.newBias()[j]));
        }
        return new Section("Update: layer " + l + ", η = " + eta, List.of(lines.block(),
                new Section.Numbers("Gradient descent", names, List.of("before", "gradient", "after"), rows)));
    }

    private Section after() {
        Lines lines = new Lines();
        lines.equation("L", number(trace.loss()) + " before the step");
        lines.equation("L", number(trace.lossAfter()) + " after it"
                + (trace.lossAfter() < trace.loss() ? "" : ": the step went too far; try a smaller learning rate"));
        lines.blank();
        double difference = rule.difference(trace);
        lines.text("The products of local derivatives above and the gradients of the library "
                + (difference == 0 ? "are the same to the last bit."
                        : "differ by " + number(difference) + " at most."));
        return new Section("After the step", List.of(lines.block()));
    }
}
