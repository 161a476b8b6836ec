package org.chainrule.kernels;

import java.util.List;
import org.chainrule.DType;

/**
 * How a kernel of the plan is computed: launches in order, and the scratch memory between them. A kernel without elements needs no launch.
 */
public record Recipe(List<Launch> launches, List<Scratch> scratch) {
    /** Memory that lives while the recipe runs; its contents are undefined at first. */
    public record Scratch(DType dtype, int length) {}

    static final Recipe NOTHING = new Recipe(List.of(), List.of());

    public Recipe {
        launches = List.copyOf(launches);
        scratch = List.copyOf(scratch);
    }

    static Recipe of(Launch launch) {
        return new Recipe(List.of(launch), List.of());
    }
}
