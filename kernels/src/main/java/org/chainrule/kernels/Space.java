package org.chainrule.kernels;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.chainrule.plan.Layout;

/**
 * Some axes of a shape over which operands lie with strides. Axes that every operand walks like one axis are merged, so that most kernels have one.
 *
 * @param extents the extent of each axis
 * @param strides for each operand its stride along each axis
 */
record Space(List<Integer> extents, List<List<Integer>> strides) {
    /**
     * The {@code axes} of {@code layouts}.
     *
     * @param merges whether axes may be merged; not where a program asks for coordinates
     */
    static Space of(List<Integer> axes, List<Layout> layouts, boolean merges, int[] shape) {
        List<Integer> extents = new ArrayList<>();
        List<List<Integer>> strides = new ArrayList<>();
        for (int i = 0; i < layouts.size(); i++) strides.add(new ArrayList<>());
        for (int axis : axes) {
            int extent = shape[axis], last = extents.size() - 1;
            if (merges && extent == 1) continue;
            boolean continues = merges && last >= 0;
            for (int i = 0; continues && i < layouts.size(); i++)
                continues = strides.get(i).get(last) == (long) extent * layouts.get(i).stride()[axis];
            if (continues) {
                extents.set(last, extents.get(last) * extent);
                for (int i = 0; i < layouts.size(); i++) strides.get(i).set(last, layouts.get(i).stride()[axis]);
            } else {
                extents.add(extent);
                for (int i = 0; i < layouts.size(); i++) strides.get(i).add(layouts.get(i).stride()[axis]);
            }
        }
        return new Space(extents, strides);
    }

    /** The same, and a single element is a row of one: what computes rows computes it. */
    Space asRows() {
        return extents.isEmpty() ? new Space(List.of(1), Collections.nCopies(strides.size(), List.of(1))) : this;
    }

    /**
     * Whether there is one axis, along which each operand has neighbours beside each other or one element for all: what compilers make vectors of. Where there are more, places
     * follow from quotients, in which compilers find no neighbours.
     */
    boolean isRow() {
        return extents.size() == 1 && strides.stream().allMatch(s -> s.getFirst() == 0 || s.getFirst() == 1);
    }

    /** The same with axes of one index after them, so that there are {@code axes}. */
    Space padded(int axes) {
        return new Space(padded(extents, axes, 1), strides.stream().map(s -> padded(s, axes, 0)).toList());
    }

    /** The same with axes of one index after them where there would be less than {@code axes}: what computes the one computes the other. */
    Space atLeast(int axes) {
        return extents.size() < axes ? padded(axes) : this;
    }

    private static List<Integer> padded(List<Integer> first, int axes, int last) {
        List<Integer> all = new ArrayList<>(first);
        all.addAll(Collections.nCopies(axes - first.size(), last));
        return all;
    }

    /** The number of indices. */
    long size() {
        return extents.stream().mapToLong(e -> e).reduce(1, (a, b) -> a * b);
    }
}
