package org.chainrule.harness.onnx;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.chainrule.Tensor;

/** Steps of optimizers: inputs the rate R, the number T of earlier steps, then all values, gradients and states by kind. */
final class OnnxTraining {
    private static final String DOMAIN = "ai.onnx.preview.training.";

    static final Map<String, OnnxOp> TABLE = Map.ofEntries(entry(DOMAIN + "Adagrad", each(2, OnnxTraining::adagrad)),
            entry(DOMAIN + "Adam", each(3, OnnxTraining::adam)),
            entry(DOMAIN + "Momentum", each(2, OnnxTraining::momentum)));

    private OnnxTraining() {}

    /** The next value and states of one tensor from its value, gradient and states. */
    @FunctionalInterface
    private interface Rule {
        List<Tensor> next(Call c, List<Tensor> of);
    }

    /** @param kept how many tensors a rule gives for each: its value and its states */
    private static OnnxOp each(int kept, Rule rule) {
        return c -> {
            int n = (c.inputs().size() - 2) / (kept + 1);
            List<List<Tensor>> next = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                List<Tensor> of = new ArrayList<>();
                for (int k = 0; k <= kept; k++) of.add(c.in(2 + k * n + i));
                next.add(rule.next(c, of));
            }
            List<Tensor> out = new ArrayList<>();
            for (int k = 0; k < kept; k++) for (List<Tensor> of : next) out.add(of.get(k));
            return out;
        };
    }

    private static Tensor regularized(Call c, List<Tensor> of) {
        return of.get(0).times(c.attributes().number("norm_coefficient", 0)).plus(of.get(1));
    }

    private static Tensor steps(Call c) {
        return c.in(1).to(c.in(0).dtype());
    }

    private static List<Tensor> adagrad(Call c, List<Tensor> of) {
        double decay = c.attributes().number("decay_factor", 0), epsilon = c.attributes().number("epsilon", 0);
        Tensor rate = c.in(0).over(steps(c).times(decay).plus(1)), g = regularized(c, of);
        Tensor h = of.get(2).plus(g.square());
        return List.of(of.get(0).minus(rate.times(g).over(h.sqrt().plus(epsilon))), h);
    }

    private static List<Tensor> adam(Call c, List<Tensor> of) {
        double alpha = c.attributes().number("alpha", 0.9), beta = c.attributes().number("beta", 0.999),
                epsilon = c.attributes().number("epsilon", 0),
                post = c.attributes().number("norm_coefficient_post", 0);
        Tensor g = regularized(c, of), t = steps(c);
        Tensor v = of.get(2).times(alpha).plus(g.times(1 - alpha)),
                h = of.get(3).times(beta).plus(g.square().times(1 - beta));
        Tensor corrected = c.in(0).times(c.constant(t, beta).pow(t).negate().plus(1).sqrt())
                .over(c.constant(t, alpha).pow(t).negate().plus(1));
        Tensor rate = t.gt(0).where(corrected, c.in(0));
        Tensor x = of.get(0).minus(rate.times(v).over(h.sqrt().plus(epsilon)));
        return List.of(x.times(1 - post), v, h);
    }

    private static List<Tensor> momentum(Call c, List<Tensor> of) {
        double alpha = c.attributes().number("alpha", 0), beta = c.attributes().number("beta", 0);
        String mode = c.attributes().text("mode", "standard");
        Tensor g = regularized(c, of), t = steps(c);
        Tensor gain = t.gt(0).where(c.constant(t, beta), c.constant(t, 1));
        Tensor v = of.get(2).times(alpha).plus(gain.times(g));
        Tensor direction = switch (mode) {
            case "standard" -> v;
            case "nesterov" -> g.plus(v.times(alpha));
            default -> throw c.unsupported("mode '" + mode + "'");
        };
        return List.of(of.get(0).minus(c.in(0).times(direction)), v);
    }
}
