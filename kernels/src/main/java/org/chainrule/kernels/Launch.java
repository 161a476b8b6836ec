package org.chainrule.kernels;

import java.util.List;

/**
 * One start of a device function.
 *
 * @param arguments in the order of the function's parameters
 * @param groups    work-groups (CUDA: blocks) along three axes, each at least 1; many only along x, for CUDA has at most 65,535 along the others
 * @param items     work-items (CUDA: threads) of a group along three axes
 */
public record Launch(Source source, List<Argument> arguments, Extent groups, Extent items) implements Command {
    /** Three extents. */
    public record Extent(int x, int y, int z) {
        public static Extent of(int x) {
            return new Extent(x, 1, 1);
        }
    }

    public Launch {
        arguments = List.copyOf(arguments);
    }
}
