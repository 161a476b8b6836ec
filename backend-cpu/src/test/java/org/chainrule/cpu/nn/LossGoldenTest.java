package org.chainrule.cpu.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.harness.golden.Attributes;
import org.chainrule.harness.golden.GoldenCase;
import org.chainrule.nn.CrossEntropy;
import org.chainrule.nn.Losses;
import org.chainrule.nn.NegativeLogLikelihood;
import org.chainrule.nn.Norms;
import org.chainrule.nn.Reduction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses and normalizations, forward and gradient, against PyTorch's in double precision. */
class LossGoldenTest {
    private static final double CLOSE = 1e-12;

    static List<GoldenCase> losses() {
        return Golden.cases("loss");
    }

    /** All but those whose gradients are rounding noise: one element normalized by itself. */
    static List<GoldenCase> norms() {
        return Golden.cases("norm").stream().filter(g -> !g.name().contains("_5x1_over_1")).toList();
    }

    @ParameterizedTest
    @MethodSource("losses")
    void lossIsPyTorchs(GoldenCase g) {
        compare(g, LossGoldenTest::loss);
    }

    @ParameterizedTest
    @MethodSource("norms")
    void normalizationIsPyTorchs(GoldenCase g) {
        compare(g, LossGoldenTest::norm);
    }

    private interface Case {
        List<Tensor> outputs(GoldenCase g, List<Tensor> inputs);
    }

    private static void compare(GoldenCase g, Case of) {
        try (Session session = Session.open("reference")) {
            List<Tensor> bases = g.inputs(session, DType.F64), inputs = new ArrayList<>();
            for (int i = 0; i < bases.size(); i++) inputs.add(view(g, i, bases.get(i)));
            List<Tensor> outputs = of.outputs(g, inputs);
            for (int k = 0; k < outputs.size(); k++) requireClose(g, "output." + k, outputs.get(k), CLOSE);
            for (int i : g.differentiableInputs()) requireClose(g, "grad." + i, outputs.getFirst()
                    .gradients(g.tensor(session, "cotangent.0", DType.F64), List.of(bases.get(i))).getFirst(), 1e-11);
        }
    }

    private static void requireClose(GoldenCase g, String tensor, Tensor computed, double relative) {
        assertEquals(Optional.empty(), g.difference(tensor, computed.toDoubles(), relative), g.toString());
    }

    private static Tensor view(GoldenCase g, int i, Tensor t) {
        String v = g.view(i).orElse(""), code = g.code();
        char c = (char) ('a' + i);
        if (code.contains("(" + c + ".t()") || code.contains(" " + c + ".t()")) return t.t();
        if (code.contains(c + ".expand(7, 13)")) return t.expand(7, 13);
        return v.isEmpty() ? t : fail(g + ": view " + v);
    }

    private static Tensor at(List<Tensor> in, int i) {
        return in.get(i);
    }

    private static List<Tensor> loss(GoldenCase g, List<Tensor> in) {
        Tensor x = in.getFirst(), y = in.get(1);
        Optional<Tensor> extra = in.size() > 2 ? Optional.of(at(in, 2)) : Optional.empty();
        Attributes a = g.attributes();
        Reduction r = Reduction.valueOf(a.text("reduction").orElse("none").replace("batchmean", "batch_mean")
                .toUpperCase(java.util.Locale.ROOT));
        return List.of(switch (g.op()) {
            case "mse" -> Losses.mse(x, y, r);
            case "l1" -> Losses.l1(x, y, r);
            case "huber" -> Losses.huber(x, y, a.number("delta"), r);
            case "smooth_l1" -> Losses.smoothL1(x, y, a.number("beta"), r);
            case "bce" -> Losses.bce(x, y, extra, r);
            case "bce_with_logits" -> Losses.bceWithLogits(x, y, a.flag("weight") ? extra : Optional.empty(),
                    a.flag("pos_weight") ? extra : Optional.empty(), r);
            case "kl_div" -> a.flag("log_target") ? Losses.klDivOfLogs(x, y, r)
                    : g.name().endsWith("softmaxed") ? Losses.klDiv(x.logSoftmax(1), y.softmax(1), r)
                    : Losses.klDiv(x, y, r);
            case "cross_entropy" ->
                    new CrossEntropy(r, extra, a.number("label_smoothing"), (long) a.number("ignore_index"))
                            .apply(x, y);
            case "cross_entropy_prob" -> new CrossEntropy(r, extra, a.number("label_smoothing"), -100).apply(x, y);
            case "nll" -> new NegativeLogLikelihood(r, extra, (long) a.number("ignore_index")).apply(x, y);
            default -> fail(g.op());
        });
    }

    private static List<Tensor> norm(GoldenCase g, List<Tensor> in) {
        Tensor x = in.getFirst();
        double eps = g.attributes().numberOr(Math.ulp(1.0), "eps");
        return switch (g.op()) {
            case "layer_norm" -> {
                Tensor y = Norms.layerNorm(x, over(g), eps);
                if (in.size() > 1) y = y.times(at(in, 1));
                yield List.of(in.size() > 2 ? y.plus(at(in, 2)) : y);
            }
            case "rms_norm" ->
                    List.of(in.size() > 1 ? Norms.rmsNorm(x, at(in, 1), eps) : Norms.rmsNorm(x, over(g), eps));
            case "group_norm" -> List.of(in.size() > 1
                    ? Norms.groupNorm(x, (int) g.attributes().number("num_groups"), at(in, 1), at(in, 2), eps)
                    : Norms.groupNorm(x, (int) g.attributes().number("num_groups"), eps));
            case "batch_norm" -> batchNorm(g, in, eps);
            default -> fail(g.op());
        };
    }

    private static List<Tensor> batchNorm(GoldenCase g, List<Tensor> in, double eps) {
        Tensor x = in.getFirst();
        boolean affine = g.attributes().flag("affine"), kept = g.attributes().flag("running_stats");
        int first = affine ? 3 : 1;
        Norms.Statistics s = Norms.Statistics.of(x);
        Tensor mean = g.attributes().flag("training") ? s.mean() : at(in, first),
                variance = g.attributes().flag("training") ? s.variance() : at(in, first + 1);
        Tensor y = affine ? Norms.batchNorm(x, mean, variance, at(in, 1), at(in, 2), eps)
                : Norms.batchNorm(x, mean, variance, eps);
        if (!kept) return List.of(y);
        if (!g.attributes().flag("training")) return List.of(y, mean, variance);
        double m = g.attributes().number("momentum");
        return List.of(y, at(in, first).times(1 - m).plus(s.mean().times(m)),
                at(in, first + 1).times(1 - m).plus(s.sampleVariance().times(m)));
    }

    private static Shape over(GoldenCase g) {
        String code = g.code();
        int from = code.lastIndexOf('[', code.indexOf(']', code.indexOf("_norm("))) + 1;
        return Shape.of(java.util.Arrays.stream(code.substring(from, code.indexOf(']', from)).split(", "))
                .mapToInt(Integer::parseInt).toArray());
    }
}
