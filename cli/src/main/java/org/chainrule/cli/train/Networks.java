package org.chainrule.cli.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.chainrule.Rng;
import org.chainrule.Tensor;
import org.chainrule.cli.Activations;
import org.chainrule.cli.UsageException;
import org.chainrule.expr.Pointwise;
import org.chainrule.nn.BatchNorm;
import org.chainrule.nn.Dropout;
import org.chainrule.nn.Flatten;
import org.chainrule.nn.Initializer;
import org.chainrule.nn.Initializers;
import org.chainrule.nn.LayerNorm;
import org.chainrule.nn.Linear;
import org.chainrule.nn.Parameter;
import org.chainrule.nn.Residual;
import org.chainrule.nn.RmsNorm;
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

/** Networks, optimizers and schedules as settings name them. */
final class Networks {
    private static final Set<String> RECTIFIERS = Set.of("relu", "leaky_relu", "relu6", "elu", "gelu", "gelu_tanh",
            "silu", "mish", "softplus", "hardswish");
    private static final long NOISE_SEED_OFFSET = 0x4E4F_4953_45L;

    private Networks() {}

    /**
     * Fully connected layers over what {@code first} makes of the input: {@code inputs} features, hidden layers of
     * linear, normalization, activation and dropout, then {@code outputs} logits.
     */
    static Sequential mlp(Settings s, List<UnaryOperator<Tensor>> first, int inputs, int outputs) {
        List<UnaryOperator<Tensor>> layers = new ArrayList<>(first);
        layers.add(Flatten.of());
        int width = inputs;
        for (int next : widths(s, inputs, outputs)) {
            List<UnaryOperator<Tensor>> hidden = hidden(s, width, next);
            if (s.flag("residual") && next == width) layers.add(Residual.of(Sequential.of(hidden)));
            else layers.addAll(hidden);
            width = next;
        }
        if (s.flag("residual") && layers.stream().noneMatch(Residual.class::isInstance))
            throw UsageException.of("residual", "no hidden layer of " + s.text("model")
                    + " is as wide as what it takes in, which is what its input can be added to");
        layers.add(linear(s, width, outputs));
        return Sequential.of(layers);
    }

    /** Names of the layers with parameters, in their order; {@code first} are those of the layers before the network's. */
    static List<String> layerNames(Settings s, List<String> first, int inputs, int outputs) {
        List<String> names = new ArrayList<>(first);
        int hidden = widths(s, inputs, outputs).length;
        for (int i = 1; i <= hidden; i++) {
            names.add("linear " + i);
            if (!s.text("norm").equals("none")) names.add(s.text("norm") + " norm " + i);
        }
        names.add("linear " + (hidden + 1));
        return names;
    }

    /** Hidden widths; the whole network's, with input and output, is understood too. */
    static int[] widths(Settings s, int inputs, int outputs) {
        if (isWithoutHiddenLayers(s)) return new int[0];
        int[] all = Arrays.stream(s.text("model").split("-")).mapToInt(Integer::parseInt).toArray();
        boolean whole = all.length > 1 && all[0] == inputs && all[all.length - 1] == outputs;
        return whole ? Arrays.copyOfRange(all, 1, all.length - 1) : all;
    }

    static boolean isWithoutHiddenLayers(Settings s) {
        return s.text("model").isEmpty() || s.text("model").equals("none");
    }

    private static List<UnaryOperator<Tensor>> hidden(Settings s, int in, int out) {
        List<UnaryOperator<Tensor>> layers = new ArrayList<>();
        layers.add(linear(s, in, out));
        switch (s.text("norm")) {
            case "none" -> {}
            case "layer" -> layers.add(LayerNorm.of(out));
            case "rms" -> layers.add(RmsNorm.of(out));
            case "batch" -> layers.add(BatchNorm.of(out));
            default -> throw unknown("norm", s);
        }
        layers.add(activation(s));
        if (s.real("dropout") > 0) layers.add(Dropout.of(s.real("dropout")));
        return layers;
    }

    private static Pointwise activation(Settings s) {
        return Activations.named("activation", s.text("activation"));
    }

    private static Linear linear(Settings s, int in, int out) {
        if (s.text("init").equals("default")) return Linear.of(in, out);
        return Linear.of(in, out, initializer(s), Initializers.zeros());
    }

    private static Initializer initializer(Settings s) {
        String activation = activation(s).name();
        return switch (s.text("init")) {
            case "auto" -> activation.equals("selu") ? Initializers.lecunNormal()
                    : RECTIFIERS.contains(activation) ? Initializers.heUniform() : Initializers.glorotUniform();
            case "glorot" -> Initializers.glorotUniform();
            case "glorot-normal" -> Initializers.glorotNormal();
            case "he" -> Initializers.heUniform();
            case "he-normal" -> Initializers.heNormal();
            case "lecun" -> Initializers.lecunUniform();
            case "lecun-normal" -> Initializers.lecunNormal();
            case "orthogonal" -> Initializers.orthogonal();
            case "uniform" -> Initializers.uniform(-0.05, 0.05);
            case "normal" -> Initializers.normal(0, 0.05);
            default -> throw unknown("init", s);
        };
    }

    static Optimizer<?> optimizer(Settings s, List<Parameter> parameters) {
        double momentum = s.real("momentum");
        double decay = s.real("weight-decay");
        Optimizer<?> optimizer = switch (s.text("optimizer")) {
            case "sgd" -> Sgd.of(parameters).momentum(momentum).weightDecay(decay);
            case "nesterov" -> Sgd.of(parameters).momentum(momentum).nesterov().weightDecay(decay);
            case "adam" -> Adam.of(parameters).weightDecay(decay);
            case "adamw" -> AdamW.of(parameters).weightDecay(decay);
            case "amsgrad" -> Adam.of(parameters).amsgrad().weightDecay(decay);
            case "rmsprop" -> RmsProp.of(parameters).momentum(momentum).weightDecay(decay);
            case "rmsprop-centered" -> RmsProp.of(parameters).momentum(momentum).centered().weightDecay(decay);
            case "adagrad" -> Adagrad.of(parameters).weightDecay(decay);
            case "adadelta" -> Adadelta.of(parameters).weightDecay(decay);
            default -> throw unknown("optimizer", s);
        };
        optimizer.learningRate(s.real("lr"));
        optimizer.l1(s.real("l1"));
        optimizer.l2(s.real("l2"));
        if (s.real("clip") != 0) optimizer.clipNorm(s.real("clip"));
        if (s.real("noise") != 0) optimizer.noise(s.real("noise"), 0.55, Rng.of(s.seed() + NOISE_SEED_OFFSET));
        return optimizer;
    }

    /** The schedule for a run of {@code epochs} with {@code batches} steps each. */
    static Schedule schedule(Settings s, long epochs, long batches) {
        long total = Math.max(1, epochs * batches);
        return switch (s.text("schedule")) {
            case "constant" -> Schedule.constant();
            case "step" -> Schedule.step(Math.max(1, Math.ceilDiv(total, 3)), 0.1);
            case "exponential" -> Schedule.exponential(Math.pow(0.01, 1.0 / total));
            case "cosine" -> Schedule.warmupCosine(0, total, 0);
            case "warmup" -> Schedule.linearWarmup(Math.max(1, total / 20));
            case "warmup-cosine" -> Schedule.warmupCosine(total / 20, total, 0);
            case "onecycle" -> Schedule.oneCycle(Math.max(8, total));
            case "plateau" -> OnPlateau.of(0.5, 3, 0);
            default -> throw unknown("schedule", s);
        };
    }

    /** For a name that {@link SettingRules} lets pass and that nothing is made of. */
    private static IllegalStateException unknown(String setting, Settings s) {
        return new IllegalStateException("nothing is made of the " + setting + " '" + s.text(setting) + "'");
    }

    /** A readable sketch of {@code widths}: 64 → 128 → 10. */
    static String sketch(Settings s, int inputs, int outputs) {
        return IntStream.concat(IntStream.concat(IntStream.of(inputs),
                Arrays.stream(widths(s, inputs, outputs))), IntStream.of(outputs))
                .mapToObj(Integer::toString).reduce((a, b) -> a + " → " + b).orElse("");
    }
}
