package org.chainrule.harness.onnx;

import static java.util.Map.entry;
import static org.chainrule.harness.onnx.OnnxOp.binary;
import static org.chainrule.harness.onnx.OnnxOp.one;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.chainrule.Axes;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.nn.CrossEntropy;
import org.chainrule.nn.NegativeLogLikelihood;
import org.chainrule.nn.Norms;
import org.chainrule.nn.Reduction;

/** Products of matrices, softmaxes, normalizations, losses, dropout. */
final class OnnxNetworks {
    /** What the specification's function body of MeanVarianceNormalization adds to the deviation. */
    private static final double MVN_EPSILON = 1e-9;

    static final Map<String, OnnxOp> TABLE = Map.ofEntries(
            entry("MatMul", binary(OnnxNetworks::product)),
            entry("Gemm", one(OnnxNetworks::gemm)),
            entry("Einsum", one(Einsum::of)),
            entry("Softmax", one(c -> along(c, Tensor::softmax))),
            entry("LogSoftmax", one(c -> along(c, Tensor::logSoftmax))),
            entry("Hardmax", one(c -> along(c, (x, axis) -> {
                int last = x.shape().rank() - 1;
                return x.argmax(axis).oneHot(x.shape().dim(axis), x.dtype()).permute(
                        IntStream.rangeClosed(0, last).map(i -> i < axis ? i : i == axis ? last : i - 1).toArray());
            }))),
            entry("LayerNormalization", OnnxNetworks::layerNormalization),
            entry("RMSNormalization", one(OnnxNetworks::rmsNormalization)),
            entry("BatchNormalization", OnnxNetworks::batchNormalization),
            entry("GroupNormalization", one(OnnxNetworks::groupNormalization)),
            entry("InstanceNormalization",
                    one(c -> Norms.groupNorm(c.in(0), c.in(0).shape().dim(1), c.in(1), c.in(2),
                            c.attributes().number("epsilon", 1e-5)))),
            entry("LpNormalization", one(c -> {
                int axis = HostValues.clamped(c.attributes().integer("axis", -1));
                Tensor norm = c.in(0).norm((double) c.attributes().integer("p", 2), Axes.of(axis).keep());
                return norm.eq(0).where(0, c.in(0).over(norm.eq(0).where(1, norm)));
            })),
            entry("MeanVarianceNormalization", one(c -> {
                Axes axes = Axes.of(c.attributes().integers("axes").orElse(new int[] {0, 2, 3})).keep();
                Tensor centred = c.in(0).minus(c.in(0).mean(axes));
                return centred.over(centred.square().mean(axes).sqrt().plus(MVN_EPSILON));
            })),
            entry("LRN", one(OnnxNetworks::localResponse)),
            entry("NegativeLogLikelihoodLoss",
                    one(c -> new NegativeLogLikelihood(reduction(c), c.optional(2), ignored(c)).apply(c.in(0),
                            c.in(1)))),
            entry("SoftmaxCrossEntropyLoss", c -> List.of(
                    new CrossEntropy(reduction(c), c.optional(2), 0, ignored(c)).apply(c.in(0), c.in(1)),
                    c.in(0).logSoftmax(1))),
            entry("Dropout", OnnxNetworks::dropout));

    private OnnxNetworks() {}

    /** Whole numbers are multiplied in double precision, where their products are exact. */
    private static Tensor product(Tensor a, Tensor b) {
        return a.dtype().isFloat() ? a.matmul(b) : a.to(DType.F64).matmul(b.to(DType.F64)).to(a.dtype());
    }

    private static Tensor gemm(Call c) {
        double alpha = c.attributes().number("alpha", 1), beta = c.attributes().number("beta", 1);
        Tensor a = c.attributes().flag("transA", false) ? c.in(0).t() : c.in(0),
                b = c.attributes().flag("transB", false) ? c.in(1).t() : c.in(1);
        Tensor y = a.dtype().isInteger() ? product(a, b).to(DType.F64).times(alpha).to(a.dtype())
                : a.matmul(b).times(alpha);
        if (!c.has(2)) return y;
        Tensor bias = c.in(2).dtype().isInteger() ? c.in(2).to(DType.F64).times(beta).to(y.dtype())
                : c.in(2).times(beta);
        return y.plus(bias);
    }

    @FunctionalInterface
    private interface AlongAxis {
        Tensor apply(Tensor x, int axis);
    }

    /** Before version 13 the axes from {@code axis} on count as one. */
    private static Tensor along(Call c, AlongAxis f) {
        Tensor x = c.in(0);
        int axis = HostValues.clamped(c.attributes().integer("axis", c.opset() < 13 ? 1 : -1));
        if (c.opset() >= 13) return f.apply(x, x.shape().axis(axis));
        int a = axis < 0 ? axis + x.shape().rank() : axis, rows = OnnxIndexing.product(x.shape(), 0, a);
        return f.apply(x.reshape(Shape.of(rows, OnnxIndexing.product(x.shape(), a, x.shape().rank()))), 1)
                .reshape(x.shape());
    }

    /** The dtype that the normalization is computed in. */
    private static DType stash(Call c) {
        return ElementType.required(c.attributes().integer("stash_type", 1)).dtype();
    }

    private static List<Tensor> layerNormalization(Call c) {
        double epsilon = c.attributes().number("epsilon", 1e-5);
        Tensor x = c.in(0).to(stash(c));
        int axis = x.shape().axis(HostValues.clamped(c.attributes().integer("axis", -1)));
        Axes over = Axes.of(IntStream.range(axis, x.shape().rank()).toArray()).keep();
        Tensor y = Norms.layerNorm(x, tail(x.shape(), axis), epsilon).to(c.in(0).dtype()).times(c.in(1));
        List<Tensor> out = new ArrayList<>(List.of(c.has(2) ? y.plus(c.in(2)) : y));
        if (c.wants(1) || c.wants(2)) {
            Tensor mean = x.mean(over);
            out.add(mean);
            out.add(x.minus(mean).square().mean(over).plus(epsilon).rsqrt());
        }
        return out;
    }

    private static Tensor rmsNormalization(Call c) {
        Tensor x = c.in(0).to(stash(c));
        int axis = x.shape().axis(HostValues.clamped(c.attributes().integer("axis", -1)));
        return Norms.rmsNorm(x, tail(x.shape(), axis), c.attributes().number("epsilon", 1e-5)).to(c.in(0).dtype())
                .times(c.in(1));
    }

    private static Shape tail(Shape s, int axis) {
        return Shape.of(Arrays.copyOfRange(s.dims(), axis, s.rank()));
    }

    private static List<Tensor> batchNormalization(Call c) {
        double epsilon = c.attributes().number("epsilon", 1e-5), momentum = c.attributes().number("momentum", 0.9);
        boolean training = c.attributes().flag("training_mode", false);
        if (!training && c.outputs() > 1) throw c.unsupported("the further outputs of a version before 14");
        Tensor x = c.in(0), mean = c.in(3), variance = c.in(4);
        if (!training) return List.of(Norms.batchNorm(x, mean, variance, c.in(1), c.in(2), epsilon));
        Norms.Statistics batch = Norms.Statistics.of(x);
        return List.of(Norms.batchNorm(x, batch.mean(), batch.variance(), c.in(1), c.in(2), epsilon),
                mean.times(momentum).plus(batch.mean().times(1 - momentum)),
                variance.times(momentum).plus(batch.variance().times(1 - momentum)));
    }

    /** Before version 21 scale and bias have one element for each group. */
    private static Tensor groupNormalization(Call c) {
        int groups = HostValues.clamped(c.attributes().integer("num_groups", 0));
        double epsilon = c.attributes().number("epsilon", 1e-5);
        Tensor x = c.in(0), scale = c.in(1), bias = c.in(2);
        int each = x.shape().dim(1) / groups;
        if (c.opset() < 21) {
            scale = scale.repeatInterleave(0, each);
            bias = bias.repeatInterleave(0, each);
        }
        DType stash = stash(c);
        return Norms.groupNorm(x.to(stash), groups, scale.to(stash), bias.to(stash), epsilon).to(x.dtype());
    }

    /** Krizhevsky, Sutskever and Hinton 2012, "ImageNet Classification with Deep Convolutional Neural Networks", 3.3. */
    private static Tensor localResponse(Call c) {
        int size = HostValues.clamped(c.attributes().integer("size", 1));
        double alpha = c.attributes().number("alpha", 1e-4), beta = c.attributes().number("beta", 0.75),
                bias = c.attributes().number("bias", 1);
        Tensor x = c.in(0);
        Tensor sums = x.square().pad(1, (size - 1) / 2, size / 2, 0).unfold(1, size, 1).sum(-1);
        return x.over(sums.times(alpha / size).plus(bias).pow(beta));
    }

    private static Reduction reduction(Call c) {
        String name = c.attributes().text("reduction", "mean");
        return switch (name) {
            case "none" -> Reduction.NONE;
            case "mean" -> Reduction.MEAN;
            case "sum" -> Reduction.SUM;
            default -> throw c.unsupported("reduction '" + name + "'");
        };
    }

    /** The class index that counts for nothing; none at all unless given, which the least long stands for. */
    private static long ignored(Call c) {
        return c.attributes().integer("ignore_index", Long.MIN_VALUE);
    }

    private static List<Tensor> dropout(Call c) {
        c.attributes().ignore("seed");
        double ratio = c.attributes().number("ratio", c.has(1) ? c.number(1) : 0.5);
        boolean training = c.has(2) && c.number(2) != 0
                || c.opset() < 7 && !c.attributes().flag("is_test", false);
        if (training && ratio != 0) throw c.unsupported("random numbers of another generator");
        Tensor x = c.in(0);
        return List.of(x.map(Ops.IDENTITY), c.session().constant(x.shape(), DType.BOOL, 1));
    }
}
