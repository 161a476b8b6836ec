package org.chainrule.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.nn.Losses;

/**
 * The textbook XOR training (2-2-1 sigmoid, mean squared error, full batch, 10,000 epochs) as a compiled step in
 * float64, beside the same arithmetic written by hand in scalar Java: what the library's own work costs where there
 * is nothing to compute. Rounds alternate; medians of the last half are printed.
 */
public final class XorBenchmark {
    private static final int EPOCHS = 10_000;
    private static final int ROUNDS = 40;
    private static final double RATE = 0.1;

    private XorBenchmark() {}

    /** Prints milliseconds for 10,000 epochs, of both, and their ratio. */
    public static void main(String[] args) {
        double[] library = new double[ROUNDS], scalar = new double[ROUNDS];
        try (Session session = Session.open("cpu"); Step step = step(session)) {
            Scalar plain = new Scalar();
            for (int r = 0; r < ROUNDS; r++) {
                long start = System.nanoTime();
                for (int i = 0; i < EPOCHS; i++) step.run();
                long middle = System.nanoTime();
                for (int i = 0; i < EPOCHS; i++) plain.epoch();
                library[r] = (middle - start) / 1e6;
                scalar[r] = (System.nanoTime() - middle) / 1e6;
            }
        }
        double a = median(library), b = median(scalar);
        String line = String.format(Locale.ROOT,
                "xor, %,d epochs: compiled step %.1f ms, scalar Java %.1f ms, ratio %.1f", EPOCHS, a, b, a / b);
        System.getLogger(XorBenchmark.class.getName()).log(System.Logger.Level.INFO, line);
    }

    private static double median(double[] rounds) {
        double[] warm = Arrays.copyOfRange(rounds, ROUNDS / 2, ROUNDS);
        Arrays.sort(warm);
        return warm[warm.length / 2];
    }

    private static Step step(Session s) {
        Tensor x = s.tensor(new double[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
        Tensor y = s.tensor(new double[][] {{0}, {1}, {1}, {0}});
        Random r = new Random(1);
        Tensor w1 = random(s, r, 2, 2), b1 = random(s, r, 1, 2), w2 = random(s, r, 2, 1), b2 = random(s, r, 1, 1);
        List<Tensor> weights = List.of(w1, b1, w2, b2);
        return s.step(() -> {
            Tensor hidden = x.matmul(w1).plus(b1).sigmoid();
            Tensor loss = Losses.mse(hidden.matmul(w2).plus(b2).sigmoid(), y);
            List<Tensor> g = loss.gradients(weights);
            for (int i = 0; i < weights.size(); i++)
                s.assign(weights.get(i), weights.get(i).minus(g.get(i).times(RATE)));
            return loss;
        });
    }

    private static Tensor random(Session s, Random r, int rows, int columns) {
        return s.tensor(Shape.of(rows, columns), DType.F64, r.doubles((long) rows * columns).toArray());
    }

    /** The same training with arrays and loops. */
    private static final class Scalar {
        private final double[][] x = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
        private final double[] y = {0, 1, 1, 0};
        private final double[] w1 = new Random(1).doubles(4).toArray(), b1 = {0.1, 0.2}, w2 = {0.3, 0.4};
        private double b2 = 0.5;

        void epoch() {
            double d1 = 0, d2 = 0, d3 = 0, d4 = 0, e1 = 0, e2 = 0, f1 = 0, f2 = 0, g = 0;
            for (int i = 0; i < 4; i++) {
                double h1 = sigmoid(x[i][0] * w1[0] + x[i][1] * w1[2] + b1[0]);
                double h2 = sigmoid(x[i][0] * w1[1] + x[i][1] * w1[3] + b1[1]);
                double o = sigmoid(h1 * w2[0] + h2 * w2[1] + b2);
                double z = 0.5 * (o - y[i]) * o * (1 - o);
                double z1 = z * w2[0] * h1 * (1 - h1), z2 = z * w2[1] * h2 * (1 - h2);
                d1 += x[i][0] * z1;
                d2 += x[i][0] * z2;
                d3 += x[i][1] * z1;
                d4 += x[i][1] * z2;
                e1 += z1;
                e2 += z2;
                f1 += h1 * z;
                f2 += h2 * z;
                g += z;
            }
            w1[0] -= RATE * d1;
            w1[1] -= RATE * d2;
            w1[2] -= RATE * d3;
            w1[3] -= RATE * d4;
            b1[0] -= RATE * e1;
            b1[1] -= RATE * e2;
            w2[0] -= RATE * f1;
            w2[1] -= RATE * f2;
            b2 -= RATE * g;
        }

        private static double sigmoid(double v) {
            return 1 / (1 + Math.exp(-v));
        }
    }
}
