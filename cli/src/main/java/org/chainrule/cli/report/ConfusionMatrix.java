package org.chainrule.cli.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.chainrule.InvalidArgumentException;

/**
 * How often each true class (row) was predicted as each class (column). Ratios whose denominator is zero (the
 * precision of a class never predicted, the recall of a class never seen) are NaN.
 */
public final class ConfusionMatrix {
    private final List<String> classes;
    private final long[][] counts;

    private ConfusionMatrix(List<String> classes, long[][] counts) {
        this.classes = classes;
        this.counts = counts;
    }

    /**
     * Counts the pairs {@code (truth[i], predicted[i])}, both indices into {@code classes}.
     *
     * @throws InvalidArgumentException if the lengths differ or an index names no class
     */
    public static ConfusionMatrix of(List<String> classes, int[] truth, int[] predicted) {
        if (truth.length != predicted.length) {
            throw new InvalidArgumentException("%d true labels but %d predictions"
                    .formatted(truth.length, predicted.length));
        }
        int n = classes.size();
        var counts = new long[n][n];
        for (int i = 0; i < truth.length; i++) {
            if (truth[i] < 0 || truth[i] >= n || predicted[i] < 0 || predicted[i] >= n) {
                throw new InvalidArgumentException("sample %d: label %d, predicted %d, but there are %d classes"
                        .formatted(i, truth[i], predicted[i], n));
            }
            counts[truth[i]][predicted[i]]++;
        }
        return new ConfusionMatrix(List.copyOf(classes), counts);
    }

    public List<String> classes() {
        return classes;
    }

    public long count(int truth, int predicted) {
        return counts[truth][predicted];
    }

    /** How many samples belong to class {@code c}. */
    public long support(int c) {
        long sum = 0;
        for (long count : counts[c]) {
            sum += count;
        }
        return sum;
    }

    /** How many samples were predicted as class {@code c}. */
    public long predicted(int c) {
        long sum = 0;
        for (long[] row : counts) {
            sum += row[c];
        }
        return sum;
    }

    public long total() {
        long sum = 0;
        for (int c = 0; c < classes.size(); c++) {
            sum += support(c);
        }
        return sum;
    }

    public long correct() {
        long sum = 0;
        for (int c = 0; c < classes.size(); c++) {
            sum += counts[c][c];
        }
        return sum;
    }

    /** correct / total. */
    public double accuracy() {
        return (double) correct() / total();
    }

    /** Of the samples predicted as {@code c}, the share that is {@code c}. */
    public double precision(int c) {
        return (double) counts[c][c] / predicted(c);
    }

    /** Of the samples that are {@code c}, the share predicted as {@code c}. */
    public double recall(int c) {
        return (double) counts[c][c] / support(c);
    }

    /** 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall. */
    public double f1(int c) {
        return 2.0 * counts[c][c] / (support(c) + predicted(c));
    }

    /** The mean of {@link #f1} over the classes for which it is defined. */
    public double macroF1() {
        double sum = 0;
        int defined = 0;
        for (int c = 0; c < classes.size(); c++) {
            double f1 = f1(c);
            if (!Double.isNaN(f1)) {
                sum += f1;
                defined++;
            }
        }
        return sum / defined;
    }

    /** A pair of different classes and how often the first was taken for the second. */
    public record Confusion(String truth, String predicted, long count) {}

    /** The {@code limit} most frequent confusions, the most frequent first. */
    public List<Confusion> worst(int limit) {
        var all = new ArrayList<Confusion>();
        for (int t = 0; t < classes.size(); t++) {
            for (int p = 0; p < classes.size(); p++) {
                if (t != p && counts[t][p] > 0) {
                    all.add(new Confusion(classes.get(t), classes.get(p), counts[t][p]));
                }
            }
        }
        all.sort(Comparator.comparingLong(Confusion::count).reversed());
        return List.copyOf(all.subList(0, Math.min(limit, all.size())));
    }
}
