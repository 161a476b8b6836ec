package org.chainrule.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.chainrule.InvalidArgumentException;
import org.chainrule.NonFiniteException;
import org.chainrule.Shuffle;

/**
 * Samples of equal shape in memory, each with a class label or with real target values. Arrays given are kept, not
 * copied, and those handed out are the ones kept: change neither.
 */
public final class Dataset implements Samples<Dataset.Buffers> {
    private final float[] features;
    private final int[] sampleShape;
    private final int sampleSize;
    private final Targets targets;
    private final int size;

    /** What is to be learned. */
    public sealed interface Targets {}

    /** @param labels one index into {@code classes} per sample */
    public record Labels(int[] labels, List<String> classes) implements Targets {}

    /** @param values {@code width} numbers per sample, row-major */
    public record Values(float[] values, int width) implements Targets {}

    /**
     * Batch buffers of a dataset.
     *
     * @param features [batch × sample shape]
     * @param labels [batch] class indices; empty for regression
     * @param values [batch × width] target values; empty for classification
     */
    public record Buffers(float[] features, int[] labels, float[] values) {}

    /** Two parts of a dataset. */
    public record Split(Dataset train, Dataset test) {}

    private Dataset(float[] features, int[] sampleShape, Targets targets) {
        this.features = features;
        this.sampleShape = sampleShape.clone();
        this.targets = targets;
        long product = 1;
        for (int extent : sampleShape) {
            product = extent < 1 ? 0 : Math.min(product * extent, Integer.MAX_VALUE);
        }
        if (product < 1 || features.length % product != 0) {
            throw new InvalidArgumentException(features.length + " features do not make whole samples of shape "
                    + Arrays.toString(sampleShape));
        }
        this.sampleSize = (int) product;
        this.size = features.length / sampleSize;
        requireMatching();
    }

    private void requireMatching() {
        switch (targets) {
            case Labels(var labels, var classes) -> {
                requireCount(labels.length, "labels");
                for (int i = 0; i < labels.length; i++) {
                    if (labels[i] < 0 || labels[i] >= classes.size()) {
                        throw new InvalidArgumentException("label " + labels[i] + " of sample " + i + " is not in 0 … "
                                + (classes.size() - 1) + ", the indices of the classes " + classes);
                    }
                }
            }
            case Values(var values, var width) -> {
                if (width < 1 || values.length % width != 0) {
                    throw new InvalidArgumentException(
                            values.length + " target values do not make whole rows of " + width);
                }
                requireCount(values.length / width, "target rows");
            }
        }
    }

    private void requireCount(int found, String what) {
        if (found != size) {
            throw new InvalidArgumentException(size + " samples need as many " + what + ", got " + found);
        }
    }

    /**
     * Samples with class labels.
     *
     * @param features row-major [n × sampleShape]
     * @throws InvalidArgumentException if counts do not match or a label is no index into {@code classes}
     */
    public static Dataset ofClasses(float[] features, int[] sampleShape, int[] labels, List<String> classes) {
        return new Dataset(features, sampleShape, new Labels(labels, List.copyOf(classes)));
    }

    /**
     * Samples with {@code width} target values each.
     *
     * @param features row-major [n × sampleShape]
     * @param values row-major [n × width]
     * @throws InvalidArgumentException if counts do not match
     */
    public static Dataset ofValues(float[] features, int[] sampleShape, float[] values, int width) {
        return new Dataset(features, sampleShape, new Values(values, width));
    }

    /** Rows with class labels 0, 1, …, named by their numbers. @throws InvalidArgumentException if rows differ in length */
    public static Dataset of(float[][] rows, int[] labels) {
        int classes = Arrays.stream(labels).max().orElse(-1) + 1;
        return ofClasses(flat(rows), new int[] {width(rows)}, labels,
                IntStream.range(0, classes).mapToObj(Integer::toString).toList());
    }

    /** Rows with rows of target values. @throws InvalidArgumentException if rows differ in length */
    public static Dataset of(float[][] rows, float[][] values) {
        return ofValues(flat(rows), new int[] {width(rows)}, flat(values), width(values));
    }

    private static int width(float[][] rows) {
        return rows.length == 0 ? 1 : rows[0].length;
    }

    private static float[] flat(float[][] rows) {
        int width = width(rows);
        float[] out = new float[Math.multiplyExact(rows.length, width)];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != width) {
                throw new InvalidArgumentException(
                        "row " + i + " has " + rows[i].length + " values, row 0 has " + width);
            }
            System.arraycopy(rows[i], 0, out, i * width, width);
        }
        return out;
    }

    @Override
    public int size() {
        return size;
    }

    /** The shape of one sample. */
    public int[] sampleShape() {
        return sampleShape.clone();
    }

    /** The number of values in one sample: the product of its shape. */
    public int sampleSize() {
        return sampleSize;
    }

    /** All features, row-major [size × sample shape]. */
    public float[] features() {
        return features;
    }

    public Targets targets() {
        return targets;
    }

    /** The class index of each sample. @throws InvalidArgumentException for a regression dataset */
    public int[] labels() {
        return asLabels().labels;
    }

    /** The names of the classes. @throws InvalidArgumentException for a regression dataset */
    public List<String> classes() {
        return asLabels().classes;
    }

    private Labels asLabels() {
        return switch (targets) {
            case Labels labels -> labels;
            case Values _ -> throw new InvalidArgumentException("this dataset has real target values, not classes");
        };
    }

    /** The target values, row-major [size × width]. @throws InvalidArgumentException for a classification dataset */
    public float[] values() {
        return switch (targets) {
            case Values(var values, var _) -> values;
            case Labels _ -> throw new InvalidArgumentException("this dataset has classes, not real target values");
        };
    }

    /** The samples at {@code indices}, in that order. @throws InvalidArgumentException for an index that does not exist */
    public Dataset subset(int[] indices) {
        for (int index : indices) {
            if (index < 0 || index >= size) {
                throw new InvalidArgumentException("sample " + index + " does not exist; there are " + size);
            }
        }
        Buffers part = buffers(indices.length);
        fill(part, indices, 0, indices.length);
        return new Dataset(part.features, sampleShape, switch (targets) {
            case Labels(var _, var classes) -> new Labels(part.labels, classes);
            case Values(var _, var width) -> new Values(part.values, width);
        });
    }

    /**
     * A random split: {@code round(fraction * size)} samples to train on, the others to test.
     *
     * @throws InvalidArgumentException if either part would be empty
     */
    public Split split(double fraction, long seed) {
        int[] order = Shuffle.permutation(size, seed, 0);
        int count = trainCount(fraction);
        return new Split(subset(Arrays.copyOf(order, count)), subset(Arrays.copyOfRange(order, count, size)));
    }

    /**
     * A random split in which each class has its share of both parts, to within one sample.
     *
     * @throws InvalidArgumentException if either part would be empty, or for a regression dataset
     */
    public Split splitStratified(double fraction, long seed) {
        int[] labels = labels();
        int[] order = Shuffle.permutation(size, seed, 0);
        trainCount(fraction);
        boolean[] train = new boolean[size];
        int seen = 0;
        for (int label = 0; label < classes().size(); label++) {
            for (int sample : order) {
                if (labels[sample] == label) {
                    train[sample] = Math.round((seen + 1) * fraction) > Math.round(seen * fraction);
                    seen++;
                }
            }
        }
        return new Split(subset(Arrays.stream(order).filter(i -> train[i]).toArray()),
                subset(Arrays.stream(order).filter(i -> !train[i]).toArray()));
    }

    private int trainCount(double fraction) {
        long count = fraction > 0 && fraction < 1 ? Math.round(fraction * size) : 0;
        if (count < 1 || count >= size) {
            throw new InvalidArgumentException(size + " samples are too few to be split with " + fraction
                    + " of them in one part: each part needs at least one; give more samples or another fraction between 0 and 1");
        }
        return (int) count;
    }

    /** The dataset with every feature multiplied by {@code factor}. */
    public Dataset scaled(double factor) {
        float[] out = new float[features.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) (features[i] * factor);
        }
        return withFeatures(out);
    }

    /** The same samples with other feature values. @throws InvalidArgumentException if the count differs */
    public Dataset withFeatures(float[] replacement) {
        requireCount(replacement.length / sampleSize, "rows of replaced features");
        return new Dataset(replacement, sampleShape, targets);
    }

    /** This dataset. @throws NonFiniteException naming the first NaN or infinity: {@code name}, sample and feature, from 0 */
    public Dataset requireFinite(String name) {
        requireFinite(name, "feature", features, sampleSize);
        switch (targets) {
            case Labels _ -> {}
            case Values(var values, var width) -> requireFinite(name, "target", values, width);
        }
        return this;
    }

    private static void requireFinite(String name, String what, float[] values, int width) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new NonFiniteException(name + ": row " + i / width + ", " + what + " column " + i % width
                        + " (from 0): expected a finite number, found " + values[i]);
            }
        }
    }

    @Override
    public Buffers buffers(int capacity) {
        return switch (targets) {
            case Labels _ ->
                    new Buffers(new float[Math.multiplyExact(capacity, sampleSize)], new int[capacity], new float[0]);
            case Values(var _, var width) ->
                    new Buffers(new float[Math.multiplyExact(capacity, sampleSize)], new int[0],
                            new float[capacity * width]);
        };
    }

    @Override
    public long bytes(int count) {
        int targetSize = switch (targets) {
            case Labels _ -> 1;
            case Values(var _, var width) -> width;
        };
        return 4L * count * (sampleSize + targetSize);
    }

    @Override
    public void fill(Buffers buffers, int[] order, int from, int count) {
        for (int i = 0; i < count; i++) {
            int sample = order[from + i];
            System.arraycopy(features, sample * sampleSize, buffers.features, i * sampleSize, sampleSize);
            switch (targets) {
                case Labels(var labels, var _) -> buffers.labels[i] = labels[sample];
                case Values(var values, var width) ->
                        System.arraycopy(values, sample * width, buffers.values, i * width, width);
            }
        }
    }
}
