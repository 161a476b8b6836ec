package org.chainrule.cli.train;

import java.util.Arrays;
import org.chainrule.DType;
import org.chainrule.NonFiniteException;
import org.chainrule.Philox;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.nn.Layer;

/** Writes text with a model of the next character. */
final class TextWriter implements AutoCloseable {
    private final TextModel kind;
    private final Tensor window;
    private final Step step;

    TextWriter(Session session, Layer model, TextModel kind) {
        this.kind = kind;
        this.window = session.full(Shape.of(1, kind.window()), DType.I64, 0);
        this.step = session.step(() -> model.evaluating(() -> model.apply(window)));
    }

    /**
     * {@code length} characters that go on after {@code prompt}. Each is drawn from the probabilities
     * {@code softmax(logits / temperature)}; at temperature 0, the least there is, the likeliest is taken.
     */
    String write(String prompt, int length, double temperature, Rng rng) {
        long[] seen = before(prompt);
        long stream = rng.take();
        int[] written = new int[length];
        for (int i = 0; i < length; i++) {
            window.session().write(window, seen);
            float[] logits = step.run().value(0).toFloats();
            for (float l : logits) if (!Float.isFinite(l)) throw new NonFiniteException(
                    "a logit became " + l + " at character " + i + " (from 0); train the model again");
            int code = pick(logits, temperature, Philox.uniform53(rng.seed(), stream, i));
            System.arraycopy(seen, 1, seen, 0, seen.length - 1);
            seen[seen.length - 1] = code;
            written[i] = code;
        }
        return kind.vocabulary().decode(written);
    }

    /** The last characters of the prompt; a short one stands after the model's context. */
    private long[] before(String prompt) {
        int[] codes = kind.vocabulary().encode(kind.context() + prompt);
        return Arrays.stream(codes, codes.length - kind.window(), codes.length).asLongStream().toArray();
    }

    private static int pick(float[] logits, double temperature, double uniform) {
        if (temperature == 0) {
            int best = 0;
            for (int c = 1; c < logits.length; c++) if (logits[c] > logits[best]) best = c;
            return best;
        }
        double max = Double.NEGATIVE_INFINITY, sum = 0;
        for (float l : logits) max = Math.max(max, l);
        double[] weights = new double[logits.length];
        for (int c = 0; c < weights.length; c++) {
            weights[c] = Math.exp((logits[c] - max) / temperature);
            sum += weights[c];
        }
        double rest = uniform * sum;
        for (int c = 0; c < weights.length; c++) {
            rest -= weights[c];
            if (rest < 0) return c;
        }
        return weights.length - 1;
    }

    @Override
    public void close() {
        step.close();
    }
}
