package org.chainrule.cpu.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.nn.Initializers;
import org.chainrule.nn.Linear;
import org.chainrule.nn.Losses;
import org.chainrule.nn.Sequential;
import org.chainrule.optim.GradientHealth;
import org.chainrule.optim.GradientHealth.Finding;
import org.chainrule.optim.GradientHealth.Problem;
import org.chainrule.optim.Optimizer;
import org.chainrule.optim.Sgd;
import org.junit.jupiter.api.Test;

class GradientHealthTest {
    private static GradientHealth after(int times, Map<String, Double> norms) {
        GradientHealth h = new GradientHealth();
        for (int i = 0; i < times; i++) h.observe(norms);
        return h;
    }

    @Test
    void steadyGradientsAreHealthy() {
        assertEquals(List.of(), after(30, Map.of("0.weight", 1.0, "1.weight", 1e-3)).findings());
        assertEquals(List.of(), new GradientHealth().findings());
    }

    @Test
    void aLayerFarBelowTheOthersVanishes() {
        Map<String, Double> norms = new TreeMap<>(Map.of("0.weight", 3e-7, "0.bias", 4e-7, "4.weight", 1.0));
        assertEquals(List.of(), after(4, norms).findings(), "too early to tell");
        Finding f = after(5, norms).findings().getFirst();
        assertEquals(Problem.VANISHING, f.problem());
        assertEquals("0", f.layer());
        assertEquals(5e-7, f.norm(), 1e-18);
        assertTrue(f.sentence().contains("'0' is vanishing") && f.sentence().contains("5.00e-07"), f.sentence());
        assertEquals(Problem.VANISHING, after(5, Map.of("0.weight", 0.0)).findings().getFirst().problem());
    }

    @Test
    void aLayerThatJumpsOrStaysHugeExplodes() {
        GradientHealth h = after(10, Map.of("body.1.weight", 20.0));
        h.observe(Map.of("body.1.weight", 1900.0));
        assertEquals(List.of(), h.findings());
        h.observe(Map.of("body.1.weight", 2100.0));
        Finding f = h.findings().getFirst();
        assertEquals(Problem.EXPLODING, f.problem());
        assertTrue(f.sentence().contains("'body.1' is exploding"), f.sentence());
        assertEquals(Problem.EXPLODING, after(5, Map.of("w", 1001.0)).findings().getFirst().problem());
    }

    @Test
    void whatIsNotFiniteIsToldAtOnce() {
        assertEquals(Problem.NOT_FINITE, after(1, Map.of("0.weight", Double.NaN)).findings().getFirst().problem());
        assertEquals(Problem.NOT_FINITE,
                after(1, Map.of("0.weight", Double.POSITIVE_INFINITY)).findings().getFirst().problem());
    }

    @Test
    void aDeepSigmoidNetworkIsSeenToVanish() {
        try (Session session = Session.open("reference")) {
            List<java.util.function.UnaryOperator<Tensor>> layers = new java.util.ArrayList<>();
            for (int i = 0; i < 12; i++) {
                layers.add(Linear.of(4, 4, Initializers.normal(0, 0.3), Initializers.zeros()));
                layers.add(Ops.SIGMOID);
            }
            Sequential net = Sequential.of(layers).init(session, Rng.of(3), DType.F64);
            Tensor x = session.normal(Rng.of(1), DType.F64, Shape.of(8, 4)).eval(),
                    y = session.uniform(Rng.of(2), DType.F64, Shape.of(8, 4)).eval();
            Sgd sgd = Sgd.of(net.parameters());
            GradientHealth health = new GradientHealth();
            for (int t = 0; t < 5; t++) {
                Optimizer.Descent d = sgd.descend(Losses.mse(net.apply(x), y));
                Map<String, Double> norms = new java.util.LinkedHashMap<>();
                d.gradientNorms().forEach((k, v) -> norms.put(k, v.item()));
                health.observe(norms);
            }
            assertEquals("0", health.findings().getFirst().layer());
            assertEquals(Problem.VANISHING, health.findings().getFirst().problem());
        }
    }
}
