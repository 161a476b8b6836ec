package org.chainrule.cpu.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
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
import org.chainrule.nn.Dropout;
import org.chainrule.nn.Initializers;
import org.chainrule.nn.Linear;
import org.chainrule.nn.Losses;
import org.chainrule.nn.Parameter;
import org.chainrule.nn.Sequential;
import org.chainrule.optim.Adadelta;
import org.chainrule.optim.Adagrad;
import org.chainrule.optim.Adam;
import org.chainrule.optim.AdamW;
import org.chainrule.optim.OnPlateau;
import org.chainrule.optim.Optimizer;
import org.chainrule.optim.RmsProp;
import org.chainrule.optim.Schedule;
import org.chainrule.optim.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {
    private static final Map<String, Function<List<Parameter>, Optimizer<?>>> KINDS = kinds();

    private static Map<String, Function<List<Parameter>, Optimizer<?>>> kinds() {
        Map<String, Function<List<Parameter>, Optimizer<?>>> all = new LinkedHashMap<>();
        all.put("sgd", p -> Sgd.of(p).momentum(0.9).dampening(0.3).weightDecay(0.01));
        all.put("nesterov", p -> Sgd.of(p).momentum(0.9).nesterov());
        all.put("adam", p -> Adam.of(p).amsgrad().weightDecay(0.01));
        all.put("adamw", AdamW::of);
        all.put("rmsprop", p -> RmsProp.of(p).centered().momentum(0.5));
        all.put("adagrad", p -> Adagrad.of(p).rateDecay(0.1));
        all.put("adadelta", Adadelta::of);
        return all;
    }

    static Stream<Arguments> everywhere() {
        return KINDS.keySet().stream().flatMap(k -> Golden.backends().stream().map(b -> Arguments.of(k, b)));
    }

    static List<String> backends() {
        return Golden.backends();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void whatDecaysWithoutAGradientEndsAtZeroNotAtSubnormalNumbers(String backend) {
        try (Session session = Session.open(backend)) {
            Parameter p = Parameter.of("p", Shape.of(3), Initializers.ones()).init(session, Rng.of(0), DType.F32);
            Tensor slope = session.tensor(new float[] {1, 1e-21f, -0.5f});
            for (Optimizer<?> optimizer : List.of(Sgd.of(List.of(p)).momentum(0.5), Adam.of(List.of(p)).betas(0.5, 0.5),
                    RmsProp.of(List.of(p)).alpha(0.5).momentum(0.5))) {
                session.write(slope, 1f, 1e-21f, -0.5f);
                Step step = session.step(() -> optimizer.minimize(p.value().times(slope).sum()));
                step.run();
                session.write(slope, 0f, 0f, 0f);
                for (int i = 0; i < 200; i++) {
                    step.run();
                    optimizer.state().forEach((name, kept) -> {
                        if (kept.dtype() != DType.F32) return;
                        for (float v : kept.toFloats())
                            assertTrue(v == 0 || Math.abs(v) >= Float.MIN_NORMAL, name + " holds " + v);
                    });
                }
                step.close();
                assertTrue(optimizer.state().values().stream().filter(t -> t.dtype() == DType.F32)
                        .allMatch(t -> t.sum().item() == 0));
            }
        }
    }

    /** A network with everything that keeps state or is random, and its training. */
    private static final class Run implements AutoCloseable {
        final Session session;
        final Rng rng = Rng.of(7);
        final Sequential net;
        final Tensor x, y;
        final Optimizer<?> optimizer;

        Run(String backend, String kind) {
            session = Session.open(backend);
            net = Sequential.of(Linear.of(3, 5), BatchNorm.of(5), Ops.TANH, Dropout.of(0.25), Linear.of(5, 5), Ops.GELU,
                    Dropout.of(0.5), Linear.of(5, 2)).init(session, rng, DType.F64);
            x = session.normal(Rng.of(1), DType.F64, Shape.of(6, 3)).eval();
            y = session.normal(Rng.of(2), DType.F64, Shape.of(6, 2)).eval();
            optimizer = KINDS.get(kind).apply(net.parameters());
            optimizer.learningRate(0.05).schedule(Schedule.exponential(0.9)).clipNorm(0.5).clipValue(0.2).l1(1e-3)
                    .l2(1e-3).noise(0.01, 0.55, rng);
        }

        Tensor minimize() {
            return optimizer.minimize(Losses.mse(net.apply(x), y));
        }

        List<Double> everything() {
            List<Double> all = new ArrayList<>();
            Stream.concat(net.parameters().stream(), net.buffers().stream()).forEach(p -> add(all, p.value()));
            optimizer.state().values().forEach(t -> add(all, t));
            all.addAll(optimizer.counters().values());
            return all;
        }

        private static void add(List<Double> all, Tensor t) {
            for (double v : t.toDoubles()) all.add(v);
        }

        @Override
        public void close() {
            session.close();
        }
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void aCompiledStepGivesTheBitsOfEagerOnes(String kind, String backend) {
        List<Double> eager = new ArrayList<>(), compiled = new ArrayList<>();
        try (Run r = new Run(backend, kind)) {
            for (int t = 0; t < 5; t++) eager.add(r.minimize().item());
            eager.addAll(r.everything());
        }
        try (Run r = new Run(backend, kind)) {
            Step step = r.session.step(r::minimize);
            for (int t = 0; t < 5; t++) compiled.add(step.run().item());
            compiled.addAll(r.everything());
            assertEquals(5, r.optimizer.steps());
        }
        assertEquals(eager, compiled);
        assertTrue(eager.stream().allMatch(Double::isFinite));
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void trainingGoesOnFromARestoredStateBitForBit(String kind, String backend) {
        try (Run whole = new Run(backend, kind); Run second = new Run(backend, kind)) {
            for (int t = 0; t < 3; t++) whole.minimize();
            Step step = second.session.step(second::minimize);
            step.run();
            Map<String, Tensor> state = new LinkedHashMap<>();
            whole.optimizer.state()
                    .forEach((k, v) -> state.put(k, second.session.tensor(v.shape(), v.dtype(), v.toDoubles())));
            second.optimizer.restore(state, whole.optimizer.counters());
            for (int i = 0; i < whole.net.parameters().size(); i++)
                second.net.parameters().get(i).write(whole.net.parameters().get(i).value().toDoubles());
            for (int i = 0; i < whole.net.buffers().size(); i++)
                second.net.buffers().get(i).write(whole.net.buffers().get(i).value().toDoubles());
            assertEquals(whole.everything(), second.everything());
            for (int t = 0; t < 3; t++) assertEquals(whole.minimize().item(), step.run().item());
            assertEquals(whole.everything(), second.everything());
        }
    }

    private static Parameter single(Session session, double... values) {
        return Parameter.of("p", Shape.of(values.length), Initializers.zeros()).init(session, Rng.of(0), DType.F64)
                .write(values);
    }

    @Test
    void everyRunOfAnyStepCountsOnce() {
        try (Session session = Session.open("reference")) {
            Parameter p = single(session, 1, 2);
            List<Long> asked = new ArrayList<>();
            Adam adam = Adam.of(List.of(p)).schedule((t, base) -> {
                asked.add(t);
                return base;
            });
            Step a = session.step(() -> adam.minimize(p.value().square().sum())),
                    b = session.step(() -> adam.minimize(p.value().abs().sum()));
            assertEquals(0, adam.steps());
            a.run();
            a.run();
            b.run();
            adam.minimize(p.value().sum());
            a.run();
            b.run();
            assertEquals(6, adam.steps());
            assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L), asked);
        }
    }

    @Test
    void aRecordedStepFollowsTheLearningRate() {
        try (Session session = Session.open("reference")) {
            Parameter p = single(session, 1);
            Sgd sgd = Sgd.of(List.of(p)).learningRate(0.5);
            Step step = session.step(() -> sgd.minimize(p.value().sum()));
            step.run();
            assertEquals(0.5, p.value().item());
            sgd.learningRate(0.25);
            step.run();
            assertEquals(0.25, p.value().item());
        }
    }

    @Test
    void clippingByNormScalesAllGradientsTogether() {
        try (Session session = Session.open("reference")) {
            Parameter p = single(session, 3, 4);
            Sgd sgd = Sgd.of(List.of(p)).learningRate(1).clipNorm(2);
            Optimizer.Descent d = sgd.descend(p.value().square().sum().times(0.5));
            assertEquals(5, d.gradientNorm().item());
            assertEquals(5, d.gradientNorms().get("p").item());
            double scale = 2 / (5 + 1e-6);
            assertArrayEquals(new double[] {3 - 3 * scale, 4 - 4 * scale}, p.value().toDoubles(), 1e-15);
            p.write(0.3, 0.4);
            sgd.minimize(p.value().square().sum().times(0.5));
            assertArrayEquals(new double[] {0, 0}, p.value().toDoubles(), 0, "a norm below the bound stays");
        }
    }

    @Test
    void clippingByValueHoldsEachElement() {
        try (Session session = Session.open("reference")) {
            Parameter p = single(session, 3, -4, 0.5);
            Sgd.of(List.of(p)).learningRate(1).clipValue(1).minimize(p.value().square().sum().times(0.5));
            assertArrayEquals(new double[] {2, -3, 0}, p.value().toDoubles());
        }
    }

    @Test
    void penaltiesAddTheirGradientsAndLeaveTheLoss() {
        try (Session session = Session.open("reference")) {
            Parameter p = single(session, 2, -4);
            Tensor loss = Sgd.of(List.of(p)).learningRate(1).l1(0.25).l2(0.125).minimize(p.value().sum());
            assertEquals(-2, loss.item());
            assertArrayEquals(new double[] {2 - 1 - 0.25 - 0.25, -4 - 1 + 0.25 + 0.5}, p.value().toDoubles());
        }
    }

    @Test
    void noiseHasTheAnnealedVariance() {
        try (Session session = Session.open("reference")) {
            Parameter p = single(session, new double[20_000]);
            Sgd sgd = Sgd.of(List.of(p)).learningRate(1).noise(0.3, 0.55, Rng.of(3));
            for (int t = 0; t < 3; t++) {
                p.write(new double[20_000]);
                sgd.minimize(p.value().square().sum());
                double variance = p.value().square().mean().item();
                assertEquals(1, variance / (0.3 / Math.pow(1 + t, 0.55)), 5 * Math.sqrt(2 / 20_000.0));
            }
        }
    }

    @Test
    void aParameterGivenTwiceIsUpdatedOnce() {
        try (Session session = Session.open("reference")) {
            Parameter p = single(session, 1);
            Sgd.of(List.of(p, p)).learningRate(0.5).minimize(p.value().sum());
            assertEquals(0.5, p.value().item());
        }
    }

    @Test
    void mistakesAreTold() {
        try (Session session = Session.open("reference")) {
            Parameter p = single(session, 1, 2);
            assertThrows(InvalidArgumentException.class, () -> Sgd.of(List.of()));
            assertThrows(InvalidArgumentException.class, () -> Sgd.of(List.of(p)).learningRate(-1));
            assertThrows(InvalidArgumentException.class, () -> Adam.of(List.of(p)).betas(0.9, 1));
            assertThrows(InvalidArgumentException.class, () -> Sgd.of(List.of(p)).nesterov().minimize(p.value().sum()));
            assertThrows(ShapeMismatchException.class, () -> Sgd.of(List.of(p)).minimize(p.value()));
            String message =
                    assertThrows(InvalidArgumentException.class, () -> Sgd.of(List.of(p)).minimize(session.scalar(1)))
                            .getMessage();
            assertTrue(message.contains("depends on none"), message);
            message = assertThrows(InvalidArgumentException.class,
                    () -> Sgd.of(Linear.of(1, 1).parameters()).minimize(p.value().sum())).getMessage();
            assertTrue(message.contains("init(session, rng)"), message);
        }
    }

    @Test
    void aForeignStateIsRefusedAndChangesNothing() {
        try (Session session = Session.open("reference")) {
            Parameter p = single(session, 1, 2);
            Adam adam = Adam.of(List.of(p));
            adam.minimize(p.value().square().sum());
            Map<String, Double> counters = adam.counters();
            double[] before = adam.state().get("p.first_moment").toDoubles();
            assertNotEquals(0, before[0]);
            assertThrows(InvalidArgumentException.class, () -> adam.restore(Map.of("p.momentum", p.value()), counters));
            assertThrows(InvalidArgumentException.class,
                    () -> adam.restore(Map.of("p.first_moment", p.value()), counters));
            assertThrows(InvalidArgumentException.class, () -> adam.restore(adam.state(), Map.of()));
            assertThrows(ShapeMismatchException.class, () -> adam
                    .restore(Map.of("p.first_moment", session.scalar(1), "p.second_moment", p.value()), counters));
            assertArrayEquals(before, adam.state().get("p.first_moment").toDoubles());
        }
    }

    /** An embedding looked up where it has no row, beside other parameters. */
    @ParameterizedTest
    @MethodSource("everywhere")
    void aMinimizationThatFailsChangesNothing(String kind, String backend) {
        try (Session session = Session.open(backend)) {
            Parameter table =
                    Parameter.of("table", Shape.of(2, 1), Initializers.ones()).init(session, Rng.of(1), DType.F32);
            Parameter scale =
                    Parameter.of("scale", Shape.of(1), Initializers.ones()).init(session, Rng.of(1), DType.F32);
            Optimizer<?> optimizer = build(kind, List.of(scale, table)).noise(0.01, 0.55, Rng.of(2));
            Tensor good = loss(table, scale, 1), bad = loss(table, scale, 2);
            Map<String, Double> untouched = optimizer.counters();
            assertThrows(InvalidArgumentException.class, () -> optimizer.minimize(bad));
            assertEquals(Map.of(), optimizer.state());
            assertEquals(untouched, optimizer.counters());
            optimizer.minimize(good);
            Map<String, Double> counters = optimizer.counters();
            Map<String, List<Double>> state = values(optimizer.state());
            double[] before = Tensor.concat(0, table.value().flatten(), scale.value()).toDoubles();
            Tensor worse = loss(table, scale, 2);
            assertThrows(InvalidArgumentException.class, () -> optimizer.descend(worse));
            assertEquals(counters, optimizer.counters());
            assertEquals(state, values(optimizer.state()));
            assertArrayEquals(before, Tensor.concat(0, table.value().flatten(), scale.value()).toDoubles());
        }
    }

    private static Optimizer<?> build(String kind, List<Parameter> parameters) {
        return Objects.requireNonNull(KINDS.get(kind)).apply(parameters);
    }

    private static Tensor loss(Parameter table, Parameter scale, long row) {
        return table.value().embedding(table.value().session().tensor(0L, row)).times(scale.value()).square().sum();
    }

    private static Map<String, List<Double>> values(Map<String, Tensor> state) {
        Map<String, List<Double>> all = new LinkedHashMap<>();
        state.forEach((k, t) -> all.put(k, Arrays.stream(t.toDoubles()).boxed().toList()));
        return all;
    }

    @Test
    void aStateWhoseScheduleIsMissingChangesNothing() {
        try (Session session = Session.open("cpu")) {
            Parameter p = Parameter.of("p", Shape.of(2), Initializers.ones()).init(session, Rng.of(1), DType.F32);
            Adam adam = Adam.of(List.of(p)).schedule(OnPlateau.of());
            Map<String, Tensor> state = Map.of("p.first_moment", p.value(), "p.second_moment", p.value());
            Map<String, Double> before = adam.counters();
            for (Map<String, Double> counters : List.of(Map.of("steps", 3.0),
                    Map.of("steps", 3.0, "schedule.best", 1.0, "schedule.waited", 2.0), Map.of("steps", 2.5))) {
                assertThrows(InvalidArgumentException.class, () -> adam.restore(state, counters));
                assertEquals(before, adam.counters());
                assertEquals(Map.of(), adam.state());
            }
        }
    }

    /** The values that are restored lie in another session; writing them finds an assignment that cannot be made. */
    @Test
    void aRestorationThatCannotBeWrittenChangesNothing() {
        try (Session session = Session.open("cpu"); Session kept = Session.open("cpu")) {
            Parameter p = Parameter.of("p", Shape.of(2), Initializers.ones()).init(session, Rng.of(1), DType.F32);
            Adam adam = Adam.of(List.of(p)).schedule(OnPlateau.of());
            Map<String, Double> before = adam.counters();
            Map<String, Tensor> state = Map.of("p.first_moment", kept.ones(2), "p.second_moment", kept.ones(2));
            Tensor q = session.ones(1);
            session.assign(q, session.ones(2).gather(0, session.tensor(7L)));
            assertThrows(InvalidArgumentException.class, () -> adam.restore(state,
                    Map.of("steps", 3.0, "schedule.best", 1.0, "schedule.waited", 2.0, "schedule.scale", 0.5)));
            assertEquals(before, adam.counters());
            assertEquals(Map.of(), adam.state());
        }
    }

    @Test
    void batchNormMovesItsStatisticsWithEachApplication() {
        try (Session session = Session.open("cpu")) {
            BatchNorm norm = BatchNorm.of(1).init(session, Rng.of(1));
            Tensor a = session.tensor(new float[][] {{1}, {3}}), b = session.tensor(new float[][] {{10}, {30}});
            norm.apply(a);
            norm.apply(b);
            assertEquals(0.9 * (0.1 * 2) + 0.1 * 20, norm.buffers().getFirst().value().item(), 1e-6);
            Step step = session.stepOf(() -> List.of(norm.apply(a).sum(), norm.apply(a).sum()));
            norm.buffers().getFirst().write(0);
            step.run();
            assertEquals(0.9 * (0.1 * 2) + 0.1 * 2, norm.buffers().getFirst().value().item(), 1e-6);
        }
    }

    @Test
    void initializingAgainIsSeenByStepsRecordedBefore() {
        try (Session session = Session.open("cpu")) {
            Parameter p = Parameter.of("p", Shape.of(2), Initializers.ones()).init(session, Rng.of(1), DType.F32);
            Tensor first = p.value();
            Step step = session.step(() -> Sgd.of(List.of(p)).learningRate(1).minimize(p.value().sum()));
            step.run();
            assertArrayEquals(new double[] {0, 0}, p.value().toDoubles());
            p.init(session, Rng.of(1), DType.F32);
            assertEquals(2, step.run().item());
            assertTrue(first == p.value());
            p.init(session, Rng.of(1), DType.F64);
            assertEquals(DType.F64, p.value().dtype());
            assertArrayEquals(new double[] {0, 0}, first.toDoubles());
        }
    }
}
