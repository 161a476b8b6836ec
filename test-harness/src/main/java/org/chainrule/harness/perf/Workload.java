package org.chainrule.harness.perf;

import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.nn.Linear;
import org.chainrule.nn.Losses;
import org.chainrule.nn.Sequential;
import org.chainrule.optim.Adam;

/**
 * Something to time, at several scales: a scale doubles the edge of a matrix or multiplies the number of elements by four.
 *
 * @param name   what it computes
 * @param op     the op whose cases prove that it is right
 * @param unit   what its speed is told in
 * @param scales how many there are
 * @param at     the workload at a scale
 */
public record Workload(String name, String op, Unit unit, int scales, IntFunction<Sized> at) {
    /** What a rate counts. */
    public enum Unit {
        BYTES("GB/s"), FLOPS("GFLOP/s");

        private final String perSecond;

        Unit(String perSecond) {
            this.perSecond = perSecond;
        }

        /** The name of a billion a second. */
        public String perSecond() {
            return perSecond;
        }
    }

    /**
     * A workload of known size.
     *
     * @param work     of one run, in the unit
     * @param recorded makes the inputs and tells what a step is to compute of them
     */
    public record Sized(String size, double work, Function<Session, Supplier<List<Tensor>>> recorded) {}

    private static final int SCALES = 6, CLASSES = 10, HIDDEN = 256, ROW = 1024, WIDTH = 64;

    /** Copies: what a device's memory gives at most. */
    static final Workload COPY = map("copy (y = 2 x)", "mul", 1, in -> in.getFirst().times(2));
    /** Square matrices as large as fit the time: what a device computes at most. */
    static final Workload LARGEST_MATMUL = matmul("matmul, largest", 128, SCALES);

    /** All others. */
    static final List<Workload> ALL = List.of(
            map("add", "add", 2, in -> in.get(0).plus(in.get(1))),
            map("exp", "exp", 1, in -> in.getFirst().exp()),
            map("tanh", "tanh", 1, in -> in.getFirst().tanh()),
            map("gelu", "gelu", 1, in -> Tensor.map(Ops.GELU, in.getFirst())),
            map("x tanh(x) + y, fused", "tanh", 2, in -> in.get(0).times(in.get(0).tanh()).plus(in.get(1))),
            reduction("sum of all", in -> in.sum()), reduction("sum of rows", in -> in.sum(1)),
            reduction("sum of columns", in -> in.sum(0)), softmax(), gather(), matmul("matmul, 256", 256, 1),
            matmul("matmul, 1024", 1024, 1), training());

    private static int elements(int scale) {
        return 1 << (16 + 2 * scale);
    }

    private static Tensor filled(Session session, int seed, int... dims) {
        return session.uniform(Rng.of(seed), DType.F32, Shape.of(dims)).eval();
    }

    private static Workload map(String name, String op, int inputs, Function<List<Tensor>, Tensor> f) {
        return new Workload(name, op, Unit.BYTES, SCALES, scale -> {
            int n = elements(scale);
            return new Sized("[" + n + "]", 4.0 * n * (inputs + 1), session -> {
                List<Tensor> in = IntStream.range(0, inputs)
                        .mapToObj(i -> filled(session, i, n)).toList();
                return () -> List.of(f.apply(in));
            });
        });
    }

    private static Workload reduction(String name, Function<Tensor, Tensor> f) {
        return new Workload(name, "sum", Unit.BYTES, SCALES, scale -> {
            int rows = elements(scale) / ROW;
            return new Sized("[" + rows + ", " + ROW + "]", 4.0 * rows * ROW, session -> {
                Tensor x = filled(session, 1, rows, ROW);
                return () -> List.of(f.apply(x));
            });
        });
    }

    private static Workload softmax() {
        return new Workload("softmax of rows", "softmax", Unit.BYTES, SCALES, scale -> {
            int rows = elements(scale) / ROW;
            return new Sized("[" + rows + ", " + ROW + "]", 8.0 * rows * ROW, session -> {
                Tensor x = filled(session, 1, rows, ROW);
                return () -> List.of(x.softmax(1));
            });
        });
    }

    private static Workload gather() {
        return new Workload("gather of rows", "gather", Unit.BYTES, SCALES, scale -> {
            int rows = elements(scale) / WIDTH;
            return new Sized("[" + rows + ", " + WIDTH + "]", 8.0 * rows * WIDTH + 8.0 * rows, session -> {
                Tensor table = filled(session, 1, rows, WIDTH);
                Tensor index = session.permutation(Rng.of(2), rows).eval();
                return () -> List.of(table.indexSelect(0, index));
            });
        });
    }

    private static Workload matmul(String name, int least, int scales) {
        return new Workload(name, "matmul", Unit.FLOPS, scales, scale -> {
            int n = least << scale;
            return new Sized("[" + n + ", " + n + "] x [" + n + ", " + n + "]", 2.0 * n * n * n, session -> {
                Tensor a = filled(session, 1, n, n), b = filled(session, 2, n, n);
                return () -> List.of(a.matmul(b));
            });
        });
    }

    /** Forward, backward and update of a classifier; of its work only the three products of each layer count, but the first layer's two. */
    private static Workload training() {
        return new Workload("training step, Adam", "training", Unit.FLOPS, SCALES, scale -> {
            int batch = 8 << scale, in = 784;
            double products = 2.0 * batch * (2.0 * in * HIDDEN + 3.0 * HIDDEN * HIDDEN + 3.0 * HIDDEN * CLASSES);
            return new Sized(in + "-" + HIDDEN + "-" + HIDDEN + "-" + CLASSES + ", batch " + batch, products,
                    session -> {
                        Tensor x = filled(session, 1, batch, in);
                        Tensor y = session.tensor(LongStream.range(0, batch).map(i -> i % CLASSES)
                                .toArray());
                        Sequential net = Sequential.of(Linear.of(in, HIDDEN), Ops.RELU, Linear.of(HIDDEN, HIDDEN),
                                Ops.RELU, Linear.of(HIDDEN, CLASSES)).init(session, Rng.of(3));
                        Adam adam = Adam.of(net.parameters());
                        return () -> List.of(adam.minimize(Losses.crossEntropy(net.apply(x), y)));
                    });
        });
    }
}
