package org.chainrule.harness.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.harness.analysis.Arithmetic;
import org.chainrule.harness.analysis.Bound;
import org.chainrule.harness.analysis.RunningError;
import org.chainrule.nn.Linear;
import org.chainrule.nn.Losses;
import org.chainrule.nn.Sequential;
import org.chainrule.optim.Sgd;

/**
 * A network learns to tell small images apart: each class has an image of dark and light, each sample is one of these under
 * noise. It is trained on the device and, by {@linkplain RunningError running error analysis} of the same steps, in double precision
 * on the host, where the analysis carries the range of every weight from the first step to the last.
 *
 * <p>What is compared, on samples that the training has not seen: every logit of the device must lie in its range; and
 * wherever the range of one logit lies above those of all others, so that every float32 training predicts that class, the device must
 * predict it as the host does. The accuracies on those samples are therefore the same; how many samples are not decided so
 * is told.
 */
public final class Classification {
    private static final int PIXELS = 16, HIDDEN = 10, CLASSES = 4, TRAINED = 32, UNSEEN = 100, STEPS = 5;
    private static final double NOISE = 1, RATE = 0.5;

    private final Session session;
    private final DType dtype;
    private final SplittableRandom random;
    private final double[][] images = new double[CLASSES][PIXELS];

    private Classification(Session session, DType dtype, SplittableRandom random) {
        this.session = session;
        this.dtype = dtype;
        this.random = random;
        for (double[] image : images) for (int i = 0; i < PIXELS; i++) image[i] = random.nextBoolean() ? 1 : -1;
    }

    /**
     * How a training ended.
     *
     * @param before  part of the unseen samples that the first weights predict right
     * @param after   part of them that double precision predicts right at the end
     * @param decided samples whose class no rounding can change
     * @param logits  how many logits were held to their ranges
     */
    public record Outcome(double before, double after, int decided, long logits) {
        /** Whether it proves anything: something was learned, and most of what was predicted could not have been otherwise. */
        public boolean tells() {
            return after > before && 2 * decided > UNSEEN;
        }
    }

    private record Samples(Tensor x, int[] classes) {
        Tensor labels() {
            return x.session().tensor(IntStream.of(classes).asLongStream().toArray());
        }
    }

    /** Trains on {@code session} in {@code dtype} with numbers from {@code random}. Throws {@link Deviation}. */
    public static Outcome train(Session session, DType dtype, SplittableRandom random) {
        return new Classification(session, dtype, random).run();
    }

    private Samples samples(int n) {
        double[] x = new double[n * PIXELS];
        int[] classes = new int[n];
        for (int i = 0; i < n; i++) {
            classes[i] = i % CLASSES;
            for (int p = 0; p < PIXELS; p++)
                x[i * PIXELS + p] = DType.F32.round(images[classes[i]][p] + random.nextDouble(-NOISE, NOISE));
        }
        return new Samples(session.tensor(Shape.of(n, PIXELS), dtype, x), classes);
    }

    private Outcome run() {
        Sequential net = Sequential.of(Linear.of(PIXELS, HIDDEN), Ops.TANH, Linear.of(HIDDEN, CLASSES))
                .init(session, Rng.of(1), dtype);
        net.parameters().forEach(p -> p.write(random.doubles(p.shape().size(), -0.25, 0.25).map(DType.F32::round)
                .toArray()));
        Samples seen = samples(TRAINED), unseen = samples(UNSEEN);
        Tensor labels = seen.labels(), logits = net.apply(unseen.x);
        Sgd sgd = Sgd.of(net.parameters()).learningRate(RATE);
        Map<Tensor, Tensor> assigned = new LinkedHashMap<>();
        Arithmetic arithmetic = dtype == DType.F64 ? Arithmetic.F64 : Arithmetic.F32;
        RunningError fromStart = RunningError.in(arithmetic);
        double before = accuracy(fromStart.bounds(logits), unseen.classes);
        try (Step step = session.step(() -> {
            Tensor loss = sgd.minimize(Losses.crossEntropy(net.apply(seen.x), labels));
            net.parameters().forEach(p -> assigned.put(p.value(), session.assigned(p.value()).orElseThrow()));
            return loss;
        })) {
            for (int t = 0; t < STEPS; t++) {
                Map<String, Double> counters = sgd.counters();
                fromStart = fromStart.after(assigned);
                sgd.restore(sgd.state(), counters);
                step.run();
            }
        }
        List<Bound> bounds = fromStart.bounds(logits);
        double[] got = logits.toDoubles();
        long[] predicted = logits.argmax(1).toLongs();
        int decided = 0;
        for (int i = 0; i < UNSEEN; i++) {
            List<Bound> row = bounds.subList(i * CLASSES, (i + 1) * CLASSES);
            for (int k = 0; k < CLASSES;
                    k++)
                if (!row.get(k).admits(got[i * CLASSES + k])) throw new Deviation("sample "
                        + i + ": the logit of class " + k + " is " + got[i * CLASSES + k] + ", possible is "
                        + row.get(k));
            int host = greatest(row);
            if (!isDecided(row, host)) continue;
            decided++;
            if (predicted[i] != host)
                throw new Deviation("sample " + i + ": the device predicts class " + predicted[i] + ", the host " + host
                        + " with logits of " + row);
        }
        return new Outcome(before, accuracy(bounds, unseen.classes), decided, got.length);
    }

    private static boolean isDecided(List<Bound> row, int greatest) {
        for (int k = 0; k < row.size(); k++) {
            Bound other = row.get(k), best = row.get(greatest);
            if (best.mayBeNaN() || other.mayBeNaN()) return false;
            if (k != greatest && !(best.least() > other.greatest())) return false;
        }
        return true;
    }

    private static int greatest(List<Bound> row) {
        int best = 0;
        for (int k = 1; k < row.size(); k++) if (row.get(k).value() > row.get(best).value()) best = k;
        return best;
    }

    private static double accuracy(List<Bound> logits, int[] classes) {
        int right = 0;
        for (int i = 0; i < classes.length; i++)
            if (greatest(logits.subList(i * CLASSES, (i + 1) * CLASSES)) == classes[i]) right++;
        return (double) right / classes.length;
    }
}
