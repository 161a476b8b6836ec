package org.chainrule;

import java.util.Arrays;

/** The extent of a tensor along each axis. Rank 0 is a scalar; an extent of 0 makes the tensor empty. Immutable. */
public final class Shape {
    /** The shape of a scalar. */
    public static final Shape SCALAR = new Shape(new int[0]);

    private final int[] dims;
    private final long size;

    private Shape(int[] dims) {
        long n = 1;
        for (int d : dims) {
            if (d < 0) throw new ShapeMismatchException("shape " + Arrays.toString(dims) + " has a negative extent");
            n = Math.multiplyExact(n, d);
        }
        this.dims = dims;
        this.size = n;
    }

    /** The shape with these extents. */
    public static Shape of(int... dims) {
        return dims.length == 0 ? SCALAR : new Shape(dims.clone());
    }

    /** Number of axes. */
    public int rank() {
        return dims.length;
    }

    /** Number of elements. */
    public long size() {
        return size;
    }

    /** Extent along {@code axis}; negative axes count from the end. */
    public int dim(int axis) {
        return dims[axis(axis)];
    }

    /** A fresh array of the extents. */
    public int[] dims() {
        return dims.clone();
    }

    /** {@code axis} with a negative value counted from the end; throws where there is no such axis. */
    public int axis(int axis) {
        return axis("", axis);
    }

    /** As {@link #axis(int)}, for {@code op}, which a message names. */
    int axis(String op, int axis) {
        int a = axis < 0 ? axis + dims.length : axis;
        if (a < 0 || a >= dims.length) throw new ShapeMismatchException((op.isEmpty() ? "" : op + ": ") + "axis " + axis
                + " does not exist in shape " + this + (dims.length == 0 ? ", a scalar, which has no axes"
                        : " of rank " + rank() + "; its axes are 0 to " + (rank() - 1) + ", or -" + rank() + " to -1"));
        return a;
    }

    /** This shape with extent {@code d} along {@code axis}. */
    public Shape with(int axis, int d) {
        int[] r = dims();
        r[axis(axis)] = d;
        return new Shape(r);
    }

    /** This shape with extent 1 along each of {@code axes}. */
    public Shape keeping(int... axes) {
        int[] r = dims();
        for (int a : axes) r[axis(a)] = 1;
        return new Shape(r);
    }

    /** This shape without {@code axes}. */
    public Shape without(int... axes) {
        boolean[] gone = new boolean[dims.length];
        for (int a : axes) gone[axis(a)] = true;
        int n = 0;
        int[] r = new int[dims.length];
        for (int i = 0; i < dims.length; i++) if (!gone[i]) r[n++] = dims[i];
        return new Shape(Arrays.copyOf(r, n));
    }

    /** The shape that both broadcast to under NumPy's rules; throws naming {@code op} and both where there is none. */
    public static Shape broadcast(String op, Shape a, Shape b) {
        if (a.equals(b)) return a;
        int n = Math.max(a.rank(), b.rank());
        int[] r = new int[n];
        for (int i = 1; i <= n; i++) {
            int x = i <= a.rank() ? a.dims[a.rank() - i] : 1, y = i <= b.rank() ? b.dims[b.rank() - i] : 1;
            if (x != y && x != 1 && y != 1) {
                throw new ShapeMismatchException(op + ": shapes " + a + " and " + b
                        + " do not broadcast: extents " + x + " and " + y + " differ at axis -" + i);
            }
            r[n - i] = x == 1 ? y : x;
        }
        return new Shape(r);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Shape s && Arrays.equals(dims, s.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** As {@code [2, 3]}; a scalar is {@code []}. */
    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
