package org.chainrule.data;

import java.util.Arrays;
import java.util.Map;
import org.chainrule.DataFormatException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.io.Json;

/**
 * Shifts and scales each feature to mean 0 and standard deviation 1: {@code (x - mean) / std}, with mean and std of the
 * training set, so that other data is treated as the training data was.
 *
 * @param mean per feature
 * @param std per feature, the population's (divided by n); 1 for a feature that is constant
 */
public record Standardizer(double[] mean, double[] std) {
    private static final String MEAN = "standardizer.mean";
    private static final String STD = "standardizer.std";

    /** @throws InvalidArgumentException if the lengths differ, or a std is not positive and finite */
    public Standardizer {
        if (mean.length != std.length || !Arrays.stream(mean).allMatch(Double::isFinite)
                || !Arrays.stream(std).allMatch(s -> s > 0 && s < Double.POSITIVE_INFINITY)) {
            throw new InvalidArgumentException(
                    "a standardizer needs a finite mean and a positive std for each feature, got "
                            + mean.length + " means and " + std.length + " stds");
        }
    }

    /** Measures {@code train}. @throws InvalidArgumentException if it is empty or holds a NaN or an infinity */
    public static Standardizer fit(Dataset train) {
        int n = train.size();
        if (n == 0) {
            throw new InvalidArgumentException("mean and standard deviation need at least one sample");
        }
        int width = train.sampleSize();
        float[] x = train.features();
        double[] mean = new double[width];
        double[] std = new double[width];
        for (int i = 0; i < x.length; i++) {
            mean[i % width] += (double) x[i] / n;
        }
        for (int i = 0; i < x.length; i++) {
            double centred = x[i] - mean[i % width];
            std[i % width] += centred * centred / n;
        }
        boolean[] varies = new boolean[width];
        for (int i = width; i < x.length; i++) {
            varies[i % width] |= x[i] != x[i % width];
        }
        for (int j = 0; j < width; j++) {
            std[j] = varies[j] ? Math.sqrt(std[j]) : 1;
        }
        return new Standardizer(mean, std);
    }

    /** {@code data} with its features standardized. @throws InvalidArgumentException if it has another number of features */
    public Dataset apply(Dataset data) {
        return data.withFeatures(apply(data.features()));
    }

    /** Rows of features, row-major, standardized. @throws InvalidArgumentException if they are no whole rows */
    public float[] apply(float[] rows) {
        int width = mean.length;
        if (width == 0 || rows.length % width != 0) {
            throw new InvalidArgumentException(rows.length + " values are no whole rows of the " + width
                    + " features that the standardizer was fitted to");
        }
        float[] out = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            out[i] = (float) ((rows[i] - mean[i % width]) / std[i % width]);
        }
        return out;
    }

    /** Two strings to be stored with a model; {@link #fromMetadata} gives back the same numbers. */
    public Map<String, String> toMetadata() {
        return Map.of(MEAN, Json.ofDoubles(mean).text(), STD, Json.ofDoubles(std).text());
    }

    /** Whether {@code metadata} holds a standardizer. */
    public static boolean isIn(Map<String, String> metadata) {
        return metadata.containsKey(MEAN) && metadata.containsKey(STD);
    }

    /** The standardizer in {@code metadata}. @throws DataFormatException if there is none or it is damaged */
    public static Standardizer fromMetadata(Map<String, String> metadata) {
        if (!isIn(metadata)) {
            throw new DataFormatException("expected metadata " + MEAN + " and " + STD + ", found " + metadata.keySet());
        }
        double[] mean = Json.parse("metadata " + MEAN, metadata.getOrDefault(MEAN, "")).asDoubles();
        double[] std = Json.parse("metadata " + STD, metadata.getOrDefault(STD, "")).asDoubles();
        try {
            return new Standardizer(mean, std);
        } catch (InvalidArgumentException e) {
            throw new DataFormatException("metadata " + MEAN + " and " + STD + ": " + e.getMessage(), e);
        }
    }
}
