package org.chainrule.harness.training;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.UnsupportedOpException;
import org.chainrule.expr.Ops;
import org.chainrule.harness.golden.Attributes;
import org.chainrule.harness.golden.GoldenCase;
import org.chainrule.io.StoredTensor;
import org.chainrule.nn.Linear;
import org.chainrule.nn.Losses;
import org.chainrule.nn.Parameter;
import org.chainrule.nn.Sequential;
import org.chainrule.optim.Adadelta;
import org.chainrule.optim.Adagrad;
import org.chainrule.optim.Adam;
import org.chainrule.optim.AdamW;
import org.chainrule.optim.Optimizer;
import org.chainrule.optim.RmsProp;
import org.chainrule.optim.Schedule;
import org.chainrule.optim.Sgd;

/**
 * A recorded training of a small network, ready for its first step.
 *
 * @param x the batch that {@link #feed} writes
 * @param y its targets
 */
public record RecordedTraining(GoldenCase golden, Sequential net, Tensor x, Tensor y, Optimizer<?> optimizer) {
    /** Part of the greatest number by which two float64 computations of one training may differ. */
    static final double CLOSE = 1e-10;
    /**
     * The same for learning rates, whose formulas are the recorded ones: a cosine or power may be off by a unit in the last place, 2
     * units roundoff, on each side, and each of no more than 6 operations around it by one on each side.
     */
    private static final double CLOSE_RATE = 16 * 0x1p-53;
    /** The positions of the linear layers in the network. */
    private static final List<String> POSITIONS = List.of("0", "2", "4");

    /** The training that {@code g} records, on a device. @throws UnsupportedOpException where it is of a kind not known here */
    public static RecordedTraining of(GoldenCase g, Session session, DType dtype) {
        String model = text(g, "model");
        if (!model.startsWith("mlp 8-16-12-4")) throw unknown(g, "model", model);
        String function = text(g, "activation");
        UnaryOperator<Tensor> activation = switch (function.split(" ")[0]) {
            case "relu" -> Ops.RELU;
            case "tanh" -> Ops.TANH;
            case "gelu" -> Ops.GELU;
            default -> throw unknown(g, "activation", function);
        };
        Sequential net = Sequential.of(Linear.of(8, 16), activation, Linear.of(16, 12), activation, Linear.of(12, 4))
                .init(session, Rng.of(1), dtype);
        net.parameters().forEach(p -> p.write(g.stored("init." + stored(p)).toDoubles()));
        boolean classes = text(g, "loss").startsWith("cross_entropy");
        Tensor x = session.full(batch(g, "batch.x"), dtype, 0),
                y = session.full(batch(g, "batch.y"), classes ? DType.I64 : dtype, 0);
        return new RecordedTraining(g, net, x, y, scheduled(optimizer(g, net.parameters()), g));
    }

    private static Shape batch(GoldenCase g, String tensor) {
        return Shape.of(Arrays.stream(g.stored(tensor).shape()).skip(1).mapToInt(Math::toIntExact).toArray());
    }

    private static String text(GoldenCase g, String name) {
        return g.attributes().text(name).orElse("none");
    }

    private static UnsupportedOpException unknown(GoldenCase g, String what, String value) {
        return new UnsupportedOpException(
                "the recorded training " + g + " has the " + what + " '" + value + "', which the suite does not know");
    }

    /**
     * Trains in double precision: the logits and gradients of the first step, loss, norm and rate of each step, and the weights
     * after the first and the last step must be the recorded ones. Returns how many numbers were compared. Throws
     * {@link Deviation} at the first that is not.
     */
    public long follow() {
        Session session = x.session();
        feed(0);
        long compared = requireClose("step0.logits", logits().toDoubles());
        List<Tensor> gradients = loss().gradients(values());
        for (int i = 0; i < gradients.size(); i++)
            compared += requireClose("step0.grad." + stored(parameters().get(i)), gradients.get(i).toDoubles());
        int steps = steps();
        double[] loss = new double[steps], norm = new double[steps], rate = new double[steps];
        try (Step step = session.stepOf(() -> optimizer.descend(loss()).values())) {
            for (int t = 0; t < steps; t++) {
                feed(t);
                rate[t] = optimizer.currentRate();
                step.run();
                loss[t] = step.item();
                norm[t] = step.value(1).item();
                if (t == 0) compared += requireWeights("after1.");
            }
        }
        requireSteps();
        return compared + requireClose("lr", rate, CLOSE_RATE) + requireClose("loss", loss)
                + requireClose("grad_norm", norm) + requireWeights("final.");
    }

    private long requireWeights(String prefix) {
        long compared = 0;
        for (Parameter p : parameters()) compared += requireClose(prefix + stored(p), p.value().toDoubles());
        return compared;
    }

    void requireSteps() {
        if (optimizer.steps() != steps())
            throw new Deviation("the optimizer counts " + optimizer.steps() + " steps of " + steps());
    }

    long requireClose(String tensor, double[] got) {
        return requireClose(tensor, got, CLOSE);
    }

    private long requireClose(String tensor, double[] got, double relative) {
        golden.difference(tensor, got, relative).ifPresent(d -> {
            throw new Deviation(d);
        });
        return got.length;
    }

    /** The name under which {@code p} was recorded. */
    static String stored(Parameter p) {
        String[] parts = p.name().split("\\.");
        return "fc" + (POSITIONS.indexOf(parts[0]) + 1) + "." + parts[1];
    }

    int steps() {
        return golden.attributes().integer("steps");
    }

    List<Parameter> parameters() {
        return net.parameters();
    }

    List<Tensor> values() {
        return parameters().stream().map(Parameter::value).toList();
    }

    Tensor logits() {
        return net.apply(x);
    }

    Tensor loss() {
        return y.dtype() == DType.I64 ? Losses.crossEntropy(logits(), y) : Losses.mse(logits(), y);
    }

    /** Writes the batch of step {@code t}. */
    void feed(int t) {
        feed(x, "batch.x", t);
        feed(y, "batch.y", t);
    }

    private void feed(Tensor to, String from, int t) {
        int n = Math.toIntExact(to.shape().size());
        StoredTensor stored = golden.stored(from);
        double[] all = to.dtype() == DType.I64 ? Arrays.stream(stored.toLongs()).asDoubleStream().toArray()
                : stored.toDoubles();
        to.session().write(to, Elements.of(to.dtype(), Arrays.copyOfRange(all, t * n, (t + 1) * n)));
    }

    private static Optimizer<?> optimizer(GoldenCase g, List<Parameter> parameters) {
        Attributes a = g.attributes();
        double decay = a.number("weight_decay");
        return switch (text(g, "optimizer")) {
            case "sgd" -> {
                Sgd o = Sgd.of(parameters).momentum(a.number("momentum")).dampening(a.number("dampening"))
                        .weightDecay(decay);
                yield a.flag("nesterov") ? o.nesterov() : o;
            }
            case "adam" -> {
                Adam o = Adam.of(parameters).betas(a.number("beta1"), a.number("beta2")).eps(a.number("eps"))
                        .weightDecay(decay);
                yield a.flag("amsgrad") ? o.amsgrad() : o;
            }
            case "adamw" -> {
                AdamW o = AdamW.of(parameters).betas(a.number("beta1"), a.number("beta2")).eps(a.number("eps"))
                        .weightDecay(decay);
                yield a.flag("amsgrad") ? o.amsgrad() : o;
            }
            case "rmsprop" -> {
                RmsProp o = RmsProp.of(parameters).alpha(a.number("alpha")).eps(a.number("eps"))
                        .momentum(a.number("momentum")).weightDecay(decay);
                yield a.flag("centered") ? o.centered() : o;
            }
            case "adagrad" -> Adagrad.of(parameters).rateDecay(a.number("lr_decay"))
                    .initialAccumulator(a.number("initial_accumulator_value")).eps(a.number("eps"))
                    .weightDecay(decay);
            case "adadelta" ->
                    Adadelta.of(parameters).rho(a.number("rho")).eps(a.number("eps")).weightDecay(decay);
            default -> throw unknown(g, "optimizer", text(g, "optimizer"));
        };
    }

    private static Optimizer<?> scheduled(Optimizer<?> optimizer, GoldenCase g) {
        Attributes a = g.attributes();
        long steps = a.integer("steps");
        Schedule schedule = switch (text(g, "lr_schedule")) {
            case "constant" -> Schedule.constant();
            case "step" -> Schedule.step(7, 0.5);
            case "exponential" -> Schedule.exponential(0.95);
            case "cosine" -> Schedule.cosine(steps, 1e-4);
            case "onecycle" -> Schedule.oneCycle(steps);
            case "warmup_cosine" -> Schedule.warmupCosine(4, steps, 0.1);
            default -> throw unknown(g, "learning rate schedule", text(g, "lr_schedule"));
        };
        optimizer.learningRate(a.number("lr")).schedule(schedule);
        a.optionalNumber("clip_grad_norm").ifPresent(optimizer::clipNorm);
        return optimizer;
    }
}
