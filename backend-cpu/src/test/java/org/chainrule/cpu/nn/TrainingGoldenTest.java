package org.chainrule.cpu.nn;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Step;
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
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole trainings of small networks, step by step, against what PyTorch's optimizers made of them in double precision. */
class TrainingGoldenTest {
    private static final double CLOSE = 1e-10;
    /** The names of the linear layers' positions in the network. */
    private static final List<String> POSITIONS = List.of("0", "2", "4");

    static List<String> cases() {
        return Golden.cases("train", "mlp_");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void trainingFollowsPyTorch(String name) {
        Golden g = Golden.read("train", name);
        try (Session session = Session.open("reference")) {
            UnaryOperator<Tensor> activation = switch (g.meta("attr.activation").split(" ")[0]) {
                case "relu" -> Ops.RELU;
                case "tanh" -> Ops.TANH;
                case "gelu" -> Ops.GELU;
                default -> fail(g.meta("attr.activation"));
            };
            Sequential net =
                    Sequential.of(Linear.of(8, 16), activation, Linear.of(16, 12), activation, Linear.of(12, 4))
                            .init(session, Rng.of(1), DType.F64);
            net.parameters().forEach(p -> p.write(g.doubles("init." + stored(p))));
            boolean classes = g.meta("attr.loss").startsWith("cross_entropy");
            Tensor x = session.full(g.shape("batch.x").without(0), DType.F64, 0),
                    y = session.full(g.shape("batch.y").without(0), classes ? DType.I64 : DType.F64, 0);
            Optimizer<?> optimizer = scheduled(optimizer(g, net.parameters()), g);
            feed(g, x, y, 0);
            g.assertClose("step0.logits", net.apply(x).toDoubles(), CLOSE);
            List<Tensor> gradients =
                    loss(net, x, y, classes).gradients(net.parameters().stream().map(Parameter::value).toList());
            for (int i = 0; i < gradients.size(); i++)
                g.assertClose("step0.grad." + stored(net.parameters().get(i)), gradients.get(i).toDoubles(), CLOSE);

            Step step = session.stepOf(() -> optimizer.descend(loss(net, x, y, classes)).values());
            int steps = (int) g.attribute("steps");
            double[] loss = new double[steps], norm = new double[steps], rate = new double[steps];
            for (int t = 0; t < steps; t++) {
                feed(g, x, y, t);
                rate[t] = optimizer.currentRate();
                step.run();
                loss[t] = step.item();
                norm[t] = step.value(1).item();
                if (t == 0)
                    net.parameters().forEach(p -> g.assertClose("after1." + stored(p), p.value().toDoubles(), CLOSE));
            }
            g.assertClose("lr", rate, 1e-14);
            g.assertClose("loss", loss, CLOSE);
            g.assertClose("grad_norm", norm, CLOSE);
            net.parameters().forEach(p -> g.assertClose("final." + stored(p), p.value().toDoubles(), CLOSE));
            Assertions.assertEquals(steps, optimizer.steps());
        }
    }

    private static Tensor loss(Sequential net, Tensor x, Tensor y, boolean classes) {
        return classes ? Losses.crossEntropy(net.apply(x), y) : Losses.mse(net.apply(x), y);
    }

    private static void feed(Golden g, Tensor x, Tensor y, int t) {
        int nx = (int) x.shape().size(), ny = (int) y.shape().size();
        x.session().write(x, Arrays.copyOfRange(g.doubles("batch.x"), t * nx, (t + 1) * nx));
        if (y.dtype() == DType.I64)
            y.session().write(y, Arrays.copyOfRange(g.file().tensor("batch.y").toLongs(), t * ny, (t + 1) * ny));
        else y.session().write(y, Arrays.copyOfRange(g.doubles("batch.y"), t * ny, (t + 1) * ny));
    }

    private static String stored(Parameter p) {
        String[] parts = p.name().split("\\.");
        return "fc" + (POSITIONS.indexOf(parts[0]) + 1) + "." + parts[1];
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
