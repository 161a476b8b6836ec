package org.chainrule.plan;

import java.util.List;
import org.chainrule.DType;

/** Kernels in the order in which they run, over numbered slots of memory. */
public record Schedule(List<Slot> slots, List<Kernel> kernels) {
    /** Memory for {@code length} elements: bound from outside for each run, or a temporary that the executable owns. */
    public record Slot(DType dtype, int length, boolean external) {}
}
