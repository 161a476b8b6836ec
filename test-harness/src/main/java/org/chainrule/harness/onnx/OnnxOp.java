package org.chainrule.harness.onnx;

import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.chainrule.Tensor;

/**
 * An op of ONNX in terms of Chainrule's: its outputs from its inputs and attributes, by the specification of operators
 * (https://onnx.ai/onnx/operators). It throws {@link org.chainrule.UnsupportedOpException} where it is asked for what it
 * does not do.
 */
@FunctionalInterface
interface OnnxOp {
    List<Tensor> apply(Call call);

    /** One output of a call. */
    @FunctionalInterface
    interface Single {
        Tensor apply(Call call);
    }

    static OnnxOp one(Single f) {
        return c -> List.of(f.apply(c));
    }

    static OnnxOp unary(UnaryOperator<Tensor> f) {
        return c -> List.of(f.apply(c.in(0)));
    }

    static OnnxOp binary(BinaryOperator<Tensor> f) {
        return c -> List.of(f.apply(c.in(0), c.in(1)));
    }

    /** The op of that name, if it is known. */
    static Optional<OnnxOp> named(String qualified) {
        return List.of(OnnxPointwise.TABLE, OnnxReductions.TABLE, OnnxMovement.TABLE, OnnxIndexing.TABLE,
                OnnxNetworks.TABLE, OnnxWindows.TABLE, OnnxTraining.TABLE, OnnxAttention.TABLE).stream()
                .flatMap(t -> Optional.ofNullable(t.get(qualified)).stream()).findFirst();
    }
}
