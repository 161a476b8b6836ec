package org.chainrule.cpu.nn;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
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
record GoldenTraining(Golden golden, Sequential net, Tensor x, Tensor y, Optimizer<?> optimizer) {
    /** The positions of the linear layers in the network. */
    private static final List<String> POSITIONS = List.of("0", "2", "4");

    static GoldenTraining of(Golden g, Session session, DType dtype) {
        UnaryOperator<Tensor> activation = switch (g.meta("attr.activation").split(" ")[0]) {
            case "relu" -> Ops.RELU;
            case "tanh" -> Ops.TANH;
            case "gelu" -> Ops.GELU;
            default -> fail(g.meta("attr.activation"));
        };
        Sequential net = Sequential.of(Linear.of(8, 16), activation, Linear.of(16, 12), activation, Linear.of(12, 4))
                .init(session, Rng.of(1), dtype);
        net.parameters().forEach(p -> p.write(g.doubles("init." + stored(p))));
        boolean classes = g.meta("attr.loss").startsWith("cross_entropy");
        Tensor x = session.full(g.shape("batch.x").without(0), dtype, 0),
                y = session.full(g.shape("batch.y").without(0), classes ? DType.I64 : dtype, 0);
        return new GoldenTraining(g, net, x, y, scheduled(optimizer(g, net.parameters()), g));
    }

    /** The name under which {@code p} was recorded. */
    static String stored(Parameter p) {
        String[] parts = p.name().split("\\.");
        return "fc" + (POSITIONS.indexOf(parts[0]) + 1) + "." + parts[1];
    }

    int steps() {
        return (int) golden.attribute("steps");
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
        double[] all = to.dtype() == DType.I64
                ? Arrays.stream(golden.file().tensor(from).toLongs()).asDoubleStream().toArray() : golden.doubles(from);
        to.session().write(to, Elements.of(to.dtype(), Arrays.copyOfRange(all, t * n, (t + 1) * n)));
    }

    private static Optimizer<?> optimizer(Golden g, List<Parameter> parameters) {
        double decay = g.attribute("weight_decay");
        return switch (g.meta("attr.optimizer")) {
            case "sgd" -> {
                Sgd o = Sgd.of(parameters).momentum(g.attribute("momentum")).dampening(g.attribute("dampening"))
                        .weightDecay(decay);
                yield g.flag("nesterov") ? o.nesterov() : o;
            }
            case "adam" -> {
                Adam o = Adam.of(parameters).betas(g.attribute("beta1"), g.attribute("beta2")).eps(g.attribute("eps"))
                        .weightDecay(decay);
                yield g.flag("amsgrad") ? o.amsgrad() : o;
            }
            case "adamw" -> {
                AdamW o = AdamW.of(parameters).betas(g.attribute("beta1"), g.attribute("beta2")).eps(g.attribute("eps"))
                        .weightDecay(decay);
                yield g.flag("amsgrad") ? o.amsgrad() : o;
            }
            case "rmsprop" -> {
                RmsProp o = RmsProp.of(parameters).alpha(g.attribute("alpha")).eps(g.attribute("eps"))
                        .momentum(g.attribute("momentum")).weightDecay(decay);
                yield g.flag("centered") ? o.centered() : o;
            }
            case "adagrad" -> Adagrad.of(parameters).rateDecay(g.attribute("lr_decay"))
                    .initialAccumulator(g.attribute("initial_accumulator_value")).eps(g.attribute("eps"))
                    .weightDecay(decay);
            case "adadelta" ->
                    Adadelta.of(parameters).rho(g.attribute("rho")).eps(g.attribute("eps")).weightDecay(decay);
            default -> fail(g.meta("attr.optimizer"));
        };
    }

    private static Optimizer<?> scheduled(Optimizer<?> optimizer, Golden g) {
        long steps = (long) g.attribute("steps");
        Schedule schedule = switch (g.meta("attr.lr_schedule")) {
            case "constant" -> Schedule.constant();
            case "step" -> Schedule.step(7, 0.5);
            case "exponential" -> Schedule.exponential(0.95);
            case "cosine" -> Schedule.cosine(steps, 1e-4);
            case "onecycle" -> Schedule.oneCycle(steps);
            case "warmup_cosine" -> Schedule.warmupCosine(4, steps, 0.1);
            default -> fail(g.meta("attr.lr_schedule"));
        };
        optimizer.learningRate(g.attribute("lr")).schedule(schedule);
        if (!g.meta("attr.clip_grad_norm").equals("none")) optimizer.clipNorm(g.attribute("clip_grad_norm"));
        return optimizer;
    }
}
