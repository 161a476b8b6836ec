package org.chainrule;

import java.util.Arrays;

/** The axes of a reduction and whether they stay with extent 1. No axes stand for all. */
public record Axes(boolean keeps, int... axes) {
    /** These axes, dropped from the result; none stand for all. Negative ones count from the end. */
    public static Axes of(int... axes) {
        return new Axes(false, axes);
    }

    /** All axes, dropped from the result. */
    public static Axes all() {
        return of();
    }

    /** The same axes, staying in the result with extent 1. */
    public Axes keep() {
        return new Axes(true, axes);
    }

    /** The axes of {@code shape} that are meant, from 0, ascending, each once; messages name {@code op}. */
    int[] in(String op, Shape shape) {
        if (axes.length == 0) {
            int[] all = new int[shape.rank()];
            for (int i = 0; i < all.length; i++) all[i] = i;
            return all;
        }
        int[] r = Arrays.stream(axes).map(a -> shape.axis(op, a)).sorted().distinct().toArray();
        if (r.length != axes.length) throw new ShapeMismatchException(
                op + ": axes " + Arrays.toString(axes) + " name an axis of shape " + shape + " twice");
        return r;
    }
}
