package org.chainrule.graph;

import java.util.List;
import java.util.function.DoubleSupplier;
import org.chainrule.Rng;
import org.chainrule.Tensor;
import org.chainrule.expr.Expr;

/**
 * What a node of the graph computes from its inputs; its shape and dtype stand on the node. The family is closed:
 * a rule over graphs is one exhaustive switch.
 */
public sealed interface Op {
    /** Values that live in a buffer: data and parameters. No inputs. */
    record Leaf(String label) implements Op {}

    /** The same value everywhere. No inputs. */
    record Constant(double value) implements Op {}

    /** A scalar that the host supplies anew for each run of a plan: a learning rate, a step count. No inputs. */
    record HostScalar(DoubleSupplier value) implements Op {}

    /** Counter-based random values; {@code stream} is what {@code rng} gave out for the first run. No inputs. */
    record Random(Distribution distribution, Rng rng, long stream) implements Op {}

    /** Element by element: {@code expr} over inputs that all have the node's shape. */
    record Map(String name, Expr expr) implements Op {}

    /** The same values in the node's dtype; float to integer truncates toward zero, anything to bool is {@code != 0}. */
    record Cast() implements Op {}

    /** One input, folded over {@code axes}, which stay with extent 1. */
    record Reduce(Reduction kind, List<Integer> axes) implements Op {}

    /** The position (i64) of the first greatest, or least, element along {@code axis}, which stays with extent 1; NaN is greater, and less, than all. */
    record ArgReduce(boolean greatest, int axis) implements Op {}

    /** Running sums along {@code axis}. */
    record CumulativeSum(int axis) implements Op {}

    /** {@code [b…, m, k] · [b…, k, n] → [b…, m, n]}; the batch axes of both inputs are equal. */
    record MatMul() implements Op {}

    /** Axis {@code i} of the result is axis {@code order[i]} of the input. */
    record Permute(List<Integer> order) implements Op {}

    /** The same elements in row-major order under another shape. */
    record Reshape() implements Op {}

    /** Extents of 1 repeated to the node's shape of the same rank. */
    record Expand() implements Op {}

    /** Elements {@code start, start + step, …} along each axis; steps may be negative. */
    record Slice(List<Integer> start, List<Integer> step) implements Op {}

    /** The input placed at {@code start, start + step, …} along each axis of a tensor of zeros: the transpose of {@link Slice}. */
    record Embed(List<Integer> start, List<Integer> step) implements Op {}

    /** The inputs one after the other along {@code axis}. */
    record Concat(int axis) implements Op {}

    /** Inputs {@code source, index}: {@code out[i…] = source[i… with index[i…] at axis]}. */
    record Gather(int axis) implements Op {}

    /** Inputs {@code index, updates}: {@code out[i… with index[i…] at axis] += updates[i…]} into zeros, in row-major order. */
    record ScatterAdd(int axis) implements Op {}

    /**
     * A named function that a backend may compute with a kernel of its own; elsewhere {@code body}, the same function in
     * other ops, is computed. Without a gradient rule the gradient of {@code body} is taken.
     */
    record Composite(String name, List<Double> attributes, Tensor body, GradientRule rule) implements Op {}

    /** The input, through which no gradient flows. */
    record StopGradient() implements Op {}

    /** How a reduction combines elements. */
    enum Reduction { SUM, PROD, MAX, MIN }

    /** Distributions of {@link Random}. */
    enum Distribution {
        /** {@code [0, 1)}: multiples of 2⁻²⁴ in f32, of 2⁻⁵³ in f64. */
        UNIFORM,
        /** Mean 0, standard deviation 1. */
        NORMAL
    }

    /** The gradients of a composite or custom op. */
    @FunctionalInterface
    interface GradientRule {
        /** Stands for no rule of its own: the gradient of the body is taken. */
        GradientRule OF_BODY = (inputs, output, cotangent) -> List.of();

        /**
         * Gradients with respect to each input, in order and of its shape.
         *
         * @param cotangent the gradient with respect to {@code output}, of its shape
         */
        List<Tensor> gradients(List<Tensor> inputs, Tensor output, Tensor cotangent);
    }
}
