package org.chainrule.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Tiles of 12 × 32 and 8 × 32: 24 or 16 of the 32 vector registers accumulate. Unrolled by hand, so that C2 keeps them in registers. */
final class PanamaTiles512 extends Tiles {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;
    private static final int L = 16;
    private static final int WIDTH = 32;
    private static final int[] HEIGHTS = {12, 8};
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
        if (height == 12 && !add) {
            set12x32(kk, pa, ao, pb, bo, c, co, rowStride);
        } else if (height == 12 && add) {
            add12x32(kk, pa, ao, pb, bo, c, co, rowStride);
        } else if (!add) {
            set8x32(kk, pa, ao, pb, bo, c, co, rowStride);
        } else {
            add8x32(kk, pa, ao, pb, bo, c, co, rowStride);
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

    private static void set12x32(int kk, float[] pa, int ao, float[] pb, int bo, float[] c, int co, int rowStride) {
        FloatVector c0_0 = FloatVector.zero(S), c0_1 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S), c1_1 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S), c2_1 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S), c3_1 = FloatVector.zero(S);
        FloatVector c4_0 = FloatVector.zero(S), c4_1 = FloatVector.zero(S);
        FloatVector c5_0 = FloatVector.zero(S), c5_1 = FloatVector.zero(S);
        FloatVector c6_0 = FloatVector.zero(S), c6_1 = FloatVector.zero(S);
        FloatVector c7_0 = FloatVector.zero(S), c7_1 = FloatVector.zero(S);
        FloatVector c8_0 = FloatVector.zero(S), c8_1 = FloatVector.zero(S);
        FloatVector c9_0 = FloatVector.zero(S), c9_1 = FloatVector.zero(S);
        FloatVector c10_0 = FloatVector.zero(S), c10_1 = FloatVector.zero(S);
        FloatVector c11_0 = FloatVector.zero(S), c11_1 = FloatVector.zero(S);
        for (int p = 0, i = ao, j = bo; p < kk; p++, i += 12, j += 32) {
            FloatVector b0 = FloatVector.fromArray(S, pb, j);
            FloatVector b1 = FloatVector.fromArray(S, pb, j + 16);
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
            a = FloatVector.broadcast(S, pa[i + 6]);
            c6_0 = a.fma(b0, c6_0);
            c6_1 = a.fma(b1, c6_1);
            a = FloatVector.broadcast(S, pa[i + 7]);
            c7_0 = a.fma(b0, c7_0);
            c7_1 = a.fma(b1, c7_1);
            a = FloatVector.broadcast(S, pa[i + 8]);
            c8_0 = a.fma(b0, c8_0);
            c8_1 = a.fma(b1, c8_1);
            a = FloatVector.broadcast(S, pa[i + 9]);
            c9_0 = a.fma(b0, c9_0);
            c9_1 = a.fma(b1, c9_1);
            a = FloatVector.broadcast(S, pa[i + 10]);
            c10_0 = a.fma(b0, c10_0);
            c10_1 = a.fma(b1, c10_1);
            a = FloatVector.broadcast(S, pa[i + 11]);
            c11_0 = a.fma(b0, c11_0);
            c11_1 = a.fma(b1, c11_1);
        }
        c0_0.intoArray(c, co);
        c0_1.intoArray(c, co + 16);
        c1_0.intoArray(c, co + rowStride);
        c1_1.intoArray(c, co + rowStride + 16);
        c2_0.intoArray(c, co + 2 * rowStride);
        c2_1.intoArray(c, co + 2 * rowStride + 16);
        c3_0.intoArray(c, co + 3 * rowStride);
        c3_1.intoArray(c, co + 3 * rowStride + 16);
        c4_0.intoArray(c, co + 4 * rowStride);
        c4_1.intoArray(c, co + 4 * rowStride + 16);
        c5_0.intoArray(c, co + 5 * rowStride);
        c5_1.intoArray(c, co + 5 * rowStride + 16);
        c6_0.intoArray(c, co + 6 * rowStride);
        c6_1.intoArray(c, co + 6 * rowStride + 16);
        c7_0.intoArray(c, co + 7 * rowStride);
        c7_1.intoArray(c, co + 7 * rowStride + 16);
        c8_0.intoArray(c, co + 8 * rowStride);
        c8_1.intoArray(c, co + 8 * rowStride + 16);
        c9_0.intoArray(c, co + 9 * rowStride);
        c9_1.intoArray(c, co + 9 * rowStride + 16);
        c10_0.intoArray(c, co + 10 * rowStride);
        c10_1.intoArray(c, co + 10 * rowStride + 16);
        c11_0.intoArray(c, co + 11 * rowStride);
        c11_1.intoArray(c, co + 11 * rowStride + 16);
    }

    private static void add12x32(int kk, float[] pa, int ao, float[] pb, int bo, float[] c, int co, int rowStride) {
        FloatVector c0_0 = FloatVector.zero(S), c0_1 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S), c1_1 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S), c2_1 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S), c3_1 = FloatVector.zero(S);
        FloatVector c4_0 = FloatVector.zero(S), c4_1 = FloatVector.zero(S);
        FloatVector c5_0 = FloatVector.zero(S), c5_1 = FloatVector.zero(S);
        FloatVector c6_0 = FloatVector.zero(S), c6_1 = FloatVector.zero(S);
        FloatVector c7_0 = FloatVector.zero(S), c7_1 = FloatVector.zero(S);
        FloatVector c8_0 = FloatVector.zero(S), c8_1 = FloatVector.zero(S);
        FloatVector c9_0 = FloatVector.zero(S), c9_1 = FloatVector.zero(S);
        FloatVector c10_0 = FloatVector.zero(S), c10_1 = FloatVector.zero(S);
        FloatVector c11_0 = FloatVector.zero(S), c11_1 = FloatVector.zero(S);
        for (int p = 0, i = ao, j = bo; p < kk; p++, i += 12, j += 32) {
            FloatVector b0 = FloatVector.fromArray(S, pb, j);
            FloatVector b1 = FloatVector.fromArray(S, pb, j + 16);
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
            a = FloatVector.broadcast(S, pa[i + 6]);
            c6_0 = a.fma(b0, c6_0);
            c6_1 = a.fma(b1, c6_1);
            a = FloatVector.broadcast(S, pa[i + 7]);
            c7_0 = a.fma(b0, c7_0);
            c7_1 = a.fma(b1, c7_1);
            a = FloatVector.broadcast(S, pa[i + 8]);
            c8_0 = a.fma(b0, c8_0);
            c8_1 = a.fma(b1, c8_1);
            a = FloatVector.broadcast(S, pa[i + 9]);
            c9_0 = a.fma(b0, c9_0);
            c9_1 = a.fma(b1, c9_1);
            a = FloatVector.broadcast(S, pa[i + 10]);
            c10_0 = a.fma(b0, c10_0);
            c10_1 = a.fma(b1, c10_1);
            a = FloatVector.broadcast(S, pa[i + 11]);
            c11_0 = a.fma(b0, c11_0);
            c11_1 = a.fma(b1, c11_1);
        }
        c0_0.add(FloatVector.fromArray(S, c, co)).intoArray(c, co);
        c0_1.add(FloatVector.fromArray(S, c, co + 16)).intoArray(c, co + 16);
        c1_0.add(FloatVector.fromArray(S, c, co + rowStride)).intoArray(c, co + rowStride);
        c1_1.add(FloatVector.fromArray(S, c, co + rowStride + 16)).intoArray(c, co + rowStride + 16);
        c2_0.add(FloatVector.fromArray(S, c, co + 2 * rowStride)).intoArray(c, co + 2 * rowStride);
        c2_1.add(FloatVector.fromArray(S, c, co + 2 * rowStride + 16)).intoArray(c, co + 2 * rowStride + 16);
        c3_0.add(FloatVector.fromArray(S, c, co + 3 * rowStride)).intoArray(c, co + 3 * rowStride);
        c3_1.add(FloatVector.fromArray(S, c, co + 3 * rowStride + 16)).intoArray(c, co + 3 * rowStride + 16);
        c4_0.add(FloatVector.fromArray(S, c, co + 4 * rowStride)).intoArray(c, co + 4 * rowStride);
        c4_1.add(FloatVector.fromArray(S, c, co + 4 * rowStride + 16)).intoArray(c, co + 4 * rowStride + 16);
        c5_0.add(FloatVector.fromArray(S, c, co + 5 * rowStride)).intoArray(c, co + 5 * rowStride);
        c5_1.add(FloatVector.fromArray(S, c, co + 5 * rowStride + 16)).intoArray(c, co + 5 * rowStride + 16);
        c6_0.add(FloatVector.fromArray(S, c, co + 6 * rowStride)).intoArray(c, co + 6 * rowStride);
        c6_1.add(FloatVector.fromArray(S, c, co + 6 * rowStride + 16)).intoArray(c, co + 6 * rowStride + 16);
        c7_0.add(FloatVector.fromArray(S, c, co + 7 * rowStride)).intoArray(c, co + 7 * rowStride);
        c7_1.add(FloatVector.fromArray(S, c, co + 7 * rowStride + 16)).intoArray(c, co + 7 * rowStride + 16);
        c8_0.add(FloatVector.fromArray(S, c, co + 8 * rowStride)).intoArray(c, co + 8 * rowStride);
        c8_1.add(FloatVector.fromArray(S, c, co + 8 * rowStride + 16)).intoArray(c, co + 8 * rowStride + 16);
        c9_0.add(FloatVector.fromArray(S, c, co + 9 * rowStride)).intoArray(c, co + 9 * rowStride);
        c9_1.add(FloatVector.fromArray(S, c, co + 9 * rowStride + 16)).intoArray(c, co + 9 * rowStride + 16);
        c10_0.add(FloatVector.fromArray(S, c, co + 10 * rowStride)).intoArray(c, co + 10 * rowStride);
        c10_1.add(FloatVector.fromArray(S, c, co + 10 * rowStride + 16)).intoArray(c, co + 10 * rowStride + 16);
        c11_0.add(FloatVector.fromArray(S, c, co + 11 * rowStride)).intoArray(c, co + 11 * rowStride);
        c11_1.add(FloatVector.fromArray(S, c, co + 11 * rowStride + 16)).intoArray(c, co + 11 * rowStride + 16);
    }

    private static void set8x32(int kk, float[] pa, int ao, float[] pb, int bo, float[] c, int co, int rowStride) {
        FloatVector c0_0 = FloatVector.zero(S), c0_1 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S), c1_1 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S), c2_1 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S), c3_1 = FloatVector.zero(S);
        FloatVector c4_0 = FloatVector.zero(S), c4_1 = FloatVector.zero(S);
        FloatVector c5_0 = FloatVector.zero(S), c5_1 = FloatVector.zero(S);
        FloatVector c6_0 = FloatVector.zero(S), c6_1 = FloatVector.zero(S);
        FloatVector c7_0 = FloatVector.zero(S), c7_1 = FloatVector.zero(S);
        for (int p = 0, i = ao, j = bo; p < kk; p++, i += 8, j += 32) {
            FloatVector b0 = FloatVector.fromArray(S, pb, j);
            FloatVector b1 = FloatVector.fromArray(S, pb, j + 16);
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
            a = FloatVector.broadcast(S, pa[i + 6]);
            c6_0 = a.fma(b0, c6_0);
            c6_1 = a.fma(b1, c6_1);
            a = FloatVector.broadcast(S, pa[i + 7]);
            c7_0 = a.fma(b0, c7_0);
            c7_1 = a.fma(b1, c7_1);
        }
        c0_0.intoArray(c, co);
        c0_1.intoArray(c, co + 16);
        c1_0.intoArray(c, co + rowStride);
        c1_1.intoArray(c, co + rowStride + 16);
        c2_0.intoArray(c, co + 2 * rowStride);
        c2_1.intoArray(c, co + 2 * rowStride + 16);
        c3_0.intoArray(c, co + 3 * rowStride);
        c3_1.intoArray(c, co + 3 * rowStride + 16);
        c4_0.intoArray(c, co + 4 * rowStride);
        c4_1.intoArray(c, co + 4 * rowStride + 16);
        c5_0.intoArray(c, co + 5 * rowStride);
        c5_1.intoArray(c, co + 5 * rowStride + 16);
        c6_0.intoArray(c, co + 6 * rowStride);
        c6_1.intoArray(c, co + 6 * rowStride + 16);
        c7_0.intoArray(c, co + 7 * rowStride);
        c7_1.intoArray(c, co + 7 * rowStride + 16);
    }

    private static void add8x32(int kk, float[] pa, int ao, float[] pb, int bo, float[] c, int co, int rowStride) {
        FloatVector c0_0 = FloatVector.zero(S), c0_1 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S), c1_1 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S), c2_1 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S), c3_1 = FloatVector.zero(S);
        FloatVector c4_0 = FloatVector.zero(S), c4_1 = FloatVector.zero(S);
        FloatVector c5_0 = FloatVector.zero(S), c5_1 = FloatVector.zero(S);
        FloatVector c6_0 = FloatVector.zero(S), c6_1 = FloatVector.zero(S);
        FloatVector c7_0 = FloatVector.zero(S), c7_1 = FloatVector.zero(S);
        for (int p = 0, i = ao, j = bo; p < kk; p++, i += 8, j += 32) {
            FloatVector b0 = FloatVector.fromArray(S, pb, j);
            FloatVector b1 = FloatVector.fromArray(S, pb, j + 16);
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
            a = FloatVector.broadcast(S, pa[i + 6]);
            c6_0 = a.fma(b0, c6_0);
            c6_1 = a.fma(b1, c6_1);
            a = FloatVector.broadcast(S, pa[i + 7]);
            c7_0 = a.fma(b0, c7_0);
            c7_1 = a.fma(b1, c7_1);
        }
        c0_0.add(FloatVector.fromArray(S, c, co)).intoArray(c, co);
        c0_1.add(FloatVector.fromArray(S, c, co + 16)).intoArray(c, co + 16);
        c1_0.add(FloatVector.fromArray(S, c, co + rowStride)).intoArray(c, co + rowStride);
        c1_1.add(FloatVector.fromArray(S, c, co + rowStride + 16)).intoArray(c, co + rowStride + 16);
        c2_0.add(FloatVector.fromArray(S, c, co + 2 * rowStride)).intoArray(c, co + 2 * rowStride);
        c2_1.add(FloatVector.fromArray(S, c, co + 2 * rowStride + 16)).intoArray(c, co + 2 * rowStride + 16);
        c3_0.add(FloatVector.fromArray(S, c, co + 3 * rowStride)).intoArray(c, co + 3 * rowStride);
        c3_1.add(FloatVector.fromArray(S, c, co + 3 * rowStride + 16)).intoArray(c, co + 3 * rowStride + 16);
        c4_0.add(FloatVector.fromArray(S, c, co + 4 * rowStride)).intoArray(c, co + 4 * rowStride);
        c4_1.add(FloatVector.fromArray(S, c, co + 4 * rowStride + 16)).intoArray(c, co + 4 * rowStride + 16);
        c5_0.add(FloatVector.fromArray(S, c, co + 5 * rowStride)).intoArray(c, co + 5 * rowStride);
        c5_1.add(FloatVector.fromArray(S, c, co + 5 * rowStride + 16)).intoArray(c, co + 5 * rowStride + 16);
        c6_0.add(FloatVector.fromArray(S, c, co + 6 * rowStride)).intoArray(c, co + 6 * rowStride);
        c6_1.add(FloatVector.fromArray(S, c, co + 6 * rowStride + 16)).intoArray(c, co + 6 * rowStride + 16);
        c7_0.add(FloatVector.fromArray(S, c, co + 7 * rowStride)).intoArray(c, co + 7 * rowStride);
        c7_1.add(FloatVector.fromArray(S, c, co + 7 * rowStride + 16)).intoArray(c, co + 7 * rowStride + 16);
    }

    @Override
    void packRows(int height, float[] a, int ao, int rowStride, int columnStride, int rows, int kk, float[] pa, int o) {
        if (columnStride != 1 && rowStride != 1 || rowStride < 0 || columnStride < 0) {
            super.packRows(height, a, ao, rowStride, columnStride, rows, kk, pa, o);
        } else if (columnStride != 1) {
            copyRows(height, rows, a, ao, columnStride, kk, pa, o);
        } else if (rows < height || ao + (L - 1L) * rowStride + kk > a.length) {
            transposeRows(height, edge(L, rows, a, ao, rowStride, kk), 0, kk, kk, pa, o);
        } else {
            transposeRows(height, a, ao, rowStride, kk, pa, o);
        }
    }

    /** Rows that lie side by side; each store spills lanes that the next overwrites. */
    private static void copyRows(int height, int rows, float[] a, int ao, int columnStride, int kk, float[] pa, int o) {
        int p = 0, s = ao, d = o;
        for (; p < kk - 1 && s + L <= a.length; p++, s += columnStride, d += height) {
            FloatVector.fromArray(S, a, s).intoArray(pa, d);
        }
        for (; p < kk; p++, s += columnStride, d += height) {
            System.arraycopy(a, s, pa, d, rows);
        }
    }

    /** Rows of adjacent elements, 16 of which can be read. */
    private void transposeRows(int height, float[] a, int ao, int rowStride, int kk, float[] pa, int o) {
        int whole = kk & -L;
        for (int p = 0; p < whole; p += L) {
            if (height == 12) {
                PanamaTranspose.rows12(a, ao + p, rowStride, pa, o + p * 12);
            } else {
                PanamaTranspose.rows8(a, ao + p, rowStride, pa, o + p * 8);
            }
        }
        super.packRows(height, a, ao + whole, rowStride, 1, height, kk - whole, pa, o + whole * height);
    }

    /** A copy of {@code rows} runs of kk elements, with zeros up to {@code all} runs. */
    private static float[] edge(int all, int rows, float[] a, int ao, int rowStride, int kk) {
        float[] edge = GemmScratch.ofThread().edge(all * kk);
        for (int r = 0; r < rows; r++) {
            System.arraycopy(a, ao + r * rowStride, edge, r * kk, kk);
        }
        Arrays.fill(edge, rows * kk, all * kk, 0f);
        return edge;
    }

    @Override
    void packColumns(float[] b, int bo, int rowStride, int columnStride, int columns, int kk, float[] pb, int o,
            int panelStride) {
        int j = 0, d = o;
        if (columnStride == 1) {
            for (; j + 4 * WIDTH <= columns; j += 4 * WIDTH, d += 4 * panelStride) {
                copyFour(b, bo + j, rowStride, kk, pb, d, panelStride);
            }
            for (; j + WIDTH <= columns; j += WIDTH, d += panelStride) {
                copyOne(b, bo + j, rowStride, kk, pb, d);
            }
        } else if (rowStride == 1 && columnStride >= 0) {
            for (; j + WIDTH <= columns; j += WIDTH, d += panelStride) {
                transpose(b, bo + j * columnStride, columnStride, kk, pb, d);
            }
            if (j < columns) {
                transpose(edge(WIDTH, columns - j, b, bo + j * columnStride, columnStride, kk), 0, kk, kk, pb, d);
                return;
            }
        }
        super.packColumns(b, bo + j * columnStride, rowStride, columnStride, columns - j, kk, pb, d, panelStride);
    }

    private static void copyOne(float[] b, int bo, int rowStride, int kk, float[] pb, int o) {
        for (int p = 0, s = bo, d = o; p < kk; p++, s += rowStride, d += WIDTH) {
            FloatVector.fromArray(S, b, s).intoArray(pb, d);
            FloatVector.fromArray(S, b, s + L).intoArray(pb, d + L);
        }
    }

    /** Four panels in one sweep, since longer runs of B's rows stream better. */
    private static void copyFour(float[] b, int bo, int rowStride, int kk, float[] pb, int o, int panelStride) {
        for (int p = 0, s = bo, d = o; p < kk; p++, s += rowStride, d += WIDTH) {
            FloatVector.fromArray(S, b, s).intoArray(pb, d);
            FloatVector.fromArray(S, b, s + L).intoArray(pb, d + L);
            FloatVector.fromArray(S, b, s + 2 * L).intoArray(pb, d + panelStride);
            FloatVector.fromArray(S, b, s + 3 * L).intoArray(pb, d + panelStride + L);
            FloatVector.fromArray(S, b, s + 4 * L).intoArray(pb, d + 2 * panelStride);
            FloatVector.fromArray(S, b, s + 5 * L).intoArray(pb, d + 2 * panelStride + L);
            FloatVector.fromArray(S, b, s + 6 * L).intoArray(pb, d + 3 * panelStride);
            FloatVector.fromArray(S, b, s + 7 * L).intoArray(pb, d + 3 * panelStride + L);
        }
    }

    private void transpose(float[] b, int bo, int columnStride, int kk, float[] pb, int o) {
        int p = 0;
        for (; p + L <= kk; p += L) {
            PanamaTranspose.columns32(b, bo + p, columnStride, pb, o + p * WIDTH);
            PanamaTranspose.columns32(b, bo + L * columnStride + p, columnStride, pb, o + p * WIDTH + L);
        }
        packPanel(b, bo + p, 1, columnStride, WIDTH, kk - p, pb, o + p * WIDTH);
    }
}
