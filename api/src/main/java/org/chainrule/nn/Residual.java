package org.chainrule.nn;

import java.util.function.UnaryOperator;
import org.chainrule.ShapeMismatchException;
import org.chainrule.Tensor;

/**
 * {@code x + f(x)}, where {@code f} keeps the shape. He, Zhang, Ren and Sun 2015, "Deep Residual Learning for Image
 * Recognition", equation 1. Its functions are named {@code body.0}, {@code body.1}, ….
 */
public final class Residual extends Block<Residual> {
    private final Sequential body;

    private Residual(Sequential body) {
        this.body = child("body", body);
    }

    /** {@code f} is the functions one after the other. */
    @SafeVarargs
    public static Residual of(UnaryOperator<Tensor>... functions) {
        return new Residual(Sequential.of(functions));
    }

    /** @throws ShapeMismatchException where {@code f} changes the shape */
    @Override
    public Tensor apply(Tensor x) {
        Tensor y = body.apply(x);
        if (!y.shape().equals(x.shape())) throw new ShapeMismatchException(
                "residual: input " + x.shape() + " and the output of its layers " + y.shape() + " differ");
        return x.plus(y);
    }
}
