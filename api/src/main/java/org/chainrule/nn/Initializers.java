package org.chainrule.nn;

import java.util.Arrays;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Philox;
import org.chainrule.Rng;
import org.chainrule.Shape;
import org.chainrule.ShapeMismatchException;

/**
 * Distributions of first values. For a weight {@code [out, in, k…]} the fans are {@code fan_in = in · Πk} and
 * {@code fan_out = out · Πk}; for a vector both are its length. The uniform ones are on {@code ±√3 σ}, so that the
 * standard deviation is {@code σ} as for the normal ones.
 */
public final class Initializers {
    private Initializers() {}

    /** {@code σ = √(2 / (fan_in + fan_out))}, uniform. Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", equation 16. */
    public static Initializer glorotUniform() {
        return scaled(Fans::glorot, Initializers::symmetric);
    }

    /** {@code σ = √(2 / (fan_in + fan_out))}, normal. */
    public static Initializer glorotNormal() {
        return scaled(Fans::glorot, Initializers::gaussian);
    }

    /** {@code σ = √(2 / fan_in)}, uniform. He, Zhang, Ren and Sun 2015, "Delving Deep into Rectifiers", equation 10. */
    public static Initializer heUniform() {
        return scaled(Fans::he, Initializers::symmetric);
    }

    /** {@code σ = √(2 / fan_in)}, normal. */
    public static Initializer heNormal() {
        return scaled(Fans::he, Initializers::gaussian);
    }

    /** {@code σ = √(1 / fan_in)}, uniform. LeCun, Bottou, Orr and Müller 1998, "Efficient BackProp", equation 16. */
    public static Initializer lecunUniform() {
        return scaled(Fans::lecun, Initializers::symmetric);
    }

    /** {@code σ = √(1 / fan_in)}, normal. */
    public static Initializer lecunNormal() {
        return scaled(Fans::lecun, Initializers::gaussian);
    }

    /** Uniform on {@code [lo, hi)}. */
    public static Initializer uniform(double lo, double hi) {
        if (!(lo <= hi)) throw new InvalidArgumentException("uniform: " + lo + " is not at most " + hi);
        return (shape, rng) -> between(shape, rng, lo, hi);
    }

    /** Normal with that mean and standard deviation. */
    public static Initializer normal(double mean, double std) {
        if (!(std >= 0))
            throw new InvalidArgumentException("normal: the standard deviation " + std + " is not at least 0");
        return (shape, rng) -> gaussian(shape, rng, mean, std);
    }

    /** {@code value} everywhere. */
    public static Initializer constant(double value) {
        return (shape, _) -> {
            double[] v = new double[Math.toIntExact(shape.size())];
            Arrays.fill(v, value);
            return v;
        };
    }

    public static Initializer zeros() {
        return constant(0);
    }

    public static Initializer ones() {
        return constant(1);
    }

    /**
     * A matrix {@code [out, in · Πk]} whose rows are orthonormal, or whose columns are where there are more rows, drawn
     * evenly from all such: {@code Q} of a normal matrix's QR decomposition, each column with the sign of {@code R}'s
     * diagonal. Saxe, McClelland and Ganguli 2013, "Exact solutions to the nonlinear dynamics of learning in deep
     * linear neural networks". Needs at least two axes.
     */
    public static Initializer orthogonal() {
        return (shape, rng) -> {
            if (shape.rank() < 2)
                throw new ShapeMismatchException("orthogonal: shape " + shape + " has fewer than two axes");
            int rows = shape.dim(0), columns = rows == 0 ? 0 : Math.toIntExact(shape.size() / rows);
            int length = Math.max(rows, columns), count = Math.min(rows, columns);
            double[] flat = gaussian(Shape.of(count, length), rng, 0, 1);
            double[][] q = new double[count][];
            for (int i = 0; i < count; i++) q[i] = Arrays.copyOfRange(flat, i * length, (i + 1) * length);
            orthonormalize(q);
            double[] out = new double[rows * columns];
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++) out[i * columns + j] = rows <= columns ? q[i][j] : q[j][i];
            return out;
        };
    }

    /** Modified Gram–Schmidt, each vector twice, which holds orthogonality to rounding; R's diagonal comes out positive. */
    private static void orthonormalize(double[][] q) {
        for (int i = 0; i < q.length; i++) {
            for (int pass = 0; pass < 2; pass++) {
                for (int j = 0; j < i; j++) {
                    double d = dot(q[i], q[j]);
                    for (int k = 0; k < q[i].length; k++) q[i][k] -= d * q[j][k];
                }
            }
            double norm = Math.sqrt(dot(q[i], q[i]));
            for (int k = 0; k < q[i].length; k++) q[i][k] /= norm;
        }
    }

    private static double dot(double[] a, double[] b) {
        double s = 0;
        for (int i = 0; i < a.length; i++) s += a[i] * b[i];
        return s;
    }

    private record Fans(double in, double out) {
        static Fans of(Shape shape) {
            if (shape.rank() == 0) return new Fans(1, 1);
            if (shape.rank() == 1) return new Fans(shape.dim(0), shape.dim(0));
            double field = 1;
            for (int i = 2; i < shape.rank(); i++) field *= shape.dim(i);
            return new Fans(shape.dim(1) * field, shape.dim(0) * field);
        }

        double glorot() {
            return Math.sqrt(2 / (in + out));
        }

        double he() {
            return Math.sqrt(2 / in);
        }

        double lecun() {
            return Math.sqrt(1 / in);
        }
    }

    private interface Deviation {
        double of(Fans fans);
    }

    private interface Distribution {
        double[] values(Shape shape, Rng rng, double std);
    }

    private static Initializer scaled(Deviation std, Distribution distribution) {
        return (shape, rng) -> distribution.values(shape, rng, std.of(Fans.of(shape)));
    }

    private static double[] symmetric(Shape shape, Rng rng, double std) {
        double bound = Math.sqrt(3) * std;
        return between(shape, rng, -bound, bound);
    }

    private static double[] gaussian(Shape shape, Rng rng, double std) {
        return gaussian(shape, rng, 0, std);
    }

    private static double[] between(Shape shape, Rng rng, double lo, double hi) {
        long stream = rng.take();
        double[] v = new double[Math.toIntExact(shape.size())];
        for (int i = 0; i < v.length; i++) v[i] = lo + (hi - lo) * Philox.uniform53(rng.seed(), stream, i);
        return v;
    }

    private static double[] gaussian(Shape shape, Rng rng, double mean, double std) {
        long stream = rng.take();
        double[] v = new double[Math.toIntExact(shape.size())];
        for (int i = 0; i < v.length; i++) v[i] = mean + std * Philox.normal(rng.seed(), stream, i);
        return v;
    }
}
