package org.chainrule.cpu.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.io.Json;
import org.chainrule.nn.Linear;
import org.chainrule.nn.Losses;
import org.chainrule.nn.Parameter;
import org.chainrule.nn.Reduction;
import org.chainrule.nn.Sequential;
import org.chainrule.optim.Adam;
import org.chainrule.optim.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The textbook's network: two sigmoid units and one, trained on all four cases by gradient descent on half the squared error. */
class XorTest {
    private static final double EXACT = 1e-12;

    static List<String> backends() {
        return Golden.backends();
    }

    private record Net(Sequential layers, Tensor x, Tensor y, Sgd sgd) {
        static Net of(Session session) {
            Tensor x = session.tensor(new double[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}}),
                    y = session.tensor(new double[][] {{0}, {1}, {1}, {0}});
            Sequential layers = Sequential.of(Linear.of(2, 2), Ops.SIGMOID, Linear.of(2, 1), Ops.SIGMOID).init(session,
                    Rng.of(1), DType.F64);
            return new Net(layers, x, y, Sgd.of(layers.parameters()).learningRate(0.1));
        }

        Tensor descend() {
            return sgd.minimize(Losses.mse(layers.apply(x), y, Reduction.SUM).times(0.5));
        }

        void start(Map<String, double[]> weights) {
            for (Parameter p : layers.parameters()) p.write(weights.get(p.name()));
        }
    }

    @Test
    void tenThousandStepsGiveTheRecordedLossesWeightsAndPredictions() {
        Json reference = at(Json.parse("xor_reference.json", read("xor_reference.json")), "reference");
        try (Session session = Session.open("reference")) {
            Net net = Net.of(session);
            net.start(weights(at(reference, "init")));
            Map<Integer, Double> losses = new java.util.TreeMap<>();
            for (Json l : ((Json.Arr) at(reference, "losses")).elements())
                losses.put((int) number(at(l, "epoch")), number(at(l, "sse")));
            Tensor predictions = session.full(net.y().shape(), DType.F64, 0);
            Step step = session.step(() -> {
                session.assign(predictions, net.layers().apply(net.x()));
                return net.descend();
            });
            for (int t = 0; t < 10_000; t++) {
                step.run();
                if (losses.containsKey(t)) assertEquals(losses.get(t) / 2, step.item(), EXACT, "loss of step " + t);
            }
            assertArrayEquals(numbers(at(reference, "predictions_last_forward_pass")), predictions.toDoubles(), EXACT);
            assertArrayEquals(numbers(at(reference, "predictions_after_last_update")),
                    net.layers().apply(net.x()).toDoubles(), EXACT);
            Map<String, double[]> last = weights(at(reference, "final"));
            for (Parameter p : net.layers().parameters())
                assertArrayEquals(last.get(p.name()), p.value().toDoubles(), EXACT, p.name());
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aCompiledStepGivesTheBitsOfEagerOnes(String backend) {
        List<List<Double>> runs = new ArrayList<>();
        for (boolean compiled : new boolean[] {true, false}) {
            try (Session session = Session.open(backend)) {
                Net net = Net.of(session);
                List<Double> seen = new ArrayList<>();
                if (compiled) {
                    Step step = session.step(net::descend);
                    for (int t = 0; t < 20; t++) seen.add(step.run().item());
                } else {
                    for (int t = 0; t < 20; t++) seen.add(net.descend().item());
                }
                for (Parameter p : net.layers().parameters()) for (double v : p.value().toDoubles()) seen.add(v);
                runs.add(seen);
            }
        }
        assertEquals(runs.getFirst(), runs.getLast());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void theExampleLearnsExclusiveOr(String backend) {
        try (Session session = Session.open(backend)) {
            Tensor x = session.tensor(new float[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}}),
                    y = session.tensor(new float[][] {{0}, {1}, {1}, {0}});
            Sequential net = Sequential.of(Linear.of(2, 8), Ops.TANH, Linear.of(8, 1)).init(session, Rng.of(42));
            Adam adam = Adam.of(net.parameters()).learningRate(0.05);
            Step step = session.step(() -> adam.minimize(Losses.bceWithLogits(net.apply(x), y)));
            for (int i = 0; i < 500; i++) step.run();
            assertArrayEquals(new double[] {0, 1, 1, 0}, net.apply(x).sigmoid().toDoubles(), 0.05);
        }
    }

    private static String read(String file) {
        try {
            return java.nio.file.Files.readString(Golden.shared().resolve("data").resolve(file));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The file has weights as [in, out], layers have [out, in]. */
    private static Map<String, double[]> weights(Json j) {
        double[] hidden = numbers(at(j, "hidden_weights"));
        return Map.of("0.weight", new double[] {hidden[0], hidden[2], hidden[1], hidden[3]}, "0.bias",
                numbers(at(j, "hidden_bias")),
                "2.weight", numbers(at(j, "output_weights")), "2.bias", numbers(at(j, "output_bias")));
    }

    private static Json at(Json j, String key) {
        return ((Json.Obj) j).members().get(key);
    }

    private static double number(Json j) {
        return Double.parseDouble(j.text());
    }

    private static double[] numbers(Json j) {
        return j instanceof Json.Arr a
                ? a.elements().stream().flatMapToDouble(i -> java.util.Arrays.stream(numbers(i))).toArray()
                : new double[] {number(j)};
    }
}
