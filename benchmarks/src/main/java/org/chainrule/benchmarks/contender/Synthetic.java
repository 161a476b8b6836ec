package org.chainrule.benchmarks.contender;

import java.util.Random;

/** The data of the work: the same for all who do it. */
public final class Synthetic {
    private static final int INPUTS = 100, LABELS = 200, WEIGHTS = 300;
    private static final float[] XOR_INPUTS = {0, 0, 0, 1, 1, 0, 1, 1}, XOR_TARGETS = {0, 1, 1, 0};

    private Synthetic() {}

    /** Uniform on [0, 1). */
    public static float[] inputs(int length, int batch) {
        return uniform(length, INPUTS + batch, 0);
    }

    /** Classes, uniform. */
    public static int[] labels(int length, int classes, int batch) {
        Random random = new Random(LABELS + batch);
        int[] labels = new int[length];
        for (int i = 0; i < length; i++) labels[i] = random.nextInt(classes);
        return labels;
    }

    /** One row for each label, 1 at its class. */
    public static float[] oneHot(int[] labels, int classes) {
        float[] rows = new float[labels.length * classes];
        for (int i = 0; i < labels.length; i++) rows[i * classes + labels[i]] = 1;
        return rows;
    }

    /** First weights of a layer, {@code [out, in]}: normal with variance {@code 2 / in}. */
    public static float[] weights(int in, int out, int layer) {
        return normal(in * out, Math.sqrt(2.0 / in), layer);
    }

    /** First weights of the layers of the exclusive or: {@code [out, in]}, normal. */
    public static float[] xorWeights(int in, int out, int layer) {
        return normal(in * out, 1, layer);
    }

    /** {@code [rows, columns]} to {@code [columns, rows]}. */
    public static float[] transposed(float[] matrix, int rows, int columns) {
        float[] to = new float[matrix.length];
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++) to[c * rows + r] = matrix[r * columns + c];
        return to;
    }

    /** {@code [4, 2]}. */
    public static float[] xorInputs() {
        return XOR_INPUTS.clone();
    }

    /** {@code [4, 1]}. */
    public static float[] xorTargets() {
        return XOR_TARGETS.clone();
    }

    /** Elements of a tensor, uniform on [-0.5, 0.5). */
    public static float[] elements(int length) {
        return elements(length, 0);
    }

    /** The left operand of a product as it lies in memory, its elements uniform on [-0.5, 0.5). */
    public static float[] left(Workload.Product p) {
        float[] a = elements(p.rows() * p.depth(), 1);
        return p.aTransposed() ? transposed(a, p.rows(), p.depth()) : a;
    }

    /** The right operand of a product as it lies in memory, its elements uniform on [-0.5, 0.5). */
    public static float[] right(Workload.Product p) {
        float[] b = elements(p.depth() * p.columns(), 2);
        return p.bTransposed() ? transposed(b, p.depth(), p.columns()) : b;
    }

    private static float[] elements(int length, int seed) {
        return uniform(length, seed, -0.5f);
    }

    /** What contenders' results are compared by. */
    public static double sum(float[] values) {
        double sum = 0;
        for (float v : values) sum += Math.abs(v);
        return sum;
    }

    private static float[] uniform(int length, int seed, float from) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) values[i] = random.nextFloat() + from;
        return values;
    }

    private static float[] normal(int length, double deviation, int layer) {
        Random random = new Random(WEIGHTS + layer);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) values[i] = (float) (random.nextGaussian() * deviation);
        return values;
    }
}
