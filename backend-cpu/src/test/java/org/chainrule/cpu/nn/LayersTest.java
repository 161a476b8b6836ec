package org.chainrule.cpu.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.chainrule.DType;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.ShapeMismatchException;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.nn.BatchNorm;
import org.chainrule.nn.Block;
import org.chainrule.nn.CrossEntropy;
import org.chainrule.nn.Dropout;
import org.chainrule.nn.Embedding;
import org.chainrule.nn.Flatten;
import org.chainrule.nn.LayerNorm;
import org.chainrule.nn.Linear;
import org.chainrule.nn.Losses;
import org.chainrule.nn.Norms;
import org.chainrule.nn.Parameter;
import org.chainrule.nn.Residual;
import org.chainrule.nn.RmsNorm;
import org.chainrule.nn.Sequential;
import org.chainrule.optim.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LayersTest {
    static List<String> backends() {
        return Golden.backends();
    }

    private static List<String> names(List<Parameter> parameters) {
        return parameters.stream().map(Parameter::name).toList();
    }

    @Test
    void parametersAreNamedByTheirPath() {
        Sequential net =
                Sequential.of(Linear.of(2, 4), Ops.RELU, Residual.of(Linear.withoutBias(4, 4), BatchNorm.of(4)),
                        x -> x.times(2), LayerNorm.of(4), RmsNorm.of(4));
        assertEquals(List.of("0.weight", "0.bias", "2.body.0.weight", "2.body.1.weight", "2.body.1.bias", "4.weight",
                "4.bias", "5.weight"), names(net.parameters()));
        assertEquals(List.of("2.body.1.running_mean", "2.body.1.running_var"), names(net.buffers()));
    }

    @Test
    void aLayerUsedTwiceHasItsParametersOnce() {
        Linear shared = Linear.of(3, 3);
        assertEquals(List.of("0.weight", "0.bias"), names(Sequential.of(shared, Ops.TANH, shared).parameters()));
    }

    @Test
    void aBlockOfOnesOwnNamesItsParts() {
        final class Mlp extends Block<Mlp> {
            private final Linear in = child("in", Linear.of(2, 8));
            private final Linear out = child("out", Linear.of(8, 1));

            @Override
            public Tensor apply(Tensor x) {
                return out.apply(in.apply(x).tanh());
            }
        }
        try (Session session = Session.open("reference")) {
            Mlp net = new Mlp().init(session, Rng.of(1));
            assertEquals(List.of("in.weight", "in.bias", "out.weight", "out.bias"), names(net.parameters()));
            assertEquals(Shape.of(5, 1), net.apply(session.zeros(5, 2)).shape());
        }
    }

    @Test
    void aParameterWithoutValueTellsWhatToDo() {
        String message =
                assertThrows(InvalidArgumentException.class, () -> Linear.of(2, 3).weight().value()).getMessage();
        assertTrue(message.contains("weight") && message.contains("[3, 2]") && message.contains("init(session, rng)"),
                message);
        assertThrows(InvalidArgumentException.class, () -> Dropout.of(1));
    }

    @ParameterizedTest
    @MethodSource("backends")
    void linearIsWeightTransposedPlusBias(String backend) {
        try (Session session = Session.open(backend)) {
            Linear l = Linear.of(2, 3).init(session, Rng.of(1));
            l.weight().write(1, 2, 3, 4, 5, 6);
            l.bias().orElseThrow().write(10, 20, 30);
            assertArrayEquals(new double[] {10 + 1 - 2, 20 + 3 - 4, 30 + 5 - 6},
                    l.apply(session.tensor(1f, -1f)).toDoubles());
            assertEquals(Shape.of(4, 5, 3), l.apply(session.zeros(4, 5, 2)).shape());
            String message =
                    assertThrows(ShapeMismatchException.class, () -> l.apply(session.zeros(4, 3))).getMessage();
            assertTrue(message.contains("[4, 3]") && message.contains("[3, 2]"), message);
        }
    }

    @Test
    void initializationDependsOnTheSeedAlone() {
        try (Session a = Session.open("reference"); Session b = Session.open(Golden.backends().getFirst())) {
            Sequential one = Sequential.of(Linear.of(3, 4), Embedding.of(5, 2)).init(a, Rng.of(5)),
                    two = Sequential.of(Linear.of(3, 4), Embedding.of(5, 2)).init(b, Rng.of(5));
            for (int i = 0; i < one.parameters().size(); i++)
                assertArrayEquals(one.parameters().get(i).value().toFloats(),
                        two.parameters().get(i).value().toFloats());
            assertFalse(Arrays.equals(one.parameters().getFirst().value().toFloats(),
                    Sequential.of(Linear.of(3, 4)).init(a, Rng.of(6)).parameters().getFirst().value().toFloats()));
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void embeddingTakesRowsAndSumsTheirGradients(String backend) {
        try (Session session = Session.open(backend)) {
            Embedding e = Embedding.of(3, 2).init(session, Rng.of(1));
            e.weight().write(0, 1, 10, 11, 20, 21);
            Tensor rows = e.apply(session.tensor(new int[] {2, 0, 2}));
            assertArrayEquals(new double[] {20, 21, 0, 1, 20, 21}, rows.toDoubles());
            assertArrayEquals(new double[] {1, 1, 0, 0, 2, 2},
                    rows.sum().gradients(e.weight().value()).getFirst().toDoubles());
        }
    }

    @Test
    void residualAddsItsInputAndKeepsItsShape() {
        try (Session session = Session.open("reference")) {
            Tensor x = session.tensor(1f, 2f, 3f);
            assertArrayEquals(new double[] {3, 6, 9}, Residual.of(v -> v.times(2)).apply(x).toDoubles());
            assertThrows(ShapeMismatchException.class, () -> Residual.of(v -> v.unsqueeze(0)).apply(x));
            assertEquals(Shape.of(2, 12), Flatten.of().apply(session.zeros(2, 3, 4)).shape());
            assertEquals(Shape.of(0, 12), Flatten.of().apply(session.zeros(0, 3, 4)).shape());
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void dropoutDropsItsShareAndScalesTheRest(String backend) {
        try (Session session = Session.open(backend)) {
            Dropout d = Dropout.of(0.25).init(session, Rng.of(9));
            int n = 40_000;
            double[] y = d.apply(session.ones(n)).toDoubles();
            long zeros = Arrays.stream(y).filter(v -> v == 0).count();
            assertEquals(0.25, (double) zeros / n, 5 * Math.sqrt(0.25 * 0.75 / n));
            assertTrue(Arrays.stream(y).allMatch(v -> v == 0 || Math.abs(v - 4 / 3.0) < 1e-6));
            assertFalse(Arrays.equals(y, d.apply(session.ones(n)).toDoubles()),
                    "each application has a mask of its own");
            assertArrayEquals(y, Dropout.of(0.25).random(Rng.of(9)).apply(session.ones(n)).toDoubles());
            Tensor x = session.ones(3);
            assertEquals(x, d.training(false).apply(x));
            assertThrows(InvalidArgumentException.class, () -> Dropout.of(0.5).apply(x));
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aStepTakesTheMasksOfEagerRunsAndKeepsItsMode(String backend) {
        try (Session session = Session.open(backend)) {
            Tensor x = session.ones(50);
            Sequential eager = Sequential.of(Dropout.of(0.5), Dropout.of(0.3)).init(session, Rng.of(4)),
                    recorded = Sequential.of(Dropout.of(0.5), Dropout.of(0.3)).init(session, Rng.of(4));
            Step step = session.step(() -> recorded.apply(x));
            recorded.training(false);
            for (int i = 0; i < 3; i++) assertArrayEquals(eager.apply(x).toDoubles(), step.run().value(0).toDoubles());
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aStepGivesEachRandomTensorTheStreamOfEagerRuns(String backend) {
        try (Session session = Session.open(backend)) {
            for (boolean swapped : new boolean[] {false, true}) {
                Rng eager = Rng.of(4), recorded = Rng.of(4);
                Step step = session.step(() -> difference(session, recorded, swapped));
                for (int i = 0; i < 3; i++) {
                    assertArrayEquals(difference(session, eager, swapped).toDoubles(), step.run().value(0).toDoubles());
                }
            }
        }
    }

    private static Tensor difference(Session session, Rng rng, boolean swapped) {
        Tensor a = session.uniform(rng, DType.F32, Shape.of(5)), b = session.normal(rng, DType.F32, Shape.of(5));
        return swapped ? b.minus(a) : a.minus(b);
    }

    @Test
    void evaluatingReturnsToTheModesFromBefore() {
        Dropout frozen = Dropout.of(0.5).training(false), live = Dropout.of(0.5);
        Sequential net = Sequential.of(frozen, Sequential.of(live));
        assertEquals("seen", net.evaluating(() -> {
            assertFalse(net.isTraining() || frozen.isTraining() || live.isTraining());
            return "seen";
        }));
        assertTrue(net.isTraining() && live.isTraining() && !frozen.isTraining());
        assertThrows(IllegalStateException.class, () -> net.evaluating(() -> {
            throw new IllegalStateException("from the body");
        }));
        assertTrue(net.isTraining() && live.isTraining() && !frozen.isTraining());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void batchNormMovesItsStatisticsInTrainingAndUsesThemInEvaluation(String backend) {
        try (Session session = Session.open(backend)) {
            BatchNorm n = BatchNorm.of(2).momentum(0.25).eps(0).init(session, Rng.of(1), DType.F64);
            Tensor x = session.tensor(new double[][] {{1, 10}, {3, 30}});
            assertArrayEquals(new double[] {-1, -1, 1, 1}, n.apply(x).toDoubles(), 1e-12);
            assertArrayEquals(new double[] {0.5, 5}, n.buffers().get(0).value().toDoubles(), 1e-12);
            assertArrayEquals(new double[] {0.75 + 0.25 * 2, 0.75 + 0.25 * 200}, n.buffers().get(1).value().toDoubles(),
                    1e-12);
            double[] evaluated = n.evaluating(() -> n.apply(x)).toDoubles();
            assertEquals((1 - 0.5) / Math.sqrt(1.25), evaluated[0], 1e-12);
            assertArrayEquals(new double[] {0.5, 5}, n.buffers().get(0).value().toDoubles(), 1e-12,
                    "evaluation leaves them");
            assertThrows(ShapeMismatchException.class, () -> n.apply(session.tensor(new double[][] {{1, 10}})));
            assertThrows(ShapeMismatchException.class, () -> n.apply(session.tensor(1.0, 2.0)));
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aRecordedStepMovesRunningStatisticsOncePerRun(String backend) {
        try (Session session = Session.open(backend)) {
            BatchNorm n = BatchNorm.of(1).momentum(0.5).init(session, Rng.of(1), DType.F64);
            Tensor x = session.tensor(new double[][] {{0}, {2}});
            Sgd sgd = Sgd.of(n.parameters());
            Step step = session.step(() -> sgd.minimize(n.apply(x).square().mean()));
            step.run();
            step.run();
            assertEquals(0.75, n.buffers().getFirst().value().item(), 1e-12);
        }
    }

    @Test
    void lossesRefuseWhatDoesNotFit() {
        try (Session session = Session.open("reference")) {
            Tensor x = session.zeros(4, 3), labels = session.tensor(0L, 1, 2, 0);
            assertThrows(ShapeMismatchException.class, () -> Losses.mse(session.zeros(4, 1), session.zeros(4)));
            assertThrows(ShapeMismatchException.class, () -> Losses.crossEntropy(x, session.tensor(0L, 1)));
            assertThrows(ShapeMismatchException.class, () -> Losses.crossEntropy(x, session.zeros(4)));
            assertThrows(ShapeMismatchException.class,
                    () -> CrossEntropy.of().weight(session.ones(4)).apply(x, labels));
            assertThrows(InvalidArgumentException.class, () -> CrossEntropy.of().labelSmoothing(2));
            assertThrows(InvalidArgumentException.class, () -> Losses.nll(x, session.zeros(4)));
            assertThrows(InvalidArgumentException.class, () -> Norms.groupNorm(x, 2, 1e-5));
            assertThrows(ShapeMismatchException.class, () -> Norms.layerNorm(x, Shape.of(4), 1e-5));
            assertEquals(Math.log(3), Losses.crossEntropy(x, session.tensor(new int[] {0, 1, 2, 0})).item(), 1e-6);
            String message = assertThrows(InvalidArgumentException.class,
                    () -> Losses.crossEntropy(x, session.tensor(0L, 1, 3, 0)).item()).getMessage();
            assertTrue(message.contains("3"), message);
        }
    }
}
