package org.chainrule.harness.analysis;

import org.chainrule.Shape;

/** Places in a tensor: indices along each axis, and row-major positions. */
public final class Places {
    /** Is shown each place. */
    public interface Visit {
        void at(int position, int[] index);
    }

    private Places() {}

    /** Visits every place in row-major order; {@code index} is overwritten. */
    public static void each(Shape shape, Visit visit) {
        int[] index = new int[shape.rank()], dims = shape.dims();
        int n = Math.toIntExact(shape.size());
        for (int i = 0; i < n; i++) {
            visit.at(i, index);
            for (int a = index.length - 1; a >= 0 && ++index[a] == dims[a]; a--) index[a] = 0;
        }
    }

    public static int of(Shape shape, int[] index) {
        int at = 0;
        for (int a = 0; a < index.length; a++) at = at * shape.dim(a) + index[a];
        return at;
    }

    public static int[] moved(int[] index, int axis, int to) {
        int[] r = index.clone();
        r[axis] = to;
        return r;
    }

    public static int[] at(Shape shape, int position) {
        int[] r = new int[shape.rank()];
        int rest = position;
        for (int a = r.length - 1; a >= 0; a--) {
            r[a] = rest % shape.dim(a);
            rest /= shape.dim(a);
        }
        return r;
    }
}
