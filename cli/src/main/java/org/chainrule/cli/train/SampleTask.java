package org.chainrule.cli.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.chainrule.InvalidArgumentException;
import org.chainrule.cli.BundledData;
import org.chainrule.cli.UsageException;
import org.chainrule.cli.report.Outcome;
import org.chainrule.cli.report.Part;
import org.chainrule.data.Csv;
import org.chainrule.data.Csv.Header;
import org.chainrule.data.Dataset;
import org.chainrule.data.Dataset.Buffers;
import org.chainrule.data.Encoding;
import org.chainrule.data.Mnist;
import org.chainrule.data.Standardizer;
import org.chainrule.data.Table;
import org.chainrule.data.Table.Kind;
import org.chainrule.nn.Sequential;
import org.chainrule.train.Evaluation;
import org.chainrule.train.Evaluator;
import org.chainrule.train.Feed;
import org.chainrule.train.Objective;

/**
 * Samples with classes or with values to predict.
 *
 * @param reading how the data was read, to be told before training
 * @param columns what the columns of a table are made into; none for other data
 * @param standardizer of the features; none for pictures
 * @param targets of the values to predict; none for classes
 */
record SampleTask(Settings settings, String title, String reading, List<String> features, Optional<Columns> columns,
        Dataset trainData, Optional<Dataset> validationData, Dataset testData, Optional<Standardizer> standardizer,
        Optional<Standardizer> targets) implements Task<Buffers> {
    static SampleTask load(Settings s, Optional<Path> file, Optional<Path> folder) {
        String data = s.text("data");
        return switch (data) {
            case "xor" -> xor(s);
            case "mnist" -> images(s, "MNIST digits", Mnist.load(required(folder, data)));
            case "fashion" -> images(s, "Fashion-MNIST", Mnist.loadFashion(required(folder, data)));
            case "csv" -> csv(s, file.orElseThrow(() -> new UsageException(
                    "train csv: name the file, as in: train csv measures.csv --target COLUMN")));
            default -> bundled(s, BundledData.named(data).orElseThrow(() -> new InvalidArgumentException(
                    "there is no data set '" + data + "'; there are " + String.join(", ", Settings.dataSets()))));
        };
    }

    private static Path required(Optional<Path> folder, String data) {
        return folder.orElseThrow(() -> new UsageException("train " + data
                + ": name the folder with its four files, as in: train " + data + " --data FOLDER"));
    }

    private static SampleTask xor(Settings s) {
        var xor = Dataset.of(new float[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, new int[] {0, 1, 1, 0});
        return new SampleTask(s, "XOR", "XOR: 2 classes", List.of("a", "b"), Optional.empty(), xor, Optional.empty(),
                xor,
                Optional.empty(),
                Optional.empty());
    }

    private static SampleTask images(Settings s, String title, Mnist files) {
        return cut(s, title, title, List.of(), Optional.empty(), files.train(), files.test());
    }

    private static SampleTask bundled(Settings s, BundledData set) {
        var all = set.load();
        return split(s, set.label(), set.label(), set == BundledData.DIGITS ? List.of() : numbered(all.sampleSize()),
                Optional.empty(), all);
    }

    private static List<String> numbered(int count) {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= count; i++) names.add("feature " + i);
        return names;
    }

    private static SampleTask csv(Settings s, Path file) {
        Table table = Csv.read(file, s.flag("no-header") ? Header.ABSENT : Header.DETECT);
        String target = s.text("target").equals("last") ? table.lastName() : table.nameOf(s.text("target"));
        List<String> left = new ArrayList<>(List.of(target));
        for (String name : Columns.dropped(s)) left.add(table.nameOf(name));
        if (left.lastIndexOf(target) > 0) throw new InvalidArgumentException(file + ": --drop leaves out '" + target
                + "', which is the column to predict; name another by --target");
        Encoding encoding = Encoding.of(table, table.namesWithout(left.toArray(String[]::new)));
        Dataset all = table.dataset(target, kind(s), encoding);
        String header = table.header().isPresent() ? "its line " + table.header().getAsInt() + " names the columns"
                : "no line names the columns";
        boolean guessed = s.text("task").equals("auto") && all.targets() instanceof Dataset.Labels
                && table.column(target) instanceof Table.Numbers;
        return split(s, file.getFileName() + ": " + target, file.getFileName() + " (" + header + "): " + target
                + (guessed ? ", whole numbers (--task regress predicts them as a number)" : ""), encoding.names(),
                Optional.of(new Columns(encoding, target)), all);
    }

    private static Kind kind(Settings s) {
        return switch (s.text("task")) {
            case "classify" -> Kind.CLASSES;
            case "regress" -> Kind.NUMBERS;
            default -> Kind.DETECT;
        };
    }

    private static SampleTask split(Settings s, String title, String reading, List<String> features,
            Optional<Columns> columns, Dataset all) {
        double train = 1 - s.real("test");
        var parts = all.targets() instanceof Dataset.Labels ? all.splitStratified(train, s.seed())
                : all.split(train, s.seed());
        return cut(s, title, reading, features, columns, parts.train(), parts.test());
    }

    private static SampleTask cut(Settings s, String title, String source, List<String> features,
            Optional<Columns> columns, Dataset train, Dataset test) {
        train.requireFinite(title);
        test.requireFinite(title);
        if (train.targets() instanceof Dataset.Values && s.real("label-smoothing") > 0)
            throw UsageException.of("label-smoothing", "the target is a value, not a class");
        double part = s.real("validation");
        Optional<Dataset.Split> split = part > 0 ? Optional.of(train.split(1 - part, s.seed() + 1)) : Optional.empty();
        Dataset learned = split.map(Dataset.Split::train).orElse(train);
        Optional<Standardizer> standardizer = features.isEmpty() ? Optional.empty()
                : Optional.of(Standardizer.fit(learned));
        Optional<Standardizer> targets = switch (learned.targets()) {
            case Dataset.Labels _ -> Optional.empty();
            case Dataset.Values(float[] v, int width) ->
                    Optional.of(
                            Standardizer.fit(Dataset.ofValues(v, new int[] {width}, new float[v.length / width], 1)));
        };
        String reading = source + ": " + switch (learned.targets()) {
            case Dataset.Labels(var _, List<String> classes) -> classes.size() + " classes";
            case Dataset.Values _ -> "a number";
        };
        return new SampleTask(s, title, reading, features, columns, scaled(learned, standardizer, targets),
                split.map(p -> scaled(p.test(), standardizer, targets)), scaled(test, standardizer, targets),
                standardizer, targets);
    }

    private static Dataset scaled(Dataset raw, Optional<Standardizer> features, Optional<Standardizer> targets) {
        float[] x = features.map(f -> f.apply(raw.features())).orElse(raw.features());
        return switch (raw.targets()) {
            case Dataset.Labels(int[] labels, List<String> classes) ->
                    Dataset.ofClasses(x, raw.sampleShape(), labels, classes);
            case Dataset.Values(float[] v, int width) -> Dataset.ofValues(x, raw.sampleShape(),
                    targets.map(t -> t.apply(v)).orElse(v), width);
        };
    }

    @Override
    public Feed<Buffers> train() {
        return Feed.of(trainData);
    }

    @Override
    public Optional<Feed<Buffers>> validation() {
        return validationData.map(Feed::of);
    }

    @Override
    public Feed<Buffers> test() {
        return Feed.of(testData);
    }

    @Override
    public Part judgedOn() {
        return settings.text("data").equals("xor") ? Part.TRAINING : Part.TEST;
    }

    boolean classifies() {
        return trainData.targets() instanceof Dataset.Labels;
    }

    int outputs() {
        return switch (trainData.targets()) {
            case Dataset.Labels(var _, List<String> classes) -> classes.size();
            case Dataset.Values(var _, int width) -> width;
        };
    }

    @Override
    public Objective objective() {
        return classifies() ? Objective.classification(settings.real("label-smoothing")) : Objective.regression();
    }

    @Override
    public Sequential model() {
        return Networks.mlp(settings, List.of(), trainData.sampleSize(), outputs());
    }

    @Override
    public List<String> layerNames() {
        return Networks.layerNames(settings, List.of(), trainData.sampleSize(), outputs());
    }

    @Override
    public Map<String, String> description() {
        return new SampleModel(settings, trainData.sampleShape(), features, columns,
                classifies() ? trainData.classes() : List.of(), standardizer, targets).toMetadata();
    }

    @Override
    public List<Outcome> outcomes(Evaluator<Buffers> test) {
        return classifies() ? List.of(Judgement.classification(this, test.outputs()))
                : List.of(Judgement.regression(this, test.outputs()));
    }

    @Override
    public SequencedMap<String, Double> results(Evaluation evaluation, Evaluator<Buffers> test) {
        SequencedMap<String, Double> results = new LinkedHashMap<>();
        results.put("loss", evaluation.loss());
        if (classifies()) {
            results.put("accuracy", evaluation.metrics().getOrDefault(Objective.ACCURACY, Double.NaN));
        } else {
            float[] y = testData.values();
            double mean = 0, total = 0;
            for (float v : y) mean += v / y.length;
            for (float v : y) total += (v - mean) * (v - mean) / y.length;
            results.put("r2", 1 - evaluation.loss() / total);
            double scale = targets.map(t -> Arrays.stream(t.std()).average().orElse(1)).orElse(1.0);
            results.put("absolute_error",
                    scale * evaluation.metrics().getOrDefault(Objective.ABSOLUTE_ERROR, Double.NaN));
        }
        return results;
    }
}
