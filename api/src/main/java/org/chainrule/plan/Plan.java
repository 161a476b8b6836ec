package org.chainrule.plan;

import java.util.List;
import org.chainrule.Rng;
import org.chainrule.Tensor;

/**
 * A schedule and what its external slots stand for.
 *
 * @param sources slots to be bound to the buffers of tensors that have a value (data, parameters, results computed before)
 * @param scalars slots that the host fills before each run
 * @param results slots for the values of the roots, in their order
 * @param random  where each random kernel's stream comes from, by its number
 */
public record Plan(Schedule schedule, List<Source> sources, List<Source> scalars, List<Integer> results,
        List<Stream> random) {
    /** A tensor and the slot it is bound to. */
    public record Source(Tensor tensor, int slot) {}

    /** The source of a random kernel's stream and the stream of its first run. */
    public record Stream(Rng rng, long first) {}

    /** A new value for a tensor that lives in a buffer. */
    public record Assignment(Tensor target, Tensor value) {}
}
