package org.chainrule.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import org.chainrule.benchmarks.contender.Batches;
import org.chainrule.benchmarks.contender.Contender;
import org.chainrule.benchmarks.contender.Stage;
import org.chainrule.benchmarks.contender.Steps;
import org.chainrule.benchmarks.contender.Synthetic;
import org.chainrule.benchmarks.contender.Workload;
import org.chainrule.benchmarks.contender.Workload.Elementwise;
import org.chainrule.benchmarks.contender.Workload.Product;
import org.chainrule.benchmarks.contender.Workload.Rule;
import org.chainrule.benchmarks.contender.Workload.Training;
import org.chainrule.benchmarks.contender.Workload.Xor;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gradients;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/** TensorFlow Java in graph mode: one run of a session is a step. */
final class TensorFlowJava implements Contender {
    private static final int THREADS = Integer.getInteger("threads", 1);

    private TensorFlowJava() {}

    public static void main(String[] args) {
        Stage.serve(TensorFlowJava::new);
    }

    @Override
    public String description() {
        return "TensorFlow " + TensorFlow.version() + ", graph";
    }

    @Override
    public Task prepare(Workload workload) {
        return switch (workload) {
            case Training t -> training(t);
            case Xor _ -> xor();
            case Product _, Elementwise _ -> throw new UnsupportedOperationException(
                    "a run of a session copies its result, which the others do not do");
        };
    }

    private static TFloat32 tensor(float[] values, long... shape) {
        return TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(values, false, false));
    }

    /** A graph under construction: its variables, what gives them their first values, and those that are trained. */
    private static final class Model {
        final Graph graph = new Graph();
        final Ops tf = Ops.create(graph);
        final List<Op> initializers = new ArrayList<>();
        final List<Variable<TFloat32>> trained = new ArrayList<>();

        Operand<TFloat32> constant(float[] values, long... shape) {
            return tf.constant(tensor(values, shape));
        }

        Variable<TFloat32> variable(float[] values, long... shape) {
            Variable<TFloat32> v = tf.variable(Shape.of(shape), TFloat32.class);
            initializers.add(tf.assign(v, constant(values, shape)));
            return v;
        }

        /** {@code x w + b}; {@code weights} are {@code [out, in]}. */
        Operand<TFloat32> linear(Operand<TFloat32> x, int in, int out, float[] weights) {
            Variable<TFloat32> w = variable(Synthetic.transposed(weights, out, in), in, out),
                    b = variable(new float[out], out);
            trained.add(w);
            trained.add(b);
            return tf.nn.biasAdd(tf.linalg.matMul(x, w), b);
        }

        private Variable<TFloat32> zerosLike(Variable<TFloat32> v) {
            Shape shape = v.asOutput().shape();
            return variable(new float[(int) shape.size()], shape.asArray());
        }

        /** An op that changes a variable by its gradient. */
        private interface Update {
            Op of(Ops tf, Variable<TFloat32> variable, Operand<TFloat32> gradient);
        }

        /** Updates that wait for all gradients: variables are changed in place, and the backward pass still reads them. */
        private List<Op> updates(Operand<TFloat32> loss, Update update) {
            Gradients gradients = Gradients.create(tf.scope(), loss, trained);
            List<Op> computed = new ArrayList<>();
            for (Operand<?> g : gradients) computed.add(g);
            Ops after = tf.withControlDependencies(computed);
            List<Op> updates = new ArrayList<>();
            for (int i = 0; i < trained.size(); i++)
                updates.add(update.of(after, trained.get(i), gradients.dy(i)));
            return updates;
        }

        List<Op> descend(Operand<TFloat32> loss, double rate) {
            Operand<TFloat32> r = tf.constant((float) rate);
            return updates(loss, (after, v, g) -> after.train.applyGradientDescent(v, r, g));
        }

        List<Op> sgd(Operand<TFloat32> loss) {
            Operand<TFloat32> rate = tf.constant((float) Training.SGD_RATE),
                    momentum = tf.constant((float) Training.MOMENTUM);
            return updates(loss, (after, v, g) -> after.train.applyMomentum(v, zerosLike(v), rate, g, momentum));
        }

        List<Op> adam(Operand<TFloat32> loss) {
            Operand<TFloat32> beta1 = tf.constant(0.9f), beta2 = tf.constant(0.999f), epsilon = tf.constant(1e-8f),
                    rate = tf.constant((float) Training.ADAM_RATE);
            Variable<TFloat32> power1 = variable(new float[] {0.9f}), power2 = variable(new float[] {0.999f});
            List<Op> updates = updates(loss, (after, v, g) -> after.train.applyAdam(v, zerosLike(v), zerosLike(v),
                    power1, power2, rate, beta1, beta2, epsilon, g));
            Ops after = tf.withControlDependencies(updates);
            updates.add(after.assign(power1, after.math.mul(power1, beta1)));
            updates.add(after.assign(power2, after.math.mul(power2, beta2)));
            return updates;
        }

        Session session() {
            Session session = new Session(graph, ConfigProto.newBuilder().setIntraOpParallelismThreads(THREADS)
                    .setInterOpParallelismThreads(1).build());
            Session.Runner runner = session.runner();
            initializers.forEach(runner::addTarget);
            runner.run().close();
            return session;
        }
    }

    private static Task training(Training t) {
        Model m = new Model();
        Placeholder<TFloat32> x =
                m.tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(t.batch(), t.inputs())));
        Placeholder<TFloat32> y =
                m.tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(t.batch(), t.classes())));
        Operand<TFloat32> h = x;
        for (int i = 1; i < t.widths().size(); i++) {
            int in = t.widths().get(i - 1), out = t.widths().get(i);
            h = m.linear(i == 1 ? h : m.tf.nn.relu(h), in, out, Synthetic.weights(in, out, i - 1));
        }
        Operand<TFloat32> loss =
                m.tf.math.mean(m.tf.nn.softmaxCrossEntropyWithLogits(h, y).loss(), m.tf.constant(0));
        List<Op> updates = t.rule() == Rule.ADAM ? m.adam(loss) : m.sgd(loss);
        Batches<List<Feed>> batches = new Batches<>(b -> List.of(
                new Feed(x, tensor(Synthetic.inputs(t.batch() * t.inputs(), b), t.batch(), t.inputs())),
                new Feed(y, tensor(Synthetic.oneHot(Synthetic.labels(t.batch(), t.classes(), b), t.classes()),
                        t.batch(), t.classes()))));
        Session session = m.session();
        return Steps.training(last -> step(session, batches.next(), updates, loss, last));
    }

    private static Task xor() {
        Model m = new Model();
        Operand<TFloat32> hidden =
                m.tf.math.sigmoid(
                        m.linear(m.constant(Synthetic.xorInputs(), 4, 2), 2, 2, Synthetic.xorWeights(2, 2, 0)));
        Operand<TFloat32> out = m.tf.math.sigmoid(m.linear(hidden, 2, 1, Synthetic.xorWeights(2, 1, 1)));
        Operand<TFloat32> loss = m.tf.math.mean(
                m.tf.math.squaredDifference(out, m.constant(Synthetic.xorTargets(), 4, 1)),
                m.tf.constant(new int[] {0, 1}));
        List<Op> updates = m.descend(loss, Xor.RATE);
        Session session = m.session();
        return Steps.xor(last -> step(session, List.of(), updates, loss, last));
    }

    private record Feed(Placeholder<TFloat32> to, TFloat32 values) {}

    private static double step(Session session, List<Feed> batch, List<Op> updates, Operand<TFloat32> loss,
            boolean last) {
        Session.Runner runner = session.runner();
        for (Feed f : batch) runner.feed(f.to, f.values);
        updates.forEach(runner::addTarget);
        if (last) runner.fetch(loss);
        try (Result result = runner.run()) {
            return last ? ((TFloat32) result.get(0)).getFloat() : 0;
        }
    }
}
