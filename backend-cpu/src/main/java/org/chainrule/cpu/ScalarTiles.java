package org.chainrule.cpu;

/** A 4 × 4 tile of scalar chains. */
final class ScalarTiles extends Tiles {
    private static final int[] HEIGHTS = {4};

    @Override
    int width() {
        return 4;
    }

    @Override
    int[] heights() {
        return HEIGHTS;
    }

    @Override
    void multiply(int height, int kk, float[] pa, int ao, float[] pb, int bo, float[] c, int co, int rowStride,
            boolean add) {
        float c00 = 0, c01 = 0, c02 = 0, c03 = 0, c10 = 0, c11 = 0, c12 = 0, c13 = 0;
        float c20 = 0, c21 = 0, c22 = 0, c23 = 0, c30 = 0, c31 = 0, c32 = 0, c33 = 0;
        for (int p = 0, i = ao, j = bo; p < kk; p++, i += 4, j += 4) {
            float b0 = pb[j], b1 = pb[j + 1], b2 = pb[j + 2], b3 = pb[j + 3];
            float a = pa[i];
            c00 = Math.fma(a, b0, c00);
            c01 = Math.fma(a, b1, c01);
            c02 = Math.fma(a, b2, c02);
            c03 = Math.fma(a, b3, c03);
            a = pa[i + 1];
            c10 = Math.fma(a, b0, c10);
            c11 = Math.fma(a, b1, c11);
            c12 = Math.fma(a, b2, c12);
            c13 = Math.fma(a, b3, c13);
            a = pa[i + 2];
            c20 = Math.fma(a, b0, c20);
            c21 = Math.fma(a, b1, c21);
            c22 = Math.fma(a, b2, c22);
            c23 = Math.fma(a, b3, c23);
            a = pa[i + 3];
            c30 = Math.fma(a, b0, c30);
            c31 = Math.fma(a, b1, c31);
            c32 = Math.fma(a, b2, c32);
            c33 = Math.fma(a, b3, c33);
        }
        row(c, co, c00, c01, c02, c03, add);
        row(c, co + rowStride, c10, c11, c12, c13, add);
        row(c, co + 2 * rowStride, c20, c21, c22, c23, add);
        row(c, co + 3 * rowStride, c30, c31, c32, c33, add);
    }

    private static void row(float[] c, int o, float c0, float c1, float c2, float c3, boolean add) {
        c[o] = add ? c[o] + c0 : c0;
        c[o + 1] = add ? c[o + 1] + c1 : c1;
        c[o + 2] = add ? c[o + 2] + c2 : c2;
        c[o + 3] = add ? c[o + 3] + c3 : c3;
    }

    @Override
    void axpy8(float[] x, int xo, float[] b, int bo, int rowStride, float[] y, int yo, int n) {
        float x0 = x[xo], x1 = x[xo + 1], x2 = x[xo + 2], x3 = x[xo + 3];
        float x4 = x[xo + 4], x5 = x[xo + 5], x6 = x[xo + 6], x7 = x[xo + 7];
        for (int j = 0, s = bo; j < n; j++, s++) {
            float t = Math.fma(x0, b[s], y[yo + j]);
            t = Math.fma(x1, b[s + rowStride], t);
            t = Math.fma(x2, b[s + 2 * rowStride], t);
            t = Math.fma(x3, b[s + 3 * rowStride], t);
            t = Math.fma(x4, b[s + 4 * rowStride], t);
            t = Math.fma(x5, b[s + 5 * rowStride], t);
            t = Math.fma(x6, b[s + 6 * rowStride], t);
            y[yo + j] = Math.fma(x7, b[s + 7 * rowStride], t);
        }
    }
}
