package org.chainrule.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.chainrule.Shape;

/**
 * Where the elements of a shape lie in a buffer: element {@code i…} at {@code offset + Σ iₐ · stride[a]}. A stride of 0
 * repeats, a negative one reverses.
 */
public record Layout(Shape shape, int offset, int... stride) {
    /** Row-major without gaps, from the start of the buffer. */
    public static Layout of(Shape shape) {
        int[] s = new int[shape.rank()];
        int n = 1;
        for (int i = s.length - 1; i >= 0; i--) {
            s[i] = n;
            n *= Math.max(1, shape.dim(i));
        }
        return new Layout(shape, 0, s);
    }

    /** Whether element number {@code i} in row-major order lies at {@code i}. */
    public boolean isPlain() {
        if (offset != 0) return false;
        int n = 1;
        for (int i = stride.length - 1; i >= 0; i--) {
            int d = shape.dim(i);
            if (d != 1 && stride[i] != n) return false;
            n *= d;
        }
        return true;
    }

    /** Where element number {@code i} in row-major order lies. */
    public int place(int i) {
        int at = offset, rest = i;
        for (int a = stride.length - 1; a >= 0; a--) {
            at += rest % shape.dim(a) * stride[a];
            rest /= shape.dim(a);
        }
        return at;
    }

    public Layout permute(List<Integer> order) {
        int[] d = new int[order.size()], s = new int[order.size()];
        for (int i = 0; i < s.length; i++) {
            d[i] = shape.dim(order.get(i));
            s[i] = stride[order.get(i)];
        }
        return new Layout(Shape.of(d), offset, s);
    }

    public Layout expand(Shape to) {
        int[] s = stride.clone();
        for (int i = 0; i < s.length; i++) if (shape.dim(i) != to.dim(i)) s[i] = 0;
        return new Layout(to, offset, s);
    }

    public Layout slice(Shape to, List<Integer> start, List<Integer> step) {
        int[] s = stride.clone();
        int o = offset;
        for (int i = 0; i < s.length; i++) {
            if (to.size() > 0) o += start.get(i) * stride[i];
            s[i] = stride[i] * step.get(i);
        }
        return new Layout(to, o, s);
    }

    /** The layout that shows the same elements in the same order under {@code to}; empty where strides cannot tell it. */
    public Optional<Layout> reshape(Shape to) {
        if (to.size() == 0) return Optional.of(new Layout(to, 0, new int[to.rank()]));
        int[] d = shape.dims(), s = new int[to.rank()];
        int[] fromDims = new int[d.length], fromStrides = new int[d.length];
        int n = 0;
        for (int i = 0; i < d.length; i++) {
            if (d[i] == 1) continue;
            fromDims[n] = d[i];
            fromStrides[n++] = stride[i];
        }
        int[] td = to.dims();
        int i = 0, j = 0;
        while (i < n) {
            int ni = i + 1, nj = j;
            long a = fromDims[i], b = 1;
            while (nj < td.length && b < a) b *= td[nj++];
            while (a != b) {
                if (a < b) a *= fromDims[ni++];
                else b *= td[nj++];
            }
            for (int k = i; k < ni - 1; k++)
                if (fromStrides[k] != fromDims[k + 1] * fromStrides[k + 1]) return Optional.empty();
            int st = fromStrides[ni - 1];
            for (int k = nj - 1; k >= j; k--) {
                s[k] = st;
                st *= td[k];
            }
            i = ni;
            j = nj;
        }
        return Optional.of(new Layout(to, offset, s));
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Layout l && l.offset == offset && l.shape.equals(shape) && Arrays.equals(l.stride, stride);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * offset + shape.hashCode()) + Arrays.hashCode(stride);
    }

    @Override
    public String toString() {
        return shape + "@" + offset + Arrays.toString(stride);
    }
}
