package org.chainrule.cpu.nn;

import static org.chainrule.cpu.nn.GoldenTraining.stored;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.chainrule.Session;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.harness.analysis.Arithmetic;
import org.chainrule.harness.analysis.Bound;
import org.chainrule.harness.analysis.RunningError;
import org.chainrule.nn.Parameter;
import org.chainrule.optim.Adagrad;

/**
 * Holds a training in float32 to a recorded one in float64 by {@linkplain RunningError running error analysis}, without
 * any tolerance of its own but {@code 1e-10} for the recorded numbers. Data and initial weights are exact in float32.
 *
 * <p>Two analyses run beside the training, on the graph that the compiled step was made of:
 *
 * <ul>
 * <li>Step by step: it starts each step at the very weights and state that the step starts at. What the step computes,
 * that is loss, norms, each new weight and each new element of the optimizer's state, must be numbers that float32 may
 * give from there. So each step is the exact one from where it starts, disturbed by no more than rounding in that step.
 * <li>From the start: it carries the range of each weight and each element of state from step to step. Its values in
 * double precision must be the recorded ones: loss and norm of each step, logits and gradients of step 0, the weights after it
 * and at the end. Its ranges must hold what was computed, which bounds {@code |float32 - recorded|} of all of these.
 * </ul>
 *
 * <p>The second bound is rigorous and soon says little: ranges grow faster than errors do, since intervals forget that
 * numbers depend on each other, as a gradient and the root of its mean square do, and where a gradient may be 0 their
 * quotient may be anything. How far it says something is told by {@link Tally}. Past that point what is proved of float32
 * is the first; no bound on how much the later weights differ from the recorded ones is claimed.
 */
final class TrainingBounds {
    private static final double CLOSE = 1e-10;

    /** What was checked in all. */
    static final class Tally {
        private long steps, elements, vague, telling;
        private int shortest = Integer.MAX_VALUE;
        private double widest, deviation;

        @Override
        public String toString() {
            return "float32 trainings: " + elements + " numbers of " + steps
                    + " steps, each one that float32 may give from"
                    + " its step's start, " + vague + " of them with a bound wider than the number, losses with one of "
                    + (float) widest
                    + " of the loss or less; the bound from the first step on is narrower than the loss"
                    + " in " + telling + " steps, in each training in the first " + shortest
                    + " or more; measured, losses differ from the recorded ones by up to " + (float) deviation
                    + " of the loss";
        }
    }

    private final GoldenTraining training;
    private final Golden golden;
    private final Tally tally;
    private final List<Tensor> told = new ArrayList<>();
    private final Map<Tensor, Tensor> assigned = new LinkedHashMap<>();

    private TrainingBounds(GoldenTraining training, Tally tally) {
        this.training = training;
        this.golden = training.golden();
        this.tally = tally;
    }

    static void check(GoldenTraining training, Tally tally) {
        new TrainingBounds(training, tally).run();
    }

    private void run() {
        Session session = training.x().session();
        Step step = session.stepOf(() -> {
            told.addAll(training.optimizer().descend(training.loss()).values());
            Stream.concat(training.values().stream(), training.optimizer().state().values().stream())
                    .forEach(t -> assigned.put(t, session.assigned(t).orElseThrow()));
            return told;
        });
        RunningError fromStart = RunningError.in(Arithmetic.F32).after(initialState(session));
        int steps = training.steps(), telling = 0;
        boolean tells = true;
        double[] loss = new double[steps], norm = new double[steps];
        for (int t = 0; t < steps; t++) {
            training.feed(t);
            if (t == 0) checkFirst(fromStart);
            Map<Tensor, List<Bound>> near = bounds(RunningError.in(Arithmetic.F32)), far = bounds(fromStart);
            fromStart = fromStart.after(assigned);
            step.run();
            for (int i = 0; i < told.size(); i++)
                requireComputed("value " + i + " of step " + t, told.get(i), step.value(i), near, far);
            int now = t;
            assigned.forEach((to, next) -> requireComputed(to.name() + " after step " + now, next, to, near, far));

            Bound l = near.get(told.getFirst()).getFirst(), sinceStart = far.get(told.getFirst()).getFirst();
            assertTrue(tells(l), () -> golden.name() + ": the bound of the loss of step " + now + " is " + l);
            tally.widest = Math.max(tally.widest, radius(l) / l.value());
            tells &= tells(sinceStart);
            if (tells) telling++;
            loss[t] = sinceStart.value();
            tally.deviation = Math.max(tally.deviation, Math.abs(step.item() / loss[t] - 1));
            norm[t] = far.get(told.get(1)).getFirst().value();
            if (t == 0) requireRecorded("after1.", far);
            if (t == steps - 1) requireRecorded("final.", far);
            tally.steps++;
        }
        golden.assertClose("loss", loss, CLOSE);
        golden.assertClose("grad_norm", norm, CLOSE);
        tally.telling += telling;
        tally.shortest = Math.min(tally.shortest, telling);
        assertEquals(steps, training.optimizer().steps());
    }

    /** Whether what float32 may give is one number, or off by less than the number. */
    private static boolean tells(Bound b) {
        return !b.mayBeNaN() && (b.least() == b.greatest() || radius(b) < Math.abs(b.value()));
    }

    private static double radius(Bound b) {
        return Math.max(b.greatest() - b.value(), b.value() - b.least());
    }

    /** The one number in the first state that float32 may have to round. */
    private Map<Tensor, Tensor> initialState(Session session) {
        Map<Tensor, Tensor> first = new LinkedHashMap<>();
        if (training.optimizer() instanceof Adagrad) training.optimizer().state().values().forEach(sum -> first.put(sum,
                session.constant(sum.shape(), sum.dtype(), golden.attribute("initial_accumulator_value"))));
        return first;
    }

    /** The logits and gradients of the first step: recorded ones in double precision, possible ones in float32. */
    private void checkFirst(RunningError analysis) {
        Map<String, Tensor> quantities = new LinkedHashMap<>(Map.of("step0.logits", training.logits()));
        List<Tensor> gradients = training.loss().gradients(training.values());
        for (int i = 0; i < gradients.size(); i++)
            quantities.put("step0.grad." + stored(training.parameters().get(i)), gradients.get(i));
        quantities.forEach((name, t) -> {
            List<Bound> bounds = analysis.bounds(t);
            golden.assertClose(name, values(bounds), CLOSE);
            require(name, t.toDoubles(), bounds);
        });
    }

    /** The bounds of all that a step tells and assigns. The host's scalars are asked for, which does not count as a step. */
    private Map<Tensor, List<Bound>> bounds(RunningError analysis) {
        Map<String, Double> counters = training.optimizer().counters();
        Map<Tensor, List<Bound>> all = new LinkedHashMap<>();
        for (Tensor t : told) all.put(t, analysis.bounds(t));
        for (Tensor t : assigned.values()) all.put(t, analysis.bounds(t));
        training.optimizer().restore(training.optimizer().state(), counters);
        return all;
    }

    /** The weights in double precision are the recorded ones. */
    private void requireRecorded(String prefix, Map<Tensor, List<Bound>> bounds) {
        for (Parameter p : training.parameters())
            golden.assertClose(prefix + stored(p), values(bounds.get(assigned.get(p.value()))), CLOSE);
    }

    private void requireComputed(String name, Tensor analysed, Tensor computed, Map<Tensor, List<Bound>> near,
            Map<Tensor, List<Bound>> far) {
        double[] got = computed.toDoubles();
        require(name + ", from the step's start", got, near.get(analysed));
        require(name + ", from the first step", got, far.get(analysed));
        tally.elements += got.length;
        tally.vague += near.get(analysed).stream().filter(b -> !tells(b)).count();
    }

    private void require(String name, double[] got, List<Bound> bounds) {
        assertEquals(bounds.size(), got.length);
        for (int i = 0; i < got.length; i++) {
            int at = i;
            assertTrue(bounds.get(i).admits(got[i]), () -> golden.name() + ": " + name + "[" + at + "] is " + got[at]
                    + ", float32 allows " + bounds.get(at));
        }
    }

    private static double[] values(List<Bound> bounds) {
        return bounds.stream().mapToDouble(Bound::value).toArray();
    }
}
