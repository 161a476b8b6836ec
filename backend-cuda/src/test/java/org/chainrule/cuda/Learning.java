package org.chainrule.cuda;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.nn.Linear;
import org.chainrule.nn.Losses;
import org.chainrule.nn.Sequential;
import org.chainrule.optim.Adam;

/** Small trainings on {@code cuda}, which say on standard output whether they succeeded. */
@SuppressWarnings("SystemOut") // it is read by the test that started this process
final class Learning {
    /** Of 8 x 8 pixels from 0 to 16, and the digit. */
    private static final Path DIGITS = Path.of("cli", "src", "main", "resources", "org", "chainrule", "cli", "data",
            "digits.csv.gz");
    private static final int PIXELS = 64, BATCH = 128, EPOCHS = 4;

    private Learning() {}

    static void xor() {
        try (Session s = Session.open("cuda")) {
            Tensor x = s.tensor(new float[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
            Tensor y = s.tensor(new float[][] {{0}, {1}, {1}, {0}});
            Sequential net = Sequential.of(Linear.of(2, 8), Ops.TANH, Linear.of(8, 1)).init(s, Rng.of(42));
            Adam adam = Adam.of(net.parameters()).learningRate(0.05);
            Step step = s.step(() -> adam.minimize(Losses.bceWithLogits(net.apply(x), y)));
            for (int i = 0; i < 200; i++) step.run();
            System.out.println(step.item() < 0.05 ? "xor learnt" : "xor at a loss of " + step.item());
        }
    }

    /** Devices round differently, so a sample between two classes may change sides; no more than one does. */
    static void digits() {
        long cuda = right("cuda"), cpu = right("cpu");
        System.out.println(Math.abs(cuda - cpu) <= 1 && cpu > 280 ? "digits learnt"
                : cuda + " digits are right, and " + cpu + " on the CPU");
    }

    /** Of 359 samples held out. */
    private static long right(String backend) {
        List<float[]> rows = rows();
        int test = rows.size() / 5, train = rows.size() - test;
        try (Session s = Session.open(backend)) {
            Sequential net = Sequential.of(Linear.of(PIXELS, 32), Ops.RELU, Linear.of(32, 10)).init(s, Rng.of(1));
            Tensor images = s.full(Shape.of(BATCH, PIXELS), DType.F32, 0),
                    labels = s.full(Shape.of(BATCH), DType.I64, 0);
            Adam adam = Adam.of(net.parameters()).learningRate(0.01);
            Step step = s.step(() -> adam.minimize(Losses.crossEntropy(net.apply(images), labels)));
            for (int i = 0; i < EPOCHS * (train / BATCH); i++) {
                int from = i % (train / BATCH) * BATCH;
                s.write(images, pixels(rows.subList(from, from + BATCH)));
                s.write(labels, java.lang.foreign.MemorySegment.ofArray(classes(rows.subList(from, from + BATCH))));
                step.run();
            }
            List<float[]> held = rows.subList(train, rows.size());
            Tensor told = net.apply(s.tensor(pixels(held)).reshape(test, PIXELS)).argmax(1);
            long right = 0;
            long[] classes = classes(held);
            double[] found = told.toDoubles();
            for (int i = 0; i < test; i++) if (found[i] == classes[i]) right++;
            return right;
        }
    }

    private static List<float[]> rows() {
        Path file = Path.of(System.getProperty("chainrule.root", "")).resolve(DIGITS);
        try (BufferedReader r = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            return r.lines().map(l -> {
                String[] fields = l.split(",");
                float[] row = new float[fields.length];
                for (int i = 0; i < row.length; i++) row[i] = Float.parseFloat(fields[i]);
                return row;
            }).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static float[] pixels(List<float[]> rows) {
        float[] all = new float[rows.size() * PIXELS];
        for (int r = 0; r < rows.size(); r++)
            for (int i = 0; i < PIXELS; i++) all[r * PIXELS + i] = rows.get(r)[i] / 16;
        return all;
    }

    private static long[] classes(List<float[]> rows) {
        return rows.stream().mapToLong(r -> (long) r[PIXELS]).toArray();
    }
}
