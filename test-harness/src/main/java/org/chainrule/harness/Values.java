package org.chainrule.harness;

import java.util.List;
import java.util.SplittableRandom;
import org.chainrule.DType;

/** Draws the elements of an input. */
@FunctionalInterface
public interface Values {
    double next(SplittableRandom random);

    /** For gradients: none is 0, and where terms cancel for ones they do not for these, which are of either sign. */
    Values COTANGENTS = r -> (r.nextBoolean() ? 1 : -1) * r.nextDouble(0.25, 2);

    /** Uniform on {@code [lo, hi]}. */
    static Values between(double lo, double hi) {
        return r -> lo + (hi - lo) * r.nextDouble();
    }

    /** These, but none nearer to a kink than a thousandth, so that finite differences and rounding stay on one side. */
    default Values awayFrom(List<Double> kinks) {
        return r -> {
            double v = next(r);
            while (isNear(kinks, v)) v = next(r);
            return v;
        };
    }

    private static boolean isNear(List<Double> kinks, double v) {
        return kinks.stream().anyMatch(k -> Math.abs(v - k) < 1e-3);
    }

    /** Any of {@code values}. */
    static Values of(double... values) {
        return r -> values[r.nextInt(values.length)];
    }

    /** Whole numbers from {@code lo} to {@code hi}, both included. */
    static Values integers(int lo, int hi) {
        return r -> r.nextInt(lo, hi + 1);
    }

    /** {@code n} numbers that {@code dtype} can hold. */
    default double[] draw(SplittableRandom random, DType dtype, int n) {
        double[] v = new double[n];
        for (int i = 0; i < n; i++) v[i] = dtype.round(next(random));
        return v;
    }
}
