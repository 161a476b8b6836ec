package org.chainrule.cpu;

import java.util.Arrays;

/**
 * The part of a matrix product that depends on the hardware: the register tile, and the packing of operands into panels for it. A panel of A holds
 * {@code height} rows, element (r, p) at p·height + r; a panel of B holds {@link #width} columns, element (p, j) at p·width + j.
 * Rows and columns that the matrix lacks are packed as anything: what is computed of them is thrown away.
 *
 * <p>
 * Every element of a product is one chain of fused multiply-adds in the order of p, from +0, whatever the tile; so all tiles give the same bits.
 */
abstract class Tiles {
    /** Packing a panel may write this far beyond its end: panels are packed in order, and the last has room behind it. */
    static final int SLACK = 64;

    /** Columns of the register tile. */
    abstract int width();

    /** Heights of the register tile to choose from, best first. */
    abstract int[] heights();

    /** The height × width product of two panels of depth kk, stored into C or added to it. */
    abstract void multiply(int height, int kk, float[] pa, int ao, float[] pb, int bo, float[] c, int co, int rowStride,
            boolean add);

    /** y[yo + j] = eight fused multiply-adds of x[xo + q] b[bo + q·rowStride + j], in the order of q, upon y[yo + j], for j in 0 … n. */
    abstract void axpy8(float[] x, int xo, float[] b, int bo, int rowStride, float[] y, int yo, int n);

    /** Packs {@code rows} ≤ height rows of depth kk. */
    void packRows(int height, float[] a, int ao, int rowStride, int columnStride, int rows, int kk, float[] pa, int o) {
        for (int r = 0; r < rows; r++) {
            for (int p = 0, s = ao + r * rowStride, d = o + r; p < kk; p++, s += columnStride, d += height) {
                pa[d] = a[s];
            }
        }
        for (int r = rows; r < height; r++) {
            for (int p = 0, d = o + r; p < kk; p++, d += height) {
                pa[d] = 0;
            }
        }
    }

    /** Packs {@code columns} columns of depth kk into panels that start {@code panelStride} apart. */
    void packColumns(float[] b, int bo, int rowStride, int columnStride, int columns, int kk, float[] pb, int o,
            int panelStride) {
        int width = width();
        for (int j = 0; j < columns; j += width) {
            packPanel(b, bo + j * columnStride, rowStride, columnStride, Math.min(width, columns - j), kk, pb,
                    o + j / width * panelStride);
        }
    }

    /** Packs one panel of {@code columns} ≤ width columns. */
    @SuppressWarnings("ArgumentSelectionDefectChecker") // packing the columns of B is packing the rows of its transpose
    final void packPanel(float[] b, int bo, int rowStride, int columnStride, int columns, int kk, float[] pb, int o) {
        int width = width();
        if (columnStride == 1) {
            for (int p = 0, s = bo, d = o; p < kk; p++, s += rowStride, d += width) {
                System.arraycopy(b, s, pb, d, columns);
                Arrays.fill(pb, d + columns, d + width, 0f);
            }
        } else {
            packRows(width, b, bo, columnStride, rowStride, columns, kk, pb, o);
        }
    }
}
