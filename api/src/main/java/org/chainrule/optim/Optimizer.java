package org.chainrule.optim;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongToDoubleFunction;
import java.util.function.Supplier;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.ShapeMismatchException;
import org.chainrule.Tensor;
import org.chainrule.graph.Op;
import org.chainrule.nn.Parameter;
import org.chainrule.optim.Update.Scalars;

/**
 * Changes parameters so that a loss falls. One minimization takes the gradients {@code g} of the loss, adds those of the
 * penalties, clips, adds noise, and applies the rule of the subclass:
 *
 * <pre>
 * g ← ∂loss/∂p + l1 · sign(p) + l2 · p
 * g ← g · min(1, clipNorm / (‖g‖ + 10⁻⁶))        over all parameters together
 * g ← min(max(g, -clipValue), clipValue)
 * g ← g + N(0, η / (1 + t)^γ)
 * </pre>
 *
 * <p>Outside of a step a minimization runs at once; inside {@link Session#step} it is recorded, and each run of the step
 * is one. The learning rate, its schedule and the step count are read anew in every run; the other settings are part of
 * the recorded graph.
 *
 * @param <O> the class itself
 */
public abstract class Optimizer<O extends Optimizer<O>> {
    private static final String SCHEDULE = "schedule.";

    private final List<Parameter> parameters;
    private final SequencedMap<String, Tensor> slots = new LinkedHashMap<>();
    private double learningRate;
    private Schedule schedule = Schedule.constant();
    private double clipNorm = Double.POSITIVE_INFINITY, clipValue = Double.POSITIVE_INFINITY, l1, l2;
    private Optional<Noise> noise = Optional.empty();
    private long steps;

    private record Noise(double eta, double gamma, Rng rng) {}

    /**
     * What one minimization tells.
     *
     * @param loss          the loss before the update, without penalties
     * @param gradientNorm  Euclidean norm of the gradients of all parameters, penalties included, before clipping
     * @param gradientNorms the same of each parameter, by its name
     */
    public record Descent(Tensor loss, Tensor gradientNorm, SequencedMap<String, Tensor> gradientNorms) {
        /** Loss, norm of all, norms of each: what a compiled step may return. */
        public List<Tensor> values() {
            List<Tensor> all = new ArrayList<>(List.of(loss, gradientNorm));
            all.addAll(gradientNorms.values());
            return List.copyOf(all);
        }
    }

    protected Optimizer(List<Parameter> parameters, double learningRate) {
        this.parameters = parameters.stream().distinct().toList();
        if (this.parameters.isEmpty()) throw new InvalidArgumentException("an optimizer needs at least one parameter");
        Set<String> names = new LinkedHashSet<>();
        for (Parameter p : this.parameters) if (!names.add(p.name())) throw new InvalidArgumentException(
                "two parameters are called '" + p.name() + "'; put the layers into one, so that their names differ");
        learningRate(learningRate);
    }

    // ---- settings

    @SuppressWarnings("unchecked") // O is the class itself
    final O self() {
        return (O) this;
    }

    /** {@code value}, which must be finite and at least 0. */
    static double notNegative(String what, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY))
            throw new InvalidArgumentException(what + " " + value + " is not a finite number of at least 0");
        return value;
    }

    /** {@code value}, which must be at least 0 and below 1. */
    static double fraction(String what, double value) {
        if (!(value >= 0 && value < 1))
            throw new InvalidArgumentException(what + " " + value + " is not within [0, 1)");
        return value;
    }

    static double positive(String what, double value) {
        if (!(value > 0)) throw new InvalidArgumentException(what + " " + value + " is not positive");
        return value;
    }

    /** The base rate, which the schedule scales. Steps recorded before follow it. */
    public final O learningRate(double rate) {
        learningRate = notNegative("learning rate", rate);
        return self();
    }

    /** The base rate. */
    public final double learningRate() {
        return learningRate;
    }

    /** The rate as a function of the step; constant by default. Steps recorded before follow it. */
    public final O schedule(Schedule value) {
        schedule = value;
        return self();
    }

    /** The rate of the next step. */
    public final double currentRate() {
        return rate(steps);
    }

    private double rate(long t) {
        return schedule.rate(t, learningRate);
    }

    /** Scales all gradients together so that their norm does not exceed {@code max}. Pascanu, Mikolov and Bengio 2012, "On the difficulty of training recurrent neural networks", algorithm 1, as PyTorch's clip_grad_norm_. */
    public final O clipNorm(double max) {
        clipNorm = positive("clipNorm", max);
        return self();
    }

    /** Holds each element of each gradient within {@code ±max}. */
    public final O clipValue(double max) {
        clipValue = positive("clipValue", max);
        return self();
    }

    /** Adds the gradient of {@code lambda · Σ|p|}; the loss returned stays without it. */
    public final O l1(double lambda) {
        l1 = notNegative("l1", lambda);
        return self();
    }

    /** Adds the gradient of {@code lambda / 2 · Σp²}; the loss returned stays without it. */
    public final O l2(double lambda) {
        l2 = notNegative("l2", lambda);
        return self();
    }

    /**
     * Adds normal noise of variance {@code eta / (1 + t)^gamma} to the clipped gradients: simulated annealing for
     * gradient descent. Neelakantan et al. 2015, "Adding Gradient Noise Improves Learning for Very Deep Networks",
     * equation 1, which takes {@code gamma = 0.55} and {@code eta} of 0.01, 0.3 or 1.
     */
    public final O noise(double eta, double gamma, Rng rng) {
        noise = Optional.of(new Noise(notNegative("eta", eta), notNegative("gamma", gamma), rng));
        return self();
    }

    // ---- minimizing

    /**
     * Lowers {@code loss}, a scalar, by one step; returns it, as it was before the update. Where it throws, no step was
     * taken: parameters, state and counters are those from before.
     */
    public final Tensor minimize(Tensor loss) {
        return allOrNothing(() -> {
            loss.session().commit(build(loss).assignments, loss);
            return loss;
        });
    }

    /** As {@link #minimize}, and tells the norms of the gradients. */
    public final Descent descend(Tensor loss) {
        return allOrNothing(() -> {
            Built built = build(loss);
            SequencedMap<String, Tensor> norms = new LinkedHashMap<>();
            for (int i = 0; i < parameters.size(); i++)
                norms.put(parameters.get(i).name(), built.gradients.get(i).norm());
            Descent d = new Descent(loss, totalNorm(built.gradients), norms);
            loss.session().commit(built.assignments, d.values().toArray(Tensor[]::new));
            return d;
        });
    }

    private <T> T allOrNothing(Supplier<T> minimization) {
        Set<String> kept = Set.copyOf(slots.keySet());
        long before = steps, drawn = noise.map(n -> n.rng.position()).orElse(0L);
        Map<String, Double> scheduled = schedule.state();
        boolean done = false;
        try {
            T result = minimization.get();
            done = true;
            return result;
        } finally {
            if (!done) {
                slots.keySet().retainAll(kept);
                steps = before;
                schedule.restore(scheduled);
                noise.ifPresent(n -> n.rng.seek(drawn));
            }
        }
    }

    /**
     * A minimization's graph.
     *
     * @param gradients   of the parameters, in their order, before clipping
     * @param assignments the new values of the parameters and of what is kept for them
     */
    private record Built(List<Tensor> gradients, Map<Tensor, Tensor> assignments) {}

    private Built build(Tensor loss) {
        List<Tensor> values = parameters.stream().map(Parameter::value).toList();
        for (Tensor v : values) if (v.session() != loss.session())
            throw new InvalidArgumentException("the loss belongs to another session than the parameters");
        List<Tensor> gradients = new ArrayList<>(loss.gradients(values));
        if (gradients.stream().allMatch(g -> g.op() instanceof Op.Constant(double v) && v == 0))
            throw new InvalidArgumentException("the loss depends on none of the " + parameters.size()
                    + " parameters of this optimizer, from '" + parameters.getFirst().name()
                    + "' on; compute it from their network, and not from values read out of it");
        for (int i = 0; i < values.size(); i++) gradients.set(i, penalized(gradients.get(i), wide(values.get(i))));
        List<Tensor> used = clipped(gradients);
        Clock clock = new Clock(this);
        Scalars scalars = new Scalars(loss.session(), clock);
        Map<Tensor, Tensor> assignments = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            Tensor value = values.get(i), p = wide(value), g = noisy(used.get(i), scalars);
            Tensor next = step(new Update(this, parameters.get(i), p, g, scalars, assignments));
            assignments.put(value, next.to(value.dtype()));
        }
        return new Built(gradients, assignments);
    }

    private static Tensor wide(Tensor t) {
        return t.to(t.dtype().arithmetic());
    }

    private Tensor penalized(Tensor gradient, Tensor p) {
        Tensor g = wide(gradient);
        if (l1 > 0) g = g.plus(p.sign().times(l1));
        return l2 > 0 ? g.plus(p.times(l2)) : g;
    }

    private static Tensor totalNorm(List<Tensor> gradients) {
        DType dtype = gradients.getFirst().dtype();
        return gradients.stream().map(g -> g.square().sum().to(dtype)).reduce(Tensor::plus).orElseThrow().sqrt();
    }

    private List<Tensor> clipped(List<Tensor> gradients) {
        List<Tensor> out = gradients;
        if (clipNorm < Double.POSITIVE_INFINITY) {
            Tensor scale = totalNorm(gradients).plus(1e-6).reciprocal().times(clipNorm).minimum(1);
            out = out.stream().map(g -> g.times(scale.to(g.dtype()))).toList();
        }
        return clipValue < Double.POSITIVE_INFINITY ? out.stream().map(g -> g.clamp(-clipValue, clipValue)).toList()
                : out;
    }

    private Tensor noisy(Tensor gradient, Scalars scalars) {
        return noise.map(n -> {
            Tensor deviation =
                    scalars.of("noise", gradient.dtype(), t -> Math.sqrt(n.eta / Math.pow(1.0 + t, n.gamma)));
            return gradient.plus(gradient.session().normal(n.rng, gradient.dtype(), gradient.shape()).times(deviation));
        }).orElse(gradient);
    }

    /** The next value of a parameter. */
    abstract Tensor step(Update update);

    /** The names of the tensors that this keeps for each parameter, under the present settings. */
    abstract Set<String> slots();

    /** The learning rate of step {@code t}, as it stands when the step runs. */
    final LongToDoubleFunction rate() {
        return this::rate;
    }

    long takeStep() {
        return steps++;
    }

    // ---- state

    /** How many steps were taken. */
    public final long steps() {
        return steps;
    }

    /** The tensor kept for {@code parameter} under {@code name}; made with {@code first} everywhere where there is none. */
    final Tensor slot(Parameter parameter, String name, double first) {
        Tensor p = parameter.value();
        return slots.computeIfAbsent(parameter.name() + "." + name,
                _ -> p.session().full(p.shape(), p.dtype().arithmetic(), first));
    }

    /** What is kept between steps, by the parameter's name and the slot's: {@code 0.weight.momentum}. Empty before the first minimization. */
    public final SequencedMap<String, Tensor> state() {
        return new LinkedHashMap<>(slots);
    }

    /** The step count and the numbers that a schedule and the noise keep, by name. */
    public final Map<String, Double> counters() {
        Map<String, Double> all = new TreeMap<>();
        all.put("steps", (double) steps);
        noise.ifPresent(n -> all.put("noise", (double) n.rng.position()));
        schedule.state().forEach((k, v) -> all.put(SCHEDULE + k, v));
        return all;
    }

    /**
     * Goes on from what {@link #state()} and {@link #counters()} told, on parameters that have values. Steps recorded
     * before follow it. Nothing is changed where it throws.
     *
     * @throws InvalidArgumentException where the state is that of another kind of optimizer or of other parameters, or
     *     the counters are those of another schedule
     * @throws ShapeMismatchException   where a tensor has not its parameter's shape
     */
    public final void restore(Map<String, Tensor> state, Map<String, Double> counters) {
        SequencedMap<String, Parameter> known = new LinkedHashMap<>();
        for (Parameter p : parameters) for (String s : slots()) known.put(p.name() + "." + s, p);
        state.forEach((key, t) -> {
            Parameter p = known.get(key);
            if (p == null) throw new InvalidArgumentException("restore: this optimizer does not keep '" + key
                    + "'; it keeps " + (known.isEmpty() ? "nothing" : String.join(", ", known.keySet())));
            if (!t.shape().equals(p.shape())) throw new ShapeMismatchException(
                    "restore: '" + key + "' has shape " + t.shape() + ", its parameter " + p.shape());
        });
        long taken = count(counters, "steps").orElseThrow(() -> new InvalidArgumentException(
                "restore: the counters " + counters.keySet() + " lack 'steps'"));
        OptionalLong drawn = count(counters, "noise");
        Map<String, Double> scheduled = new TreeMap<>();
        counters.forEach((k, v) -> {
            if (k.startsWith(SCHEDULE)) scheduled.put(k.substring(SCHEDULE.length()), v);
        });
        if (!state.isEmpty() || taken > 0) {
            for (String key : known.keySet()) if (!state.containsKey(key))
                throw new InvalidArgumentException("restore: the state lacks '" + key + "'");
        }
        allOrNothing(() -> {
            SequencedMap<Tensor, MemorySegment> writes = new LinkedHashMap<>();
            known.forEach((key, p) -> {
                if (!(state.get(key) instanceof Tensor from)) return;
                Tensor to = slot(p, key.substring(p.name().length() + 1), 0);
                writes.put(to, Elements.of(to.dtype(), from.toDoubles()));
            });
            schedule.restore(scheduled);
            writes.forEach((to, values) -> to.session().write(to, values));
            steps = taken;
            noise.ifPresent(n -> drawn.ifPresent(n.rng::seek));
            return writes;
        });
    }

    private static OptionalLong count(Map<String, Double> counters, String name) {
        Double value = counters.get(name);
        if (value == null) return OptionalLong.empty();
        if (!(value >= 0 && value == Math.rint(value) && value <= 0x1p53)) throw new InvalidArgumentException(
                "restore: the counter '" + name + "' is " + value + ", not a whole number of at least 0");
        return OptionalLong.of(value.longValue());
    }
}
