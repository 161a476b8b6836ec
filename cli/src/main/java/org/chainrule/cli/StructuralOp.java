package org.chainrule.cli;

import java.util.List;
import org.chainrule.graph.Op;
import org.chainrule.io.Json;

/**
 * A kind of op other than the element-wise ones, in words.
 *
 * @param type     the kind's declaration
 * @param computes its value
 * @param gradient what it makes of the gradient c that arrives
 */
record StructuralOp(Class<? extends Op> type, String computes, String gradient) {
    static final List<StructuralOp> ALL = List.of(
            new StructuralOp(Op.Leaf.class, "values in memory: data and parameters", "ends here"),
            new StructuralOp(Op.Constant.class, "one number everywhere", "none"),
            new StructuralOp(Op.HostScalar.class,
                    "a number that the program supplies for each run: a learning rate, a step count", "none"),
            new StructuralOp(Op.Random.class, "uniform or normal random numbers, by Philox from (seed, stream, index)",
                    "none"),
            new StructuralOp(Op.Cast.class, "the same values in another dtype",
                    "c in the input's dtype; none to integers"),
            new StructuralOp(Op.Reduce.class, "sum, product, maximum or minimum over axes",
                    "sum: c everywhere; max and min: c to the chosen elements, shared among equals; product: c·f/x"),
            new StructuralOp(Op.ArgReduce.class, "position of the first greatest or least element along an axis",
                    "none"),
            new StructuralOp(Op.CumulativeSum.class, "running sums along an axis", "running sums of c from the end"),
            new StructuralOp(Op.MatMul.class, "matrix product A·B, in batches", "to A: c·Bᵀ; to B: Aᵀ·c"),
            new StructuralOp(Op.Permute.class, "axes in another order", "c with the axes back in order"),
            new StructuralOp(Op.Reshape.class, "the same elements under another shape", "c under the input's shape"),
            new StructuralOp(Op.Expand.class, "axes of extent 1 repeated", "c summed over the repetitions"),
            new StructuralOp(Op.Slice.class, "elements start, start + step, … of each axis",
                    "c at these places, 0 elsewhere"),
            new StructuralOp(Op.Embed.class, "the input at places start, start + step, … of each axis, 0 elsewhere",
                    "c at these places"),
            new StructuralOp(Op.Concat.class, "tensors one after the other along an axis", "each input's part of c"),
            new StructuralOp(Op.Gather.class, "elements of a source at given positions along an axis",
                    "c added at these positions"),
            new StructuralOp(Op.ScatterAdd.class, "elements added at given positions along an axis",
                    "c at these positions"),
            new StructuralOp(Op.Composite.class,
                    "a named function of other ops, for which a backend may have a kernel: softmax, layer norm, …",
                    "that of its ops, or a rule of its own"),
            new StructuralOp(Op.StopGradient.class, "the input", "none: c ends here"));

    /** The kind's name as a table shows it. */
    String kind() {
        return type.getSimpleName();
    }

    Json json() {
        return new JsonObject().with("kind", kind()).with("computes", computes).with("gradient", gradient).build();
    }
}
