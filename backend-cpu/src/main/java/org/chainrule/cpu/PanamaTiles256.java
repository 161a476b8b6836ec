package org.chainrule.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Tiles of 6 × 16: 12 of the 16 vector registers accumulate. Unrolled by hand, so that C2 keeps them in registers. */
final class PanamaTiles256 extends Tiles {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    private static final int L = 8;
    private static final int WIDTH = 16;
    private static final int[] HEIGHTS = {6};
    private static final ScalarTiles REST = new ScalarTiles();

    @Override
    int width() {
        return WIDTH;
    }

    @Override
    int[] heights() {
        return HEIGHTS;
    }

    @Override
    void multiply(int height, int kk, float[] pa, int ao, float[] pb, int bo, float[] c, int co, int rowStride,
            boolean add) {
        if (!add) {
            set6x16(kk, pa, ao, pb, bo, c, co, rowStride);
        } else {
            add6x16(kk, pa, ao, pb, bo, c, co, rowStride);
        }
    }

    @Override
    void axpy8(float[] x, int xo, float[] b, int bo, int rowStride, float[] y, int yo, int n) {
        FloatVector x0 = FloatVector.broadcast(S, x[xo]);
        FloatVector x1 = FloatVector.broadcast(S, x[xo + 1]);
        FloatVector x2 = FloatVector.broadcast(S, x[xo + 2]);
        FloatVector x3 = FloatVector.broadcast(S, x[xo + 3]);
        FloatVector x4 = FloatVector.broadcast(S, x[xo + 4]);
        FloatVector x5 = FloatVector.broadcast(S, x[xo + 5]);
        FloatVector x6 = FloatVector.broadcast(S, x[xo + 6]);
        FloatVector x7 = FloatVector.broadcast(S, x[xo + 7]);
        int end = S.loopBound(n);
        for (int j = 0, s = bo; j < end; j += L, s += L) {
            FloatVector t = FloatVector.fromArray(S, y, yo + j);
            t = x0.fma(FloatVector.fromArray(S, b, s), t);
            t = x1.fma(FloatVector.fromArray(S, b, s + rowStride), t);
            t = x2.fma(FloatVector.fromArray(S, b, s + 2 * rowStride), t);
            t = x3.fma(FloatVector.fromArray(S, b, s + 3 * rowStride), t);
            t = x4.fma(FloatVector.fromArray(S, b, s + 4 * rowStride), t);
            t = x5.fma(FloatVector.fromArray(S, b, s + 5 * rowStride), t);
            t = x6.fma(FloatVector.fromArray(S, b, s + 6 * rowStride), t);
            t = x7.fma(FloatVector.fromArray(S, b, s + 7 * rowStride), t);
            t.intoArray(y, yo + j);
        }
        REST.axpy8(x, xo, b, bo + end, rowStride, y, yo + end, n - end);
    }

    private static void set6x16(int kk, float[] pa, int ao, float[] pb, int bo, float[] c, int co, int rowStride) {
        FloatVector c0_0 = FloatVector.zero(S), c0_1 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S), c1_1 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S), c2_1 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S), c3_1 = FloatVector.zero(S);
        FloatVector c4_0 = FloatVector.zero(S), c4_1 = FloatVector.zero(S);
        FloatVector c5_0 = FloatVector.zero(S), c5_1 = FloatVector.zero(S);
        for (int p = 0, i = ao, j = bo; p < kk; p++, i += 6, j += 16) {
            FloatVector b0 = FloatVector.fromArray(S, pb, j);
            FloatVector b1 = FloatVector.fromArray(S, pb, j + 8);
            FloatVector a = FloatVector.broadcast(S, pa[i]);
            c0_0 = a.fma(b0, c0_0);
            c0_1 = a.fma(b1, c0_1);
            a = FloatVector.broadcast(S, pa[i + 1]);
            c1_0 = a.fma(b0, c1_0);
            c1_1 = a.fma(b1, c1_1);
            a = FloatVector.broadcast(S, pa[i + 2]);
            c2_0 = a.fma(b0, c2_0);
            c2_1 = a.fma(b1, c2_1);
            a = FloatVector.broadcast(S, pa[i + 3]);
            c3_0 = a.fma(b0, c3_0);
            c3_1 = a.fma(b1, c3_1);
            a = FloatVector.broadcast(S, pa[i + 4]);
            c4_0 = a.fma(b0, c4_0);
            c4_1 = a.fma(b1, c4_1);
            a = FloatVector.broadcast(S, pa[i + 5]);
            c5_0 = a.fma(b0, c5_0);
            c5_1 = a.fma(b1, c5_1);
        }
        c0_0.intoArray(c, co);
        c0_1.intoArray(c, co + 8);
        c1_0.intoArray(c, co + rowStride);
        c1_1.intoArray(c, co + rowStride + 8);
        c2_0.intoArray(c, co + 2 * rowStride);
        c2_1.intoArray(c, co + 2 * rowStride + 8);
        c3_0.intoArray(c, co + 3 * rowStride);
        c3_1.intoArray(c, co + 3 * rowStride + 8);
        c4_0.intoArray(c, co + 4 * rowStride);
        c4_1.intoArray(c, co + 4 * rowStride + 8);
        c5_0.intoArray(c, co + 5 * rowStride);
        c5_1.intoArray(c, co + 5 * rowStride + 8);
    }

    private static void add6x16(int kk, float[] pa, int ao, float[] pb, int bo, float[] c, int co, int rowStride) {
        FloatVector c0_0 = FloatVector.zero(S), c0_1 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S), c1_1 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S), c2_1 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S), c3_1 = FloatVector.zero(S);
        FloatVector c4_0 = FloatVector.zero(S), c4_1 = FloatVector.zero(S);
        FloatVector c5_0 = FloatVector.zero(S), c5_1 = FloatVector.zero(S);
        for (int p = 0, i = ao, j = bo; p < kk; p++, i += 6, j += 16) {
            FloatVector b0 = FloatVector.fromArray(S, pb, j);
            FloatVector b1 = FloatVector.fromArray(S, pb, j + 8);
            FloatVector a = FloatVector.broadcast(S, pa[i]);
            c0_0 = a.fma(b0, c0_0);
            c0_1 = a.fma(b1, c0_1);
            a = FloatVector.broadcast(S, pa[i + 1]);
            c1_0 = a.fma(b0, c1_0);
            c1_1 = a.fma(b1, c1_1);
            a = FloatVector.broadcast(S, pa[i + 2]);
            c2_0 = a.fma(b0, c2_0);
            c2_1 = a.fma(b1, c2_1);
            a = FloatVector.broadcast(S, pa[i + 3]);
            c3_0 = a.fma(b0, c3_0);
            c3_1 = a.fma(b1, c3_1);
            a = FloatVector.broadcast(S, pa[i + 4]);
            c4_0 = a.fma(b0, c4_0);
            c4_1 = a.fma(b1, c4_1);
            a = FloatVector.broadcast(S, pa[i + 5]);
            c5_0 = a.fma(b0, c5_0);
            c5_1 = a.fma(b1, c5_1);
        }
        c0_0.add(FloatVector.fromArray(S, c, co)).intoArray(c, co);
        c0_1.add(FloatVector.fromArray(S, c, co + 8)).intoArray(c, co + 8);
        c1_0.add(FloatVector.fromArray(S, c, co + rowStride)).intoArray(c, co + rowStride);
        c1_1.add(FloatVector.fromArray(S, c, co + rowStride + 8)).intoArray(c, co + rowStride + 8);
        c2_0.add(FloatVector.fromArray(S, c, co + 2 * rowStride)).intoArray(c, co + 2 * rowStride);
        c2_1.add(FloatVector.fromArray(S, c, co + 2 * rowStride + 8)).intoArray(c, co + 2 * rowStride + 8);
        c3_0.add(FloatVector.fromArray(S, c, co + 3 * rowStride)).intoArray(c, co + 3 * rowStride);
        c3_1.add(FloatVector.fromArray(S, c, co + 3 * rowStride + 8)).intoArray(c, co + 3 * rowStride + 8);
        c4_0.add(FloatVector.fromArray(S, c, co + 4 * rowStride)).intoArray(c, co + 4 * rowStride);
        c4_1.add(FloatVector.fromArray(S, c, co + 4 * rowStride + 8)).intoArray(c, co + 4 * rowStride + 8);
        c5_0.add(FloatVector.fromArray(S, c, co + 5 * rowStride)).intoArray(c, co + 5 * rowStride);
        c5_1.add(FloatVector.fromArray(S, c, co + 5 * rowStride + 8)).intoArray(c, co + 5 * rowStride + 8);
    }

    @Override
    void packColumns(float[] b, int bo, int rowStride, int columnStride, int columns, int kk, float[] pb, int o,
            int panelStride) {
        int j = 0, d = o;
        if (columnStride == 1) {
            for (; j + WIDTH <= columns; j += WIDTH, d += panelStride) {
                copy(b, bo + j, rowStride, kk, pb, d);
            }
        }
        super.packColumns(b, bo + j * columnStride, rowStride, columnStride, columns - j, kk, pb, d, panelStride);
    }

    private static void copy(float[] b, int bo, int rowStride, int kk, float[] pb, int o) {
        for (int p = 0, s = bo, d = o; p < kk; p++, s += rowStride, d += WIDTH) {
            FloatVector.fromArray(S, b, s).intoArray(pb, d);
            FloatVector.fromArray(S, b, s + L).intoArray(pb, d + L);
        }
    }
}
