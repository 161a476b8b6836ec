package org.chainrule.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
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

/** PyTorch's C++ core through JavaCPP, eager. */
final class Libtorch implements Contender {
    private Libtorch() {
        torch.set_num_threads(Integer.getInteger("threads", 1));
    }

    public static void main(String[] args) {
        Stage.serve(Libtorch::new);
    }

    @Override
    public String description() {
        return "libtorch " + torch.class.getPackage().getImplementationVersion() + ", eager";
    }

    @Override
    public Task prepare(Workload workload) {
        return switch (workload) {
            case Training t -> training(t);
            case Xor _ -> xor();
            case Product p -> product(p);
            case Elementwise e -> elementwise(e);
        };
    }

    private static Tensor floats(float[] values, long... shape) {
        Tensor t = torch.empty(shape);
        new FloatPointer(t.data_ptr_float()).put(values);
        return t;
    }

    private static float[] floats(Tensor t) {
        float[] values = new float[(int) t.numel()];
        new FloatPointer(t.contiguous().data_ptr_float()).get(values);
        return values;
    }

    private static Tensor classes(int[] labels) {
        long[] wide = new long[labels.length];
        for (int i = 0; i < wide.length; i++) wide[i] = labels[i];
        Tensor t = torch.zeros(wide.length).to(torch.ScalarType.Long);
        new LongPointer(t.data_ptr_long()).put(wide);
        return t;
    }

    /** Weight {@code [out, in]} and bias of a layer. */
    private record Layer(Tensor weight, Tensor bias, TensorOptional optionalBias) {
        static Layer of(float[] weights, int in, int out) {
            Tensor bias = torch.zeros(out).requires_grad_(true);
            return new Layer(floats(weights, out, in).requires_grad_(true), bias, new TensorOptional(bias));
        }

        Tensor apply(Tensor x) {
            return torch.linear(x, weight, optionalBias);
        }
    }

    private static TensorVector parameters(List<Layer> layers) {
        return new TensorVector(
                layers.stream().flatMap(l -> List.of(l.weight, l.bias).stream()).toArray(Tensor[]::new));
    }

    private static Optimizer sgd(List<Layer> layers, double rate, double momentum) {
        SGDOptions options = new SGDOptions(rate);
        options.momentum().put(momentum);
        return new SGD(parameters(layers), options);
    }

    private static Task training(Training t) {
        List<Layer> layers = new ArrayList<>();
        for (int i = 1; i < t.widths().size(); i++) {
            int in = t.widths().get(i - 1), out = t.widths().get(i);
            layers.add(Layer.of(Synthetic.weights(in, out, i - 1), in, out));
        }
        Optimizer optimizer = switch (t.rule()) {
            case SGD -> sgd(layers, Training.SGD_RATE, Training.MOMENTUM);
            case ADAM -> new Adam(parameters(layers), new AdamOptions(Training.ADAM_RATE));
        };
        Batches<Supplier<Tensor>> losses = new Batches<>(b -> {
            Tensor x = floats(Synthetic.inputs(t.batch() * t.inputs(), b), t.batch(), t.inputs());
            Tensor y = classes(Synthetic.labels(t.batch(), t.classes(), b));
            return () -> {
                Tensor h = x;
                for (Layer l : layers) h = l.apply(l == layers.getFirst() ? h : torch.relu(h));
                return torch.cross_entropy_loss(h, y);
            };
        });
        return Steps.training(last -> step(optimizer, losses.next(), last));
    }

    private static Task xor() {
        List<Layer> layers = List.of(Layer.of(Synthetic.xorWeights(2, 2, 0), 2, 2),
                Layer.of(Synthetic.xorWeights(2, 1, 1), 2, 1));
        Tensor x = floats(Synthetic.xorInputs(), 4, 2), y = floats(Synthetic.xorTargets(), 4, 1);
        Optimizer sgd = sgd(layers, Xor.RATE, 0);
        return Steps.xor(last -> step(sgd, () -> torch
                .mse_loss(torch.sigmoid(layers.getLast().apply(torch.sigmoid(layers.getFirst().apply(x)))), y), last));
    }

    private static double step(Optimizer optimizer, Supplier<Tensor> loss, boolean last) {
        try (PointerScope _ = new PointerScope()) {
            optimizer.zero_grad();
            Tensor l = loss.get();
            l.backward();
            optimizer.step();
            return last ? l.item_float() : 0;
        }
    }

    private static Task product(Product p) {
        Tensor a = matrix(p.rows(), p.depth(), p.aTransposed(), Synthetic.left(p)),
                b = matrix(p.depth(), p.columns(), p.bTransposed(), Synthetic.right(p));
        return new Repeated(torch.empty(p.rows(), p.columns()), c -> torch.mm_out(c, a, b));
    }

    private static Tensor matrix(int rows, int columns, boolean transposed, float[] values) {
        return transposed ? floats(values, columns, rows).t() : floats(values, rows, columns);
    }

    private static Task elementwise(Elementwise e) {
        Tensor x = floats(Synthetic.elements(e.length()), e.length());
        Tensor b = torch.full(new long[0], new Scalar(Elementwise.B));
        Scalar a = new Scalar(Elementwise.A);
        return new Repeated(torch.empty(e.length()), switch (e.function()) {
            case EXP -> y -> torch.exp_out(y, x);
            case TANH -> y -> torch.tanh_out(y, x);
            case SIGMOID -> y -> torch.sigmoid_out(y, x);
            case GELU -> y -> torch.gelu_out(y, x, "tanh");
            // the fewest passes: two of the five ops are done with another
            case CHAIN -> y -> torch.addcmul_out(y, x, torch.add_out(y, b, x, a).tanh_(), y);
        });
    }

    private interface Operation {
        Tensor into(Tensor result);
    }

    private record Repeated(Tensor result, Operation operation) implements Task {
        Repeated {
            try (PointerScope _ = new PointerScope()) {
                operation.into(result);
            }
        }

        @Override
        public void run(int runs) {
            for (int i = 0; i < runs; i++) try (PointerScope _ = new PointerScope()) {
                operation.into(result);
            }
        }

        @Override
        public double check() {
            return Synthetic.sum(floats(result));
        }
    }
}
