package org.chainrule.cpu.nn;

import static org.chainrule.cpu.nn.GoldenTraining.stored;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.AssertionFailedError;

/**
 * Whole trainings of small networks, step by step, against what PyTorch's optimizers made of them in double precision:
 * within {@code 1e-10} in float64, and in float32 within what {@link TrainingBounds} derives.
 */
class TrainingGoldenTest {
    private static final System.Logger LOG = System.getLogger(TrainingGoldenTest.class.getName());
    private static final double CLOSE = 1e-10;
    private static final Map<String, Integer> EXECUTED = new TreeMap<>(), PASSED = new TreeMap<>();
    private static final TrainingBounds.Tally TALLY = new TrainingBounds.Tally();

    static List<String> cases() {
        return Golden.cases("train", "mlp_");
    }

    static Stream<Arguments> casesOfBackends() {
        return Stream.of("reference", "cpu").flatMap(b -> cases().stream().map(c -> Arguments.of(b, c)));
    }

    @AfterAll
    static void tell() {
        EXECUTED.forEach((where, n) -> LOG.log(System.Logger.Level.INFO,
                () -> "golden trainings: " + n + " executed on " + where + ", " + PASSED.get(where) + " passed"));
        LOG.log(System.Logger.Level.INFO, TALLY::toString);
    }

    private static void counted(String where, Runnable training) {
        EXECUTED.merge(where, 1, Integer::sum);
        PASSED.merge(where, 0, Integer::sum);
        training.run();
        PASSED.merge(where, 1, Integer::sum);
    }

    @ParameterizedTest
    @MethodSource("casesOfBackends")
    void doublePrecisionFollowsPyTorch(String backend, String name) {
        counted(backend + " in F64", () -> {
            try (Session session = Session.open(backend)) {
                follow(session, GoldenTraining.of(Golden.read("train", name), session, DType.F64));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void singlePrecisionStaysWithinDerivedBounds(String name) {
        counted("cpu in F32", () -> {
            try (Session session = Session.open("cpu")) {
                TrainingBounds.check(GoldenTraining.of(Golden.read("train", name), session, DType.F32), TALLY);
            }
        });
    }

    @Test
    void otherLearningRateThanRecordedIsCaught() {
        assertTrue(failure(base -> base * (1 + 1e-6)).contains("after1"));
    }

    @Test
    void stepThatIsNotTheAnalysedOneIsCaught() {
        int[] reads = {0};
        assertTrue(failure(base -> reads[0]++ % 3 == 2 ? base * (1 + 1e-4) : base).contains("float32 allows"));
    }

    private static String failure(DoubleUnaryOperator rate) {
        try (Session session = Session.open("cpu")) {
            GoldenTraining wrong =
                    GoldenTraining.of(Golden.read("train", "mlp_adam__gelu_ce"), session, DType.F32);
            wrong.optimizer().schedule((_, base) -> rate.applyAsDouble(base));
            TrainingBounds.Tally unused = new TrainingBounds.Tally();
            return assertThrows(AssertionFailedError.class, () -> TrainingBounds.check(wrong, unused)).getMessage();
        }
    }

    private static void follow(Session session, GoldenTraining training) {
        Golden g = training.golden();
        training.feed(0);
        g.assertClose("step0.logits", training.logits().toDoubles(), CLOSE);
        List<Tensor> gradients = training.loss().gradients(training.values());
        for (int i = 0; i < gradients.size(); i++)
            g.assertClose("step0.grad." + stored(training.parameters().get(i)), gradients.get(i).toDoubles(), CLOSE);

        Step step = session.stepOf(() -> training.optimizer().descend(training.loss()).values());
        int steps = training.steps();
        double[] loss = new double[steps], norm = new double[steps], rate = new double[steps];
        for (int t = 0; t < steps; t++) {
            training.feed(t);
            rate[t] = training.optimizer().currentRate();
            step.run();
            loss[t] = step.item();
            norm[t] = step.value(1).item();
            if (t == 0) training.parameters()
                    .forEach(p -> g.assertClose("after1." + stored(p), p.value().toDoubles(), CLOSE));
        }
        g.assertClose("lr", rate, 1e-14);
        g.assertClose("loss", loss, CLOSE);
        g.assertClose("grad_norm", norm, CLOSE);
        training.parameters().forEach(p -> g.assertClose("final." + stored(p), p.value().toDoubles(), CLOSE));
        assertEquals(steps, training.optimizer().steps());
    }
}
