package org.chainrule.plan;

import java.util.List;
import java.util.stream.Stream;
import org.chainrule.DType;

/** Kernels in the order in which they run, over numbered slots of memory. */
public record Schedule(List<Slot> slots, List<Kernel> kernels) {
    /** Memory for {@code length} elements: bound from outside for each run, or a temporary that the executable owns. */
    public record Slot(DType dtype, int length, boolean external) {}

    /** Bytes that one of the kernels reads and writes: of each operand the elements that it shows, those that it repeats once. */
    public long traffic(Kernel kernel) {
        return Stream.concat(kernel.reads().stream(), kernel.out().stream()).mapToLong(o -> o.dtype().bytes()
                * Math.min(o.layout().shape().size(), slots.get(o.slot()).length())).sum();
    }
}
