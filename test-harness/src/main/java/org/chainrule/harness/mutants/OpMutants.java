package org.chainrule.harness.mutants;

import java.util.List;
import java.util.function.UnaryOperator;
import org.chainrule.Tensor;
import org.chainrule.harness.Substitution;

/** Ops declared wrongly: the same on every device, so that no device shows it. */
final class OpMutants {
    private OpMutants() {}

    static List<Mutant> all() {
        return List.of(gradient("relu-gradient-times-seven", "relu", c -> c.times(7)),
                gradient("tanh-gradient-zero", "tanh", c -> c.times(0)),
                gradient("softmax-gradient-sign-flipped", "softmax", Tensor::negate),
                // a cotangent of ones would not show it: there the gradient is zero
                gradient("softmax-gradient-zero", "softmax", c -> c.times(0)),
                gradient("norm1-gradient-times-seven", "norm1", c -> c.times(7)),
                gradient("residual-gradient-counted-twice", "residual", c -> c.times(2)),
                gradient("residual-gradient-not-a-number", "residual", c -> c.times(Double.NaN)),
                gradient("rms-norm-gradient-slightly-off", "rms_norm", c -> c.times(1 + 1e-6)),
                Mutant.op("mean-an-eighth-too-large", forward("mean", y -> y.times(1.125))),
                Mutant.op("gelu-slightly-too-large", forward("gelu", y -> y.times(1 + 1e-7))),
                Mutant.op("variance-a-tenth-too-small", forward("var", y -> y.times(0.9))),
                Mutant.op("gemm-less-an-eighth", forward("gemm", y -> y.minus(0.125))),
                Mutant.op("huber-doubled", forward("huber", y -> y.times(2))),
                Mutant.op("depth-to-space-mirrored", forward("depthtospace", y -> y.flip(y.shape().rank() - 1))));
    }

    private static Mutant gradient(String name, String op, UnaryOperator<Tensor> change) {
        return Mutant.op(name, forward(op, y -> y.dtype().isFloat()
                ? Tensor.custom(op, y.times(1), (_, _, cotangent) -> List.of(change.apply(cotangent)), y) : y));
    }

    private static Substitution forward(String op, UnaryOperator<Tensor> change) {
        return (name, function) -> name.equals(op)
                ? in -> function.apply(in).stream().map(y -> y.dtype().isFloat() ? change.apply(y) : y).toList()
                : function;
    }
}
