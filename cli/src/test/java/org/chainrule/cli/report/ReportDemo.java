package org.chainrule.cli.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.SequencedMap;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** Made-up runs of every kind, for tests and to look at: {@code main} writes one report each into a folder. */
public final class ReportDemo {
    private ReportDemo() {}

    public static void main(String[] arguments) {
        runs().forEach((name, run) -> {
            var file = Path.of(arguments[0], name + ".html");
            RunReport.write(run, file);
            System.out.println(file);
        });
    }

    static SequencedMap<String, Run> runs() {
        var runs = new LinkedHashMap<String, Run>();
        runs.put("digits", digits());
        runs.put("deep", deep());
        runs.put("exploding", exploding());
        runs.put("one-epoch", oneEpoch());
        runs.put("iris", iris());
        runs.put("regression", regression());
        runs.put("text", text());
        runs.put("many-classes", manyClasses());
        runs.put("nothing",
                new Run("nothing", "No epoch was run.", new LinkedHashMap<>(), new LinkedHashMap<>(), Part.VALIDATION,
                        List.of(), List.of(),
                        List.of(), List.of()));
        return runs;
    }

    static Run digits() {
        var random = new Random(7);
        var layers = List.of("conv1", "conv2", "linear1", "linear2");
        var epochs = epochs(40, layers.size(), (e, _) -> new Epoch(e,
                2.2 * Math.exp(-e / 5.0) + 0.012 + noise(random, .008),
                OptionalDouble.of(2.1 * Math.exp(-e / 4.6) + 0.064 + 0.0011 * Math.max(0, e - 18) + noise(random, .01)),
                OptionalDouble
                        .of(Math.min(353, Math.round(359 * (0.983 - 0.7 * Math.exp(-e / 3.2) + noise(random, .003))))
                                / 359.0),
                0.01 * 0.5 * (1 + Math.cos(Math.PI * (e - 1) / 39)), 0.047, 30_300 + 900 * random.nextGaussian(),
                norms(random, e, 1.4, 0.9, 0.7, 1.9)));
        return new Run("digits", "98.1 % of 359 held-out samples right after 40 epochs in 1.9 s on cpu.",
                new LinkedHashMap<>(),
                settings("conv(1→8) · relu · pool · conv(8→16) · relu · pool · linear(64→10)", "1,898", "adam"),
                Part.VALIDATION, layers,
                epochs,
                List.of(new Outcome.Classification(confusion(names(10), 359, 0.035, random), digitMistakes(random))),
                List.of(new Section("The forward pass of one sample", List.of(
                        new Section.Lines(List.of("h = relu(W₁·x + b₁)", "z = W₂·h + b₂",
                                "p = softmax(z),   pᵢ = exp(zᵢ) / Σⱼ exp(zⱼ)")),
                        new Section.Numbers("logits and probabilities of the first three classes", List.of("z", "p"),
                                List.of("0", "1", "2"),
                                List.of(List.of(-1.25, 4.5, 0.31), List.of(0.00313, 0.982, 0.0149))))),
                        new Section("The loss and its gradient", List.of(
                                new Section.Lines(
                                        List.of("L = −log p[y] = −log 0.982 = 0.01816", "∂L/∂zᵢ = pᵢ − [i = y]"))))));
    }

    private static Run deep() {
        var random = new Random(3);
        var layers = IntStream.rangeClosed(1, 16).mapToObj(l -> "block%02d.linear".formatted(l)).toList();
        var epochs = epochs(150, 16, (e, _) -> new Epoch(e, 0.9 * Math.exp(-e / 60.0) + 0.2 + noise(random, .01),
                e % 5 == 0 ? OptionalDouble.of(0.9 * Math.exp(-e / 55.0) + 0.24) : OptionalDouble.empty(),
                OptionalDouble.empty(), 0.001, 0.4, 12_000, IntStream.rangeClosed(1, 16)
                        .mapToObj(l -> Math.exp(-(16 - l) * 0.72 - e / 200.0 + noise(random, .3))).toList()));
        return new Run("deep sigmoid stack", "Loss 0.27 after 150 epochs in 60 s on cpu.",
                new LinkedHashMap<>(), settings("16 × (linear(64→64) · sigmoid)", "66,560", "sgd"), Part.VALIDATION,
                layers, epochs, List.of(), List.of());
    }

    private static Run exploding() {
        var random = new Random(5);
        var layers = List.of("linear1", "linear2");
        var epochs = epochs(20, 2, (e, _) -> {
            double loss = e < 6 ? 1.5 - 0.2 * e : e < 12 ? Math.pow(30, e - 5) : Double.NaN;
            double norm = e < 12 ? Math.pow(10, e - 5.0) + 1 : e == 12 ? Double.POSITIVE_INFINITY : Double.NaN;
            return new Epoch(e, loss, OptionalDouble.of(e == 12 ? Double.POSITIVE_INFINITY : loss * 1.1),
                    OptionalDouble.empty(), 0.5, 0.02, 50_000 + noise(random, 10), List.of(norm, norm / 3));
        });
        return new Run("wine, too bold",
                "The loss stopped being a finite number in epoch 12; try a smaller learning rate.",
                new LinkedHashMap<>(), settings("linear(13→32) · relu · linear(32→1)", "481", "sgd"), Part.VALIDATION,
                layers, epochs, List.of(), List.of());
    }

    private static Run oneEpoch() {
        return new Run("one epoch, no validation", "Training loss 0.69 after one epoch.",
                new LinkedHashMap<>(), settings("linear(2→1)", "3", "sgd"), Part.VALIDATION, List.of("linear"),
                List.of(new Epoch(1, 0.69, OptionalDouble.empty(), OptionalDouble.empty(), 0.1, 0.01, 400,
                        List.of(0.35))),
                List.of(), List.of());
    }

    private static Run iris() {
        var random = new Random(2);
        var names = List.of("setosa", "versicolor", "virginica");
        var features = new LinkedHashMap<String, Double>();
        features.put("sepal length (cm)", 6.0);
        features.put("sepal width (cm)", 2.7);
        features.put("petal length (cm)", 5.1);
        features.put("petal width (cm)", 1.6);
        var epochs = epochs(100, 2, (e, _) -> new Epoch(e, Math.exp(-e / 20.0) + 0.05 + noise(random, .005),
                OptionalDouble.of(Math.exp(-e / 20.0) + 0.07),
                OptionalDouble.of(Math.round(30 * (0.967 - 0.6 * Math.exp(-e / 12.0))) / 30.0),
                0.05, 0.001, 100_000, norms(random, e, 1, 0.4)));
        return new Run("iris", "96.7 % of 30 held-out samples right after 100 epochs in 0.1 s on cpu.",
                new LinkedHashMap<>(), settings("linear(4→16) · tanh · linear(16→3)", "131", "adam"), Part.VALIDATION,
                List.of("linear1", "linear2"), epochs,
                List.of(new Outcome.Classification(confusion(names, 30, 0.05, random), List.of(
                        new Mistake(new Input.Features(features), "versicolor", "virginica", 0.81)))),
                List.of());
    }

    private static Run regression() {
        var random = new Random(4);
        var epochs = epochs(60, 2, (e, _) -> new Epoch(e, 80 * Math.exp(-e / 9.0) + 9 + noise(random, .4),
                OptionalDouble.of(80 * Math.exp(-e / 9.0) + 11), OptionalDouble.empty(), 0.01, 0.004, 90_000,
                norms(random, e, 20, 7)));
        var predictions = IntStream.range(0, 300).mapToObj(_ -> {
            double truth = 22 + 9 * random.nextGaussian();
            return new Outcome.Prediction(truth, truth * 0.9 + 2 + 3 * random.nextGaussian());
        }).toList();
        return new Run("house prices",
                "Typical error 3.2 thousand on 300 held-out samples after 60 epochs in 0.2 s on cpu.",
                new LinkedHashMap<>(), settings("linear(13→32) · relu · linear(32→1)", "481", "adam"), Part.VALIDATION,
                List.of("linear1", "linear2"), epochs,
                List.of(new Outcome.Regression("price (thousands)", predictions)), List.of());
    }

    private static Run text() {
        var random = new Random(6);
        var epochs = epochs(10, 3,
                (e, _) -> new Epoch(e, 3.2 * Math.exp(-e / 3.0) + 1.35,
                        OptionalDouble.of(3.1 * Math.exp(-e / 3.0) + 1.52),
                        OptionalDouble.empty(), e < 3 ? 1e-3 * e / 3 : 1e-3 * Math.pow(0.7, e - 3),
                        62 + noise(random, 2), 8_100, norms(random, e, 0.6, 0.4, 0.9)));
        return new Run("tinyshakespeare", "1.63 nats per character after 10 epochs in 10 min 20 s on opencl:0.",
                new LinkedHashMap<>(),
                settings("embedding(65→128) · 4 × transformer(128, 4 heads) · linear(128→65)", "812,353", "adamw"),
                Part.VALIDATION,
                List.of("embedding", "attention", "head"), epochs, List.of(new Outcome.Generation("ROMEO:", """

                        What say you, that the morning of the world
                        Should stand upon the sorrow of my tongue?
                        I have no ears to hear thee, gentle nurse,
                        And yet the night is <young> & full of "stars".

                        JULIET:
                        Good my lord, the time is not so long.
                        """)), List.of());
    }

    private static Run manyClasses() {
        var random = new Random(8);
        return new Run("letters", "83 % of 3,000 held-out samples right after one epoch.", new LinkedHashMap<>(),
                new LinkedHashMap<>(), Part.VALIDATION,
                List.of(),
                List.of(), List.of(new Outcome.Classification(confusion(names(40), 3000, 0.17, random), List.of())),
                List.of());
    }

    private static List<Epoch> epochs(int count, int layers, BiFunction<Integer, Integer, Epoch> epoch) {
        return IntStream.rangeClosed(1, count).mapToObj(e -> epoch.apply(e, layers)).toList();
    }

    private static List<Double> norms(Random random, int epoch, double... scales) {
        var norms = new ArrayList<Double>();
        for (double scale : scales) {
            norms.add(scale * (0.15 + Math.exp(-epoch / 6.0)) * Math.exp(noise(random, .18)));
        }
        return norms;
    }

    private static double noise(Random random, double size) {
        return size * random.nextGaussian();
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(c -> count > 10 ? "class " + c : Integer.toString(c)).toList();
    }

    private static SequencedMap<String, String> settings(String model, String parameters, String optimizer) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("model", model);
        settings.put("parameters", parameters);
        settings.put("optimizer", optimizer);
        settings.put("learning rate", "0.01, cosine");
        settings.put("batch", "32");
        settings.put("seed", "42");
        settings.put("backend", "cpu (8 lanes)");
        settings.put("device", "AMD EPYC 7R13, 2 cores");
        settings.put("java", "25.0.1 Temurin");
        return settings;
    }

    private static ConfusionMatrix confusion(List<String> names, int samples, double error, Random random) {
        var truth = new int[samples];
        var predicted = new int[samples];
        for (int i = 0; i < samples; i++) {
            truth[i] = i % names.size();
            predicted[i] = random.nextDouble() < error ? random.nextInt(names.size()) : truth[i];
        }
        return ConfusionMatrix.of(names, truth, predicted);
    }

    private static List<Mistake> digitMistakes(Random random) {
        var mistakes = new ArrayList<Mistake>();
        var pairs = List.of("94", "49", "38", "85", "71", "17", "63", "56", "90", "28", "53", "32");
        for (int i = 0; i < pairs.size(); i++) {
            var pair = pairs.get(i);
            mistakes.add(new Mistake(digit(pair.substring(0, 1), random), pair.substring(0, 1), pair.substring(1),
                    0.98 - 0.04 * i));
        }
        return mistakes;
    }

    private static GrayImage digit(String digit, Random random) {
        int size = 16;
        var image = new BufferedImage(size, size, BufferedImage.TYPE_BYTE_GRAY);
        var pen = image.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setTransform(AffineTransform.getRotateInstance(noise(random, .2), size / 2.0, size / 2.0));
        pen.setColor(Color.WHITE);
        pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
        pen.drawString(digit, 4 + random.nextInt(2), 13);
        var pixels = new float[size * size];
        image.getRaster().getPixels(0, 0, size, size, pixels);
        return GrayImage.scaled(size, pixels);
    }
}
