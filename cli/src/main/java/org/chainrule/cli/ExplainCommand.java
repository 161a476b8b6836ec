package org.chainrule.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.cli.explain.Activation;
import org.chainrule.cli.explain.ChainRule;
import org.chainrule.cli.explain.Explanation;
import org.chainrule.cli.explain.Loss;
import org.chainrule.cli.explain.Setup;
import org.chainrule.cli.explain.Trace;
import org.chainrule.cli.report.Format;
import org.chainrule.cli.report.Part;
import org.chainrule.cli.report.Run;
import org.chainrule.cli.report.RunReport;
import org.chainrule.cli.report.Section;
import org.chainrule.expr.Ops;
import org.chainrule.expr.Pointwise;
import org.chainrule.harness.Suggestion;
import org.chainrule.io.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** One training step of a small network, in numbers and formulas. */
@Command(description = {
    "Tell one training step of a small network in numbers and formulas: forward values, loss, every gradient "
            + "with the local derivatives that the chain rule multiplies, and the update.",
    "Without options: XOR with 2 inputs, 2 hidden units and 1 output, sigmoid, mean squared error."})
final class ExplainCommand extends Subcommand {
    private static final int MOST_UNITS = 8, MOST_LAYERS = 5;

    @Mixin
    private final BackendOption backend = new BackendOption();

    @Option(names = "--layers", split = ",", paramLabel = "N", defaultValue = "2,2,1",
            description = "Inputs, then the units of each layer. Default: ${DEFAULT-VALUE}")
    private List<Integer> layers = List.of();

    @Option(names = "--activation", paramLabel = "OP", converter = ActivationName.class, defaultValue = "sigmoid",
            description = "What every unit applies: any op of one argument that the command \"ops\" lists. Default: ${DEFAULT-VALUE}")
    private Pointwise activation = Ops.SIGMOID;

    @Option(names = "--output", paramLabel = "OP", converter = ActivationName.class,
            description = "What the last layer applies, with --loss mse. Default: as --activation. "
                    + "With bce it is sigmoid, with ce softmax.")
    private Optional<Pointwise> output = Optional.empty();

    @Option(names = "--loss", paramLabel = "LOSS", converter = LossName.class, defaultValue = "mse",
            description = "mse: mean squared error; bce: binary cross-entropy; ce: cross-entropy of a class. Default: ${DEFAULT-VALUE}")
    private Loss loss = Loss.MSE;

    @Option(names = "--lr", paramLabel = "RATE", defaultValue = "0.5",
            description = "Learning rate η. Default: ${DEFAULT-VALUE}")
    private double learningRate;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42",
            description = "Where the random weights begin. Default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(names = "--sample", paramLabel = "X,…:Y,…",
            description = "Inputs and targets, as in 1,0:1; with ce the number of the right class, from 0, as in 0.5,-1:2. "
                    + "Default: 1,0:1, or random numbers where the layers are others.")
    private String sample = "";

    @Option(names = "--out", paramLabel = "FILE.html", description = "Write the explanation as a page too.")
    private Optional<Path> out = Optional.empty();

    ExplainCommand(Console console) {
        super(console);
    }

    @Override
    protected Result run() {
        validate();
        try (Session session = backend.open()) {
            Setup setup = setup(session);
            Trace trace = Trace.of(session, setup);
            List<Section> sections = Explanation.of(setup, trace);
            SectionText.lines(sections).forEach(console::line);
            console.line("");
            console.line("Computed on " + session.backend() + " (" + session.device().name() + "), seed " + seed + ".");
            out.ifPresent(file -> write(file, session, trace, sections));
            return Result.of(json(session, setup, trace));
        }
    }

    private void validate() {
        out.filter(file -> !file.toString().toLowerCase(Locale.ROOT).endsWith(".html")).ifPresent(file -> {
            throw usageError("--out: " + file + " does not end in .html, which is what is written");
        });
        if (layers.size() < 2 || layers.size() > MOST_LAYERS + 1)
            throw usageError("--layers: give the inputs and the units of 1 to " + MOST_LAYERS + " layers, as in 2,3,1");
        for (int n : layers) if (n < 1 || n > MOST_UNITS) throw usageError(
                "--layers: " + n + " is not from 1 to " + MOST_UNITS + "; an explanation of more would be no help");
        if (loss == Loss.CE && layers.getLast() < 2)
            throw usageError("--loss ce: cross-entropy needs an output for each class, at least 2");
        if (loss != Loss.MSE && output.isPresent())
            throw usageError("--output goes with --loss mse only; with bce it is sigmoid, with ce softmax");
        if (learningRate <= 0) throw usageError("--lr: " + learningRate + " is not above 0");
    }

    private Setup setup(Session session) {
        Rng rng = Rng.of(seed);
        List<double[][]> weights = new ArrayList<>();
        List<double[]> biases = new ArrayList<>();
        List<Activation> activations = new ArrayList<>();
        for (int l = 1; l < layers.size(); l++) {
            int in = layers.get(l - 1), units = layers.get(l);
            double[][] w = new double[in][];
            for (int i = 0; i < in; i++) w[i] = random(session, rng, units);
            weights.add(w);
            biases.add(random(session, rng, units));
            activations.add(l == layers.size() - 1 ? last() : new Activation.Elementwise(activation));
        }
        Sample s = sample.isEmpty() ? sample(session, rng) : sample();
        return new Setup(weights, biases, activations, loss, s.input, s.target, learningRate);
    }

    private Activation last() {
        return switch (loss) {
            case MSE -> new Activation.Elementwise(output.orElse(activation));
            case BCE -> new Activation.Elementwise(Ops.SIGMOID);
            case CE -> new Activation.Softmax();
        };
    }

    /** Uniform on [-1, 1), of two decimals so that one can follow with pencil and paper. */
    private static double[] random(Session session, Rng rng, int n) {
        Tensor u = session.uniform(rng, DType.F64, Shape.of(n));
        return Arrays.stream(u.toDoubles()).map(v -> Math.rint(200 * v - 100) / 100).toArray();
    }

    private record Sample(double[] input, double[] target) {}

    private Sample sample(Session session, Rng rng) {
        int in = layers.getFirst(), out = layers.getLast();
        if (in == 2 && out == 1) return new Sample(new double[] {1, 0}, new double[] {1});
        double[] input = random(session, rng, in), drawn = random(session, rng, out);
        return new Sample(input, switch (loss) {
            case MSE -> Arrays.stream(drawn).map(this::reachable).toArray();
            case BCE -> Arrays.stream(drawn).map(v -> v < 0 ? 0 : 1).toArray();
            case CE -> oneHot(0, out);
        });
    }

    /** {@code v} of [-1, 1), brought into what the last layer's activation makes of [-8, 8], to two decimals. */
    private double reachable(double v) {
        Pointwise op = output.orElse(activation);
        double[] range = IntStream.rangeClosed(-80, 80).mapToDouble(i -> op.eval(i / 10.0)).filter(Double::isFinite)
                .toArray();
        double low = Math.max(-1, Arrays.stream(range).min().orElse(-1));
        double high = Math.min(1, Arrays.stream(range).max().orElse(1));
        return Math.rint(100 * (low + (v + 1) / 2 * (high - low))) / 100;
    }

    private Sample sample() {
        int colon = sample.indexOf(':');
        if (colon < 0)
            throw usageError("--sample: '" + sample + "' has no colon between inputs and targets, as in 1,0:1");
        double[] input = numbers(sample.substring(0, colon)), target = numbers(sample.substring(colon + 1));
        if (input.length != layers.getFirst()) throw usageError(
                "--sample: " + input.length + " inputs are given, and the network has " + layers.getFirst());
        int outputs = layers.getLast();
        if (loss == Loss.CE) {
            if (target.length != 1 || target[0] != Math.rint(target[0]) || target[0] < 0 || target[0] >= outputs)
                throw usageError(
                        "--sample: with --loss ce one class from 0 to " + (outputs - 1) + " follows the colon");
            return new Sample(input, oneHot((int) target[0], outputs));
        }
        if (target.length != outputs) throw usageError(
                "--sample: " + target.length + " targets are given, and the network has " + outputs + " outputs");
        if (loss == Loss.BCE && Arrays.stream(target).anyMatch(t -> t < 0 || t > 1))
            throw usageError("--sample: with --loss bce targets are probabilities from 0 to 1");
        return new Sample(input, target);
    }

    private double[] numbers(String text) {
        List<String> parts = Arrays.asList(text.split(",", -1));
        double[] v = new double[parts.size()];
        for (int i = 0; i < v.length; i++) {
            try {
                v[i] = Double.parseDouble(parts.get(i));
            } catch (NumberFormatException e) {
                throw usageError("--sample: '" + parts.get(i) + "' is not a number");
            }
            if (!Double.isFinite(v[i])) throw usageError("--sample: " + parts.get(i) + " is not a finite number");
        }
        return v;
    }

    private static double[] oneHot(int c, int n) {
        double[] v = new double[n];
        v[c] = 1;
        return v;
    }

    private void write(Path file, Session session, Trace trace, List<Section> sections) {
        SequencedMap<String, String> settings = new LinkedHashMap<>();
        settings.put("layers", layers.stream().map(String::valueOf).collect(Collectors.joining(" → ")));
        settings.put("activation", activation.name());
        settings.put("loss", loss.description());
        settings.put("learning rate", Format.number(learningRate));
        settings.put("seed", Long.toString(seed));
        settings.put("backend", session.backend() + " (" + session.device().name() + ")");
        String verdict = "One step takes the loss from " + Format.number(trace.loss()) + " to "
                + Format.number(trace.lossAfter()) + ".";
        RunReport.write(new Run("One training step, step by step", verdict, new LinkedHashMap<>(), settings, Part.TEST,
                List.of(), List.of(), List.of(), sections), file);
        console.line("Written to " + file + ".");
    }

    private Json.Obj json(Session session, Setup setup, Trace trace) {
        List<Json> list = new ArrayList<>();
        for (int l = 0; l < setup.depth(); l++) {
            Trace.Layer t = trace.layers().get(l);
            list.add(new JsonObject().with("activation", setup.activations().get(l).name())
                    .with("input", Json.ofDoubles(t.input())).with("weights", matrix(t.weights()))
                    .with("bias", Json.ofDoubles(t.bias())).with("z", Json.ofDoubles(t.z()))
                    .with("a", Json.ofDoubles(t.output())).with("dL_da", Json.ofDoubles(t.toOutput()))
                    .with("dL_dz", Json.ofDoubles(t.toZ())).with("dL_dw", matrix(t.toWeights()))
                    .with("dL_db", Json.ofDoubles(t.toBias())).with("new_weights", matrix(t.newWeights()))
                    .with("new_bias", Json.ofDoubles(t.newBias())).build());
        }
        JsonObject json = new JsonObject();
        out.ifPresent(file -> json.with("report", file.toString()));
        return json.with("backend", session.backend()).with("device", session.device().name()).with("seed", seed)
                .with("learning_rate", learningRate)
                .with("loss_function", loss.label())
                .with("input", Json.ofDoubles(setup.input())).with("target", Json.ofDoubles(setup.target()))
                .with("loss", trace.loss())
                .with("loss_after", trace.lossAfter())
                .with("chain_rule_difference", ChainRule.of(setup, trace).difference(trace)).with("layers", list)
                .build();
    }

    private static Json matrix(double[][] m) {
        return new Json.Arr(Arrays.stream(m).<Json>map(Json::ofDoubles).toList());
    }

    private static final class ActivationName implements ITypeConverter<Pointwise> {
        @Override
        public Pointwise convert(String value) {
            return Activations.find(value).orElseThrow(() -> new TypeConversionException(Activations.refusal(value)));
        }
    }

    private static final class LossName implements ITypeConverter<Loss> {
        @Override
        public Loss convert(String value) {
            List<String> known = Arrays.stream(Loss.values()).map(Loss::label).toList();
            return Arrays.stream(Loss.values()).filter(l -> l.label().equalsIgnoreCase(value)).findFirst()
                    .orElseThrow(() -> new TypeConversionException("there is no loss '" + value + "'"
                            + Suggestion.among(value, known, String.join(", ", known))));
        }
    }
}
