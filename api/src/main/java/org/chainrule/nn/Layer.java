package org.chainrule.nn;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Tensor;

/**
 * A function of a tensor with parameters of its own. Any function of a tensor, such as {@code Ops.TANH} or a lambda,
 * can stand beside layers in a {@link Sequential}; this interface is for those that have something to initialize, to
 * train or to switch. Extend {@link Block} to write one.
 *
 * <p>A layer is in training mode from the start; dropout and batch normalization compute something else in evaluation
 * mode. The mode counts when the graph is built, so a compiled step keeps the one in which it was recorded.
 */
public interface Layer extends UnaryOperator<Tensor> {
    /** What is trained, each once, named by the path to it: {@code 0.weight}, {@code 0.bias}, {@code 2.weight}. */
    List<Parameter> parameters();

    /** What belongs to the layer's state and is not trained, such as running means; named as {@link #parameters()} are. */
    List<Parameter> buffers();

    /** Gives all parameters and buffers their first values, in {@code dtype}; returns this. */
    Layer init(Session session, Rng rng, DType dtype);

    /** Gives all parameters and buffers their first values, in f32; returns this. */
    default Layer init(Session session, Rng rng) {
        return init(session, rng, DType.F32);
    }

    /** Switches this and the layers in it to training mode or to evaluation mode; returns this. */
    Layer training(boolean on);

    boolean isTraining();

    /** What {@code body} gives while this is in evaluation mode; the mode from before returns afterwards. */
    <T> T evaluating(Supplier<T> body);
}
