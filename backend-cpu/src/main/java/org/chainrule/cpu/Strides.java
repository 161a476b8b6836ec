package org.chainrule.cpu;

import org.chainrule.plan.Layout;

/**
 * A layout made ready for copying runs of it: adjacent axes that one stride can walk are merged, so that a plain layout has
 * one axis. {@code order} numbers the elements row-major.
 */
final class Strides {
    final int offset;
    final int[] dims;
    final int[] strides;
    final int size;

    Strides(Layout l) {
        int rank = l.shape().rank(), n = 0;
        int[] d = new int[rank + 1], s = new int[rank + 1];
        for (int a = 0; a < rank; a++) {
            int extent = l.shape().dim(a);
            if (extent == 1) continue;
            if (n > 0 && s[n - 1] == l.stride()[a] * extent) {
                d[n - 1] *= extent;
                s[n - 1] = l.stride()[a];
            } else {
                d[n] = extent;
                s[n++] = l.stride()[a];
            }
        }
        if (n == 0) {
            d[0] = 1;
            s[0] = 1;
            n = 1;
        }
        this.offset = l.offset();
        this.dims = java.util.Arrays.copyOf(d, n);
        this.strides = java.util.Arrays.copyOf(s, n);
        this.size = Math.toIntExact(l.shape().size());
    }

    /** Whether element {@code i} lies at {@code offset + i}. */
    boolean isLinear() {
        return dims.length == 1 && (strides[0] == 1 || dims[0] == 1);
    }

    /** Whether all elements are one. */
    boolean isUniform() {
        return size == 1 || (dims.length == 1 && strides[0] == 0);
    }

    /** Walks elements in runs that are one stride apart. Reused: walking allocates nothing. */
    final class Cursor {
        /** Where the run begins in the array, its length, and how many elements were walked before it. */
        int at, length, done;
        private int row, column, left;

        /** Walks elements {@code start … start + n}. */
        void begin(int start, int n) {
            int extent = dims[dims.length - 1];
            row = start / extent;
            column = start - row * extent;
            left = n;
            done = 0;
            length = 0;
        }

        /** Goes to the next run; false where there is none. */
        boolean next() {
            done += length;
            column += length;
            left -= length;
            if (left <= 0) return false;
            int inner = dims.length - 1;
            if (column >= dims[inner]) {
                column = 0;
                row++;
            }
            int where = offset + column * strides[inner], rest = row;
            for (int a = inner - 1; a >= 0; a--) {
                int q = rest / dims[a];
                where += (rest - q * dims[a]) * strides[a];
                rest = q;
            }
            at = where;
            length = Math.min(dims[inner] - column, left);
            return true;
        }

        /** The distance between elements of a run. */
        int stride() {
            return strides[dims.length - 1];
        }
    }
}
