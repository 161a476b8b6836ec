package org.chainrule.benchmarks;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.benchmarks.contender.Batches;
import org.chainrule.benchmarks.contender.Contender;
import org.chainrule.benchmarks.contender.Stage;
import org.chainrule.benchmarks.contender.Steps;
import org.chainrule.benchmarks.contender.Synthetic;
import org.chainrule.benchmarks.contender.Workload;
import org.chainrule.benchmarks.contender.Workload.Elementwise;
import org.chainrule.benchmarks.contender.Workload.Product;
import org.chainrule.benchmarks.contender.Workload.Training;
import org.chainrule.benchmarks.contender.Workload.Xor;
import org.chainrule.expr.Ops;
import org.chainrule.nn.Initializer;
import org.chainrule.nn.Initializers;
import org.chainrule.nn.Linear;
import org.chainrule.nn.Losses;
import org.chainrule.nn.Sequential;
import org.chainrule.optim.Adam;
import org.chainrule.optim.Optimizer;
import org.chainrule.optim.Sgd;

/** Chainrule as a contender, on the backend that {@code -Dchainrule.backend} names. */
final class Chainrule implements Contender {
    private final Session session = Session.open();

    private Chainrule() {}

    public static void main(String[] args) {
        Stage.serve(Chainrule::new);
    }

    @Override
    public String description() {
        return "Chainrule, " + session.backend() + ": " + session.device().name();
    }

    @Override
    public Task prepare(Workload workload) {
        return switch (workload) {
            case Training t -> training(t);
            case Xor _ -> Steps.xor(new Compiled(xor(), () -> {}));
            case Product p -> product(p);
            case Elementwise e -> elementwise(e);
        };
    }

    private Task training(Training t) {
        Sequential net = Sequential.of(layers(t)).init(session, Rng.of(0));
        Optimizer<?> optimizer = switch (t.rule()) {
            case SGD -> Sgd.of(net.parameters()).learningRate(Training.SGD_RATE).momentum(Training.MOMENTUM);
            case ADAM -> Adam.of(net.parameters()).learningRate(Training.ADAM_RATE);
        };
        Tensor x = session.tensor(Shape.of(t.batch(), t.inputs()), new float[t.batch() * t.inputs()]),
                y = session.tensor(Shape.of(t.batch()), new int[t.batch()]);
        Step step = session.step(() -> optimizer.minimize(Losses.crossEntropy(net.apply(x), y)));
        Batches<Batch> batches = new Batches<>(b -> new Batch(
                MemorySegment.ofArray(Synthetic.inputs(t.batch() * t.inputs(), b)),
                MemorySegment.ofArray(Synthetic.labels(t.batch(), t.classes(), b))));
        return Steps.training(new Compiled(step, () -> {
            Batch batch = batches.next();
            session.write(x, batch.inputs);
            session.write(y, batch.labels);
        }));
    }

    private static List<UnaryOperator<Tensor>> layers(Training t) {
        List<UnaryOperator<Tensor>> all = new ArrayList<>();
        for (int i = 1; i < t.widths().size(); i++) {
            int layer = i - 1, in = t.widths().get(layer), out = t.widths().get(i);
            if (layer > 0) all.add(Ops.RELU);
            all.add(Linear.of(in, out, values(Synthetic.weights(in, out, layer)), Initializers.zeros()));
        }
        return all;
    }

    private static Initializer values(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) doubles[i] = values[i];
        return (_, _) -> doubles;
    }

    private record Batch(MemorySegment inputs, MemorySegment labels) {}

    /** A compiled step, and how the next batch gets into its inputs. */
    private record Compiled(Step step, Runnable batch) implements Steps.Step {
        @Override
        public double take(boolean last) {
            batch.run();
            step.run();
            return last ? step.item() : 0;
        }

        @Override
        public void close() {
            step.close();
        }
    }

    private Step xor() {
        Sequential net = Sequential.of(
                Linear.of(2, 2, values(Synthetic.xorWeights(2, 2, 0)), Initializers.zeros()), Ops.SIGMOID,
                Linear.of(2, 1, values(Synthetic.xorWeights(2, 1, 1)), Initializers.zeros()), Ops.SIGMOID)
                .init(session, Rng.of(0));
        Sgd sgd = Sgd.of(net.parameters()).learningRate(Xor.RATE);
        Tensor x = session.tensor(Shape.of(4, 2), Synthetic.xorInputs()),
                y = session.tensor(Shape.of(4, 1), Synthetic.xorTargets());
        return session.step(() -> sgd.minimize(Losses.mse(net.apply(x), y)));
    }

    private Task product(Product p) {
        Tensor a = matrix(p.rows(), p.depth(), p.aTransposed(), Synthetic.left(p)),
                b = matrix(p.depth(), p.columns(), p.bTransposed(), Synthetic.right(p));
        return new Repeated(session, session.step(() -> a.matmul(b)));
    }

    private Tensor matrix(int rows, int columns, boolean transposed, float[] values) {
        return transposed ? session.tensor(Shape.of(columns, rows), values).t()
                : session.tensor(Shape.of(rows, columns), values);
    }

    private Task elementwise(Elementwise e) {
        Tensor x = session.tensor(Synthetic.elements(e.length()));
        return new Repeated(session, session.step(() -> switch (e.function()) {
            case EXP -> x.exp();
            case TANH -> x.tanh();
            case SIGMOID -> x.sigmoid();
            case GELU -> x.map(Ops.GELU_TANH);
            case CHAIN -> x.times(Elementwise.A).plus(Elementwise.B).tanh().square().plus(x);
        }));
    }

    /** A step whose result stays on the device; to wait for it, a number is read that is computed behind it. */
    private record Repeated(Step step, Step last) implements Task {
        Repeated(Session session, Step step) {
            Tensor one = session.scalar(1);
            this(step, session.step(() -> one.plus(1)));
            run(1);
        }

        @Override
        public void run(int runs) {
            for (int i = 0; i < runs; i++) step.run();
            last.run().item();
        }

        @Override
        public double check() {
            return Synthetic.sum(step.value(0).toFloats());
        }

        @Override
        public void close() {
            last.close();
            step.close();
        }
    }
}
