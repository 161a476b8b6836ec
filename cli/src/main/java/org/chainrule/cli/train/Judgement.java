package org.chainrule.cli.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.chainrule.cli.report.ConfusionMatrix;
import org.chainrule.cli.report.GrayImage;
import org.chainrule.cli.report.Input;
import org.chainrule.cli.report.Mistake;
import org.chainrule.cli.report.Outcome;
import org.chainrule.data.Dataset;

/** A model's outputs for held-out samples, as a report shows them. */
final class Judgement {
    private static final int MISTAKES = 24;
    private static final int POINTS = 2000;

    private Judgement() {}

    static Outcome classification(SampleTask task, float[] logits) {
        Dataset data = task.testData();
        List<String> classes = data.classes();
        int[] truth = data.labels(), predicted = new int[truth.length];
        List<Mistake> mistakes = new ArrayList<>();
        for (int i = 0; i < truth.length; i++) {
            double[] p = probabilities(logits, i, classes.size());
            predicted[i] = greatest(p);
            if (predicted[i] != truth[i]) {
                mistakes.add(
                        new Mistake(input(task, i), classes.get(truth[i]), classes.get(predicted[i]), p[predicted[i]]));
            }
        }
        mistakes.sort(Comparator.comparingDouble(Mistake::confidence).reversed());
        return new Outcome.Classification(ConfusionMatrix.of(classes, truth, predicted),
                mistakes.subList(0, Math.min(MISTAKES, mistakes.size())));
    }

    /** Softmax of row {@code row}. */
    static double[] probabilities(float[] logits, int row, int classes) {
        double max = Double.NEGATIVE_INFINITY, sum = 0;
        double[] p = new double[classes];
        for (int c = 0; c < classes; c++) max = Math.max(max, logits[row * classes + c]);
        for (int c = 0; c < classes; c++) {
            p[c] = Math.exp(logits[row * classes + c] - max);
            sum += p[c];
        }
        for (int c = 0; c < classes; c++) p[c] /= sum;
        return p;
    }

    /** The index of the first greatest. */
    static int greatest(double[] p) {
        int best = 0;
        for (int c = 1; c < p.length; c++) if (p[c] > p[best]) best = c;
        return best;
    }

    private static Input input(SampleTask task, int sample) {
        Dataset data = task.testData();
        int size = data.sampleSize();
        float[] values = new float[size];
        System.arraycopy(data.features(), sample * size, values, 0, size);
        if (task.features().isEmpty()) return GrayImage.scaled(data.sampleShape()[2], values);
        SequencedMap<String, Double> named = new LinkedHashMap<>();
        for (int j = 0; j < size; j++) {
            int column = j;
            double raw = task.standardizer().map(s -> values[column] * s.std()[column] + s.mean()[column])
                    .orElse((double) values[column]);
            named.put(task.features().get(j), raw);
        }
        return new Input.Features(named);
    }

    static Outcome regression(SampleTask task, float[] outputs) {
        float[] truth = task.testData().values();
        var targets = task.targets().orElseThrow();
        List<Outcome.Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < Math.min(POINTS, truth.length); i++) {
            predictions.add(new Outcome.Prediction(original(truth[i], targets), original(outputs[i], targets)));
        }
        return new Outcome.Regression(task.title(), predictions);
    }

    private static double original(double standardized, org.chainrule.data.Standardizer targets) {
        return standardized * targets.std()[0] + targets.mean()[0];
    }
}
