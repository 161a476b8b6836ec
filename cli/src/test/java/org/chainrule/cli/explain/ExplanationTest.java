package org.chainrule.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.cli.explain.Activation.Elementwise;
import org.chainrule.cli.explain.Activation.Softmax;
import org.chainrule.cli.report.Format;
import org.chainrule.cli.report.Section;
import org.chainrule.expr.Ops;
import org.chainrule.expr.Pointwise;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExplanationTest {
    private static Setup setup(Loss loss, Activation hidden, Activation last, double[] target, int... sizes) {
        SplittableRandom random = new SplittableRandom(5);
        List<double[][]> weights = new ArrayList<>();
        List<double[]> biases = new ArrayList<>();
        List<Activation> activations = new ArrayList<>();
        for (int l = 1; l < sizes.length; l++) {
            int units = sizes[l];
            weights.add(Stream.generate(() -> random.doubles(units, -1, 1).toArray()).limit(sizes[l - 1])
                    .toArray(double[][]::new));
            biases.add(random.doubles(units, -1, 1).toArray());
            activations.add(l == sizes.length - 1 ? last : hidden);
        }
        return new Setup(weights, biases, activations, loss, random.doubles(sizes[0], -1, 1).toArray(), target, 0.1);
    }

    private static Setup xor() {
        Elementwise sigmoid = new Elementwise(Ops.SIGMOID);
        return setup(Loss.MSE, sigmoid, sigmoid, new double[] {1}, 2, 2, 1);
    }

    static Stream<Setup> setups() {
        List<Pointwise> smooth = Ops.ALL.stream()
                .filter(op -> op.arity() == 1 && !op.forward().isPredicate() && op.lo() < 0 && op.lo() < -1).toList();
        return Stream.concat(
                smooth.stream()
                        .map(op -> setup(Loss.MSE, new Elementwise(op), new Elementwise(op), new double[] {0.5, -0.5},
                                3, 4, 2)),
                Stream.of(
                        setup(Loss.BCE, new Elementwise(Ops.TANH), new Elementwise(Ops.SIGMOID), new double[] {1, 0.25},
                                2, 3, 3, 2),
                        setup(Loss.CE, new Elementwise(Ops.GELU), new Softmax(), new double[] {0, 1, 0}, 2, 3, 3),
                        setup(Loss.CE, new Elementwise(Ops.GELU), new Softmax(), new double[] {0, 1}, 1, 2),
                        xor()));
    }

    private static Trace trace(Setup setup, String backend) {
        try (Session session = Session.open(backend)) {
            return Trace.of(session, setup);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void productsOfLocalDerivativesAreTheLibrarysGradients(Setup setup) {
        for (String backend : List.of("reference", "cpu")) {
            Trace trace = trace(setup, backend);
            assertThat(ChainRule.of(setup, trace).difference(trace)).isLessThanOrEqualTo(1e-14);
        }
    }

    /** A gradient of the library that were wrong would show. */
    @Test
    void aWrongGradientIsNoticed() {
        Trace trace = trace(xor(), "reference");
        trace.layers().getFirst().toWeights()[1][0] *= 7;
        assertThat(ChainRule.of(xor(), trace).difference(trace)).isGreaterThan(1e-6);
        trace.layers().getFirst().toWeights()[1][0] = Double.NaN;
        assertThat(ChainRule.of(xor(), trace).difference(trace)).isNaN();
    }

    @Test
    void theTraceIsWhatTensorsCompute() {
        Setup setup = xor();
        Trace trace = trace(setup, "reference");
        try (Session session = Session.open("reference")) {
            Tensor w1 = session.tensor(setup.weights().get(0)), b1 = session.tensor(setup.biases().get(0)),
                    w2 = session.tensor(setup.weights().get(1)), b2 = session.tensor(setup.biases().get(1));
            Tensor a = session.tensor(setup.input()).matmul(w1).plus(b1).sigmoid().matmul(w2).plus(b2).sigmoid();
            Tensor loss = a.minus(1).square().sum();
            assertThat(trace.loss()).isEqualTo(loss.item());
            double[] expected = loss.gradients(w1).getFirst().toDoubles();
            double[] told =
                    Arrays.stream(trace.layers().getFirst().toWeights()).flatMapToDouble(Arrays::stream).toArray();
            assertThat(told).containsExactly(expected, within(1e-16));
            assertThat(trace.layers().getFirst().newWeights()[0][0])
                    .isEqualTo(setup.weights().getFirst()[0][0] - 0.1 * told[0]);
        }
        assertThat(trace.lossAfter()).isLessThan(trace.loss());
    }

    private static List<String> lines(Setup setup) {
        List<String> lines = new ArrayList<>();
        for (Section section : Explanation.of(setup, trace(setup, "reference"))) {
            for (Section.Block block : section.blocks())
                if (block instanceof Section.Lines(List<String> text)) lines.addAll(text);
        }
        return lines;
    }

    @ParameterizedTest
    @MethodSource("setups")
    void everyLineFits(Setup setup) {
        assertThat(lines(setup)).allMatch(line -> line.length() <= Explanation.COLUMNS);
    }

    @Test
    void everyGradientIsToldWithItsNumber() {
        Setup setup = xor();
        Trace trace = trace(setup, "reference");
        List<String> lines = lines(setup);
        for (int l = 1; l <= 2; l++) {
            Trace.Layer layer = trace.layers().get(l - 1);
            for (int j = 0; j < layer.units(); j++) {
                assertTold(lines, "∂L/∂a⁽" + "⁰¹²".charAt(l) + "⁾" + "₁₂".charAt(j), layer.toOutput()[j]);
                assertTold(lines, "∂L/∂z⁽" + "⁰¹²".charAt(l) + "⁾" + "₁₂".charAt(j), layer.toZ()[j]);
                assertTold(lines, "∂L/∂b⁽" + "⁰¹²".charAt(l) + "⁾" + "₁₂".charAt(j), layer.toBias()[j]);
                for (int i = 0; i < layer.inputs(); i++) assertTold(lines,
                        "∂L/∂w⁽" + "⁰¹²".charAt(l) + "⁾" + "₁₂".charAt(i) + "₁₂".charAt(j), layer.toWeights()[i][j]);
            }
        }
        assertThat(lines).contains("L = (a − y)² = (" + Format.number(trace.layers().getLast().output()[0], 6)
                + " − 1)² = " + Format.number(trace.loss(), 6));
    }

    private static void assertTold(List<String> lines, String name, double value) {
        assertThat(lines)
                .anyMatch(line -> line.startsWith(name + " = ") && line.endsWith(" = " + Format.number(value, 6)));
    }

    @Test
    void theWholeChainOfAWeightIsShown() {
        assertThat(lines(xor()))
                .anyMatch(line -> line.contains("∂L/∂a⁽²⁾₁·∂a⁽²⁾₁/∂z⁽²⁾₁·∂z⁽²⁾₁/∂a⁽¹⁾₁·∂a⁽¹⁾₁/∂z⁽¹⁾₁·∂z⁽¹⁾₁/∂w⁽¹⁾₁₁"));
    }
}
