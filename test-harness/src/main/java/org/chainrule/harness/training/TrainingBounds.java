package org.chainrule.harness.training;

import static org.chainrule.harness.training.RecordedTraining.stored;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
public final class TrainingBounds {
    /** What was checked in all. */
    public static final class Tally {
        private long steps, elements, vague, telling;
        private int shortest = Integer.MAX_VALUE;
        private double widest, deviation;

        /** How many numbers of float32 were held to a bound. */
        public long elements() {
            return elements;
        }

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

    /** What each tensor of a step may hold. */
    private record Bounds(Map<Tensor, List<Bound>> each) {
        List<Bound> of(Tensor t) {
            return Objects.requireNonNull(each.get(t), t::name);
        }
    }

    private final RecordedTraining training;
    private final Tally tally;
    private final List<Tensor> told = new ArrayList<>();
    private final Map<Tensor, Tensor> assigned = new LinkedHashMap<>();

    private TrainingBounds(RecordedTraining training, Tally tally) {
        this.training = training;
        this.tally = tally;
    }

    /** Trains, and adds to {@code tally} what was checked. Throws {@link Deviation} at the first number that is wrong. */
    public static void check(RecordedTraining training, Tally tally) {
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
            Bounds near = bounds(RunningError.in(Arithmetic.F32)), far = bounds(fromStart);
            fromStart = fromStart.after(assigned);
            step.run();
            for (int i = 0; i < told.size(); i++)
                requireComputed("value " + i + " of step " + t, told.get(i), step.value(i), near, far);
            int now = t;
            assigned.forEach((to, next) -> requireComputed(to.name() + " after step " + now, next, to, near, far));

            Bound l = near.of(told.getFirst()).getFirst(), sinceStart = far.of(told.getFirst()).getFirst();
            if (!tells(l)) throw new Deviation("the bound of the loss of step " + now + " is " + l);
            tally.widest = Math.max(tally.widest, l.radius() / l.value());
            tells &= tells(sinceStart);
            if (tells) telling++;
            loss[t] = sinceStart.value();
            tally.deviation = Math.max(tally.deviation, Math.abs(step.item() / loss[t] - 1));
            norm[t] = far.of(told.get(1)).getFirst().value();
            if (t == 0) requireRecorded("after1.", far);
            if (t == steps - 1) requireRecorded("final.", far);
            tally.steps++;
        }
        training.requireClose("loss", loss);
        training.requireClose("grad_norm", norm);
        tally.telling += telling;
        tally.shortest = Math.min(tally.shortest, telling);
        training.requireSteps();
    }

    /** Whether what float32 may give is one number, or off by less than the number. */
    private static boolean tells(Bound b) {
        return !b.mayBeNaN() && (b.least() == b.greatest() || b.radius() < Math.abs(b.value()));
    }

    /** The one number in the first state that float32 may have to round. */
    private Map<Tensor, Tensor> initialState(Session session) {
        Map<Tensor, Tensor> first = new LinkedHashMap<>();
        if (training.optimizer() instanceof Adagrad) training.optimizer().state().values().forEach(sum -> first.put(sum,
                session.constant(sum.shape(), sum.dtype(),
                        training.golden().attributes().number("initial_accumulator_value"))));
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
            training.requireClose(name, values(bounds));
            require(name, t.toDoubles(), bounds);
        });
    }

    /** The bounds of all that a step tells and assigns. The host's scalars are asked for, which does not count as a step. */
    private Bounds bounds(RunningError analysis) {
        Map<String, Double> counters = training.optimizer().counters();
        Map<Tensor, List<Bound>> all = new LinkedHashMap<>();
        for (Tensor t : told) all.put(t, analysis.bounds(t));
        for (Tensor t : assigned.values()) all.put(t, analysis.bounds(t));
        training.optimizer().restore(training.optimizer().state(), counters);
        return new Bounds(all);
    }

    private Tensor assigned(Parameter p) {
        return Objects.requireNonNull(assigned.get(p.value()), p::name);
    }

    /** The weights in double precision are the recorded ones. */
    private void requireRecorded(String prefix, Bounds bounds) {
        for (Parameter p : training.parameters())
            training.requireClose(prefix + stored(p), values(bounds.of(assigned(p))));
    }

    private void requireComputed(String name, Tensor analysed, Tensor computed, Bounds near,
            Bounds far) {
        double[] got = computed.toDoubles();
        require(name + ", from the step's start", got, near.of(analysed));
        require(name + ", from the first step", got, far.of(analysed));
        tally.elements += got.length;
        tally.vague += near.of(analysed).stream().filter(b -> !tells(b)).count();
    }

    private static void require(String name, double[] got, List<Bound> bounds) {
        if (got.length != bounds.size())
            throw new Deviation(name + ": " + got.length + " numbers, expected " + bounds.size());
        for (int i = 0; i < got.length; i++) {
            if (!bounds.get(i).admits(got[i])) throw new Deviation(
                    name + "[" + i + "] is " + got[i] + ", float32 allows " + bounds.get(i));
        }
    }

    private static double[] values(List<Bound> bounds) {
        return bounds.stream().mapToDouble(Bound::value).toArray();
    }
}
