package org.chainrule.nn;

import java.util.function.UnaryOperator;
import org.chainrule.Shape;
import org.chainrule.ShapeMismatchException;
import org.chainrule.Tensor;

/** All axes but the first as one: {@code [N, …] → [N, …·…]}. */
public record Flatten() implements UnaryOperator<Tensor> {
    public static Flatten of() {
        return new Flatten();
    }

    /** @throws ShapeMismatchException for a scalar */
    @Override
    public Tensor apply(Tensor x) {
        return x.reshape(Shape.of(x.shape().dim(0), Math.toIntExact(x.shape().without(0).size())));
    }
}
