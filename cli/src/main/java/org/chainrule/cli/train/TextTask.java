package org.chainrule.cli.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Rng;
import org.chainrule.cli.UsageException;
import org.chainrule.cli.report.Outcome;
import org.chainrule.cli.report.Part;
import org.chainrule.data.Text;
import org.chainrule.data.TextWindows;
import org.chainrule.data.TextWindows.Buffers;
import org.chainrule.data.Vocabulary;
import org.chainrule.nn.Sequential;
import org.chainrule.train.Evaluation;
import org.chainrule.train.Evaluator;
import org.chainrule.train.Feed;
import org.chainrule.train.Objective;

/** Text of which the next character is to be predicted; the parts follow each other, the test part is its end. */
record TextTask(String title, TextModel kind, int[] trainCodes, int[] validationCodes, int[] testCodes)
        implements Task<Buffers> {
    private static final int SAMPLE = 400;

    static TextTask load(Settings s, Optional<Path> file, Optional<Path> folder) {
        Path from = file
                .or(() -> folder.map(f -> f.resolve("tinyshakespeare").resolve("input.txt")).filter(Files::exists))
                .or(() -> folder.map(f -> f.resolve("input.txt")))
                .orElseThrow(
                        () -> new UsageException("train text: name the file, as in: train text book.txt"));
        String text = Text.read(from);
        Vocabulary vocabulary = Vocabulary.of(text);
        int[] codes = vocabulary.encode(text);
        int train = (int) Math.round(codes.length * (1 - s.real("test")));
        double part = s.real("validation");
        int learned = (int) Math.round(train * (1 - part));
        int window = s.positive("window");
        for (int length : part > 0 ? new int[] {learned, train - learned, codes.length - train}
                : new int[] {learned, codes.length - train}) {
            if (length <= window) throw new InvalidArgumentException(from + ": " + codes.length
                    + " characters are too few for parts of more than --window " + window + " characters each");
        }
        int[] trainCodes = Arrays.copyOf(codes, learned);
        String context = context(vocabulary.decode(trainCodes), window);
        return new TextTask(String.valueOf(from.getFileName()), new TextModel(s, vocabulary, context), trainCodes,
                Arrays.copyOfRange(codes, learned, train),
                Arrays.copyOfRange(codes, train, codes.length));
    }

    /** The {@code window} characters before the first paragraph, else the first line, that has as many before it; else the first. */
    private static String context(String text, int window) {
        int least = text.offsetByCodePoints(0, window);
        for (String end : List.of("\n\n", "\n")) {
            int at = text.indexOf(end, Math.max(0, least - end.length()));
            if (at < 0) continue;
            int until = at + end.length();
            return text.substring(text.offsetByCodePoints(until, -window), until);
        }
        return text.substring(0, least);
    }

    private Feed<Buffers> feed(int[] codes) {
        return Feed.of(new TextWindows(codes, kind.window()));
    }

    @Override
    public String reading() {
        return title + ": the next of " + kind.vocabulary().size() + " characters";
    }

    @Override
    public Feed<Buffers> train() {
        return feed(trainCodes);
    }

    @Override
    public Optional<Feed<Buffers>> validation() {
        return validationCodes.length == 0 ? Optional.empty() : Optional.of(feed(validationCodes));
    }

    @Override
    public Feed<Buffers> test() {
        return feed(testCodes);
    }

    @Override
    public Part judgedOn() {
        return Part.TEST;
    }

    @Override
    public Objective objective() {
        return Objective.classification(kind.settings().real("label-smoothing"));
    }

    @Override
    public Sequential model() {
        return kind.network();
    }

    @Override
    public List<String> layerNames() {
        return kind.layerNames();
    }

    @Override
    public Map<String, String> description() {
        return kind.toMetadata();
    }

    @Override
    public List<Outcome> outcomes(Evaluator<Buffers> test) {
        String prompt = kind.vocabulary().decode(Arrays.copyOf(testCodes, kind.window()));
        try (var writer = new TextWriter(test.session(), test.model(), kind)) {
            return List.of(new Outcome.Generation(prompt,
                    writer.write(prompt, SAMPLE, 0.8, Rng.of(kind.settings().seed()))));
        }
    }

    @Override
    public SequencedMap<String, Double> results(Evaluation evaluation, Evaluator<Buffers> test) {
        SequencedMap<String, Double> results = new LinkedHashMap<>();
        results.put("loss", evaluation.loss());
        results.put("accuracy", evaluation.metrics().getOrDefault(Objective.ACCURACY, Double.NaN));
        return results;
    }
}
