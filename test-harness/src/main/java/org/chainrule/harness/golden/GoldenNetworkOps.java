package org.chainrule.harness.golden;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.chainrule.DataFormatException;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.harness.golden.GoldenOps.GoldenOp;
import org.chainrule.nn.Convolutions;
import org.chainrule.nn.Convolutions.Windows;
import org.chainrule.nn.CrossEntropy;
import org.chainrule.nn.Losses;
import org.chainrule.nn.NegativeLogLikelihood;
import org.chainrule.nn.Norms;
import org.chainrule.nn.Reduction;

/** The recorded losses and normalizations by name. */
final class GoldenNetworkOps {
    static final Map<String, GoldenOp> TABLE = Map.ofEntries(
            entry("mse", (in, a) -> List.of(Losses.mse(in.get(0), in.get(1), reduction(a)))),
            entry("l1", (in, a) -> List.of(Losses.l1(in.get(0), in.get(1), reduction(a)))),
            entry("huber", (in, a) -> List.of(Losses.huber(in.get(0), in.get(1), a.number("delta"), reduction(a)))),
            entry("smooth_l1",
                    (in, a) -> List.of(Losses.smoothL1(in.get(0), in.get(1), a.number("beta"), reduction(a)))),
            entry("bce", (in, a) -> List.of(Losses.bce(in.get(0), in.get(1), third(in, a, "weight"), reduction(a)))),
            entry("bce_with_logits",
                    (in, a) -> List.of(Losses.bceWithLogits(in.get(0), in.get(1), third(in, a, "weight"),
                            third(in, a, "pos_weight"), reduction(a)))),
            entry("kl_div", (in, a) -> List.of(divergence(in, a))),
            entry("cross_entropy", (in, a) -> List.of(crossEntropy(in, a))),
            entry("cross_entropy_prob", (in, a) -> List.of(crossEntropy(in, a))),
            entry("nll",
                    (in, a) -> List.of(
                            new NegativeLogLikelihood(reduction(a), third(in, a, "weight"), a.integer("ignore_index"))
                                    .apply(in.get(0), in.get(1)))),
            entry("mlp_ce",
                    (in, _) -> List.of(Losses.crossEntropy(GoldenOps
                            .linear(GoldenOps.linear(in.get(0), in.subList(1, 3)).map(Ops.GELU_TANH), in.subList(3, 5)),
                            in.get(5)))),
            entry("layer_norm", (in, a) -> List.of(layerNorm(in, a))),
            entry("rms_norm", (in, a) -> List.of(rmsNorm(in, a))),
            entry("group_norm", (in, a) -> List.of(groupNorm(in, a))),
            entry("batch_norm", GoldenNetworkOps::batchNorm),
            entry("conv2d", (in, a) -> List.of(conv2d(in, a))));

    private GoldenNetworkOps() {}

    private static Tensor conv2d(List<Tensor> in, Attributes a) {
        Windows w = new Windows(pair(a, "stride"), pair(a, "padding"), pair(a, "dilation"), a.integer("groups"));
        return in.size() == 2 ? Convolutions.conv2d(in.get(0), in.get(1), w)
                : Convolutions.conv2d(in.get(0), in.get(1), in.get(2), w);
    }

    private static List<Integer> pair(Attributes a, String name) {
        return Arrays.stream(a.integers(name)).boxed().toList();
    }

    private static Reduction reduction(Attributes a) {
        String name = a.text("reduction").orElse("none").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "none" -> Reduction.NONE;
            case "mean" -> Reduction.MEAN;
            case "sum" -> Reduction.SUM;
            case "batchmean" -> Reduction.BATCH_MEAN;
            default -> throw new DataFormatException("reduction '" + name + "' is not known");
        };
    }

    private static Optional<Tensor> third(List<Tensor> in, Attributes a, String flag) {
        return a.flag(flag) ? Optional.of(in.get(2)) : Optional.empty();
    }

    private static Tensor divergence(List<Tensor> in, Attributes a) {
        Tensor x = in.get(0), y = in.get(1);
        if (a.flag("log_target")) return Losses.klDivOfLogs(x, y, reduction(a));
        boolean softened = a.code().contains("softmax");
        return softened ? Losses.klDiv(x.logSoftmax(1), y.softmax(1), reduction(a)) : Losses.klDiv(x, y, reduction(a));
    }

    private static Tensor crossEntropy(List<Tensor> in, Attributes a) {
        return new CrossEntropy(reduction(a), third(in, a, "weight"), a.number("label_smoothing"),
                (long) a.numberOr(-100, "ignore_index")).apply(in.get(0), in.get(1));
    }

    private static Tensor layerNorm(List<Tensor> in, Attributes a) {
        Tensor x = in.getFirst();
        double eps = a.number("eps");
        if (in.size() == 3) return Norms.layerNorm(x, in.get(1), in.get(2), eps);
        Tensor y = Norms.layerNorm(x, Shape.of(a.integers("normalized_shape")), eps);
        return in.size() == 2 ? y.times(in.get(1)) : y;
    }

    /** Without an epsilon, that of float64 stands: the recorded numbers were computed with it. */
    private static Tensor rmsNorm(List<Tensor> in, Attributes a) {
        double eps = a.numberOr(Math.ulp(1.0), "eps");
        return in.size() == 2 ? Norms.rmsNorm(in.get(0), in.get(1), eps)
                : Norms.rmsNorm(in.getFirst(), Shape.of(a.integers("normalized_shape")), eps);
    }

    private static Tensor groupNorm(List<Tensor> in, Attributes a) {
        int groups = a.integer("num_groups");
        double eps = a.number("eps");
        return in.size() == 3 ? Norms.groupNorm(in.get(0), groups, in.get(1), in.get(2), eps)
                : Norms.groupNorm(in.getFirst(), groups, eps);
    }

    /** Inputs x, weight and bias where affine, running mean and variance where kept; outputs the result and the moved statistics. */
    private static List<Tensor> batchNorm(List<Tensor> in, Attributes a) {
        Tensor x = in.getFirst();
        double eps = a.number("eps"), momentum = a.number("momentum");
        boolean training = a.flag("training"), keeps = a.flag("running_stats");
        Tensor runningMean = in.get(in.size() - (keeps ? 2 : 1)), runningVariance = in.getLast();
        Norms.Statistics batch = Norms.Statistics.of(x);
        Tensor mean = training ? batch.mean() : runningMean, variance = training ? batch.variance() : runningVariance;
        List<Tensor> out = new ArrayList<>();
        out.add(a.flag("affine") ? Norms.batchNorm(x, mean, variance, in.get(1), in.get(2), eps)
                : Norms.batchNorm(x, mean, variance, eps));
        if (keeps) {
            out.add(training ? runningMean.times(1 - momentum).plus(batch.mean().times(momentum)) : runningMean);
            out.add(training ? runningVariance.times(1 - momentum).plus(batch.sampleVariance().times(momentum))
                    : runningVariance);
        }
        return out;
    }
}
