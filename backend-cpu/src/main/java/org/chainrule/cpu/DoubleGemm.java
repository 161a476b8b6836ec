package org.chainrule.cpu;

/**
 * The double matrix product C = A B over strided arrays. Each element is one chain of fused multiply-adds over k in order from +0, whatever the
 * threads.
 */
public final class DoubleGemm {
    private static final int TILE = 4;
    /** Products of at most this many multiply-adds run in plain loops. */
    private static final long TINY = 1 << 9;
    /** Multiply-adds that make a second thread worth its start. */
    private static final long SHARE = 1 << 16;
    /** Columns of B packed at a time. */
    private static final int COLUMNS = 64;

    private static final class Scratch {
        double[] a = {};
        double[] b = {};
        final double[] tile = new double[TILE * TILE];

        void fit(int k) {
            if (a.length < k * TILE) {
                a = new double[k * TILE];
                b = new double[k * COLUMNS];
            }
        }
    }

    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private DoubleGemm() {
    }

    /** C = A B, then the epilogue over all of C; arguments as in {@link Gemm#multiply}. */
    public static void multiply(int m, int n, int k, double[] a, int aOffset, int aRowStride, int aColumnStride,
            double[] b, int bOffset,
            int bRowStride, int bColumnStride, double[] c, int cOffset, int cRowStride, DoubleEpilogue epilogue,
            Threads threads) {
        long work = (long) m * n * k;
        if (work <= TINY) {
            tiny(m, n, k, a, aOffset, aRowStride, aColumnStride, b, bOffset, bRowStride, bColumnStride, c, cOffset,
                    cRowStride);
            finish(0, m, 0, n, c, cOffset, cRowStride, epilogue);
            return;
        }
        int share = (int) Math.min(threads.size(), 1 + work / SHARE);
        boolean byRows = m >= n;
        int tiles = ((byRows ? m : n) + TILE - 1) / TILE;
        int parts = Math.min(share, tiles);
        threads.parallel(parts, part -> {
            int from = (int) ((long) tiles * part / parts) * TILE;
            int to = Math.min(byRows ? m : n, (int) ((long) tiles * (part + 1) / parts) * TILE);
            part(byRows ? from : 0, byRows ? to : m, byRows ? 0 : from, byRows ? n : to, k, a, aOffset, aRowStride,
                    aColumnStride, b, bOffset,
                    bRowStride, bColumnStride, c, cOffset, cRowStride, epilogue);
        });
    }

    private static void finish(int m0, int m1, int n0, int n1, double[] c, int co, int cr, DoubleEpilogue epilogue) {
        if (epilogue != DoubleEpilogue.NONE && n0 < n1) {
            for (int i = m0; i < m1; i++) {
                epilogue.apply(i, n0, n1 - n0, c, co + i * cr + n0);
            }
        }
    }

    private static void tiny(int m, int n, int k, double[] a, int ao, int ar, int ac, double[] b, int bo, int br,
            int bc, double[] c, int co,
            int cr) {
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int p = 0, s = ao + i * ar, t = bo + j * bc; p < k; p++, s += ac, t += br) {
                    sum = Math.fma(a[s], b[t], sum);
                }
                c[co + i * cr + j] = sum;
            }
        }
    }

    private static void part(int m0, int m1, int n0, int n1, int k, double[] a, int ao, int ar, int ac, double[] b,
            int bo, int br, int bc,
            double[] c, int co, int cr, DoubleEpilogue epilogue) {
        Scratch scratch = SCRATCH.get();
        scratch.fit(k);
        for (int j = n0; j < n1; j += COLUMNS) {
            int columns = Math.min(COLUMNS, n1 - j);
            for (int q = 0; q < columns; q += TILE) {
                pack(b, bo + (j + q) * bc, bc, br, Math.min(TILE, columns - q), k, scratch.b, q * k);
            }
            for (int i = m0; i < m1; i += TILE) {
                int rows = Math.min(TILE, m1 - i);
                pack(a, ao + i * ar, ar, ac, rows, k, scratch.a, 0);
                for (int q = 0; q < columns; q += TILE) {
                    tile(k, scratch.a, scratch.b, q * k, scratch.tile);
                    for (int r = 0; r < rows; r++) {
                        System.arraycopy(scratch.tile, r * TILE, c, co + (i + r) * cr + j + q,
                                Math.min(TILE, columns - q));
                    }
                }
                finish(i, i + rows, j, j + columns, c, co, cr, epilogue);
            }
        }
    }

    /** A panel of {@code count} ≤ TILE lines of length k, interleaved and filled up with zeros. */
    private static void pack(double[] x, int xo, int lineStride, int stride, int count, int k, double[] panel, int o) {
        for (int line = 0; line < TILE; line++) {
            int s = xo + line * lineStride, d = o + line;
            for (int p = 0; p < k; p++, s += stride, d += TILE) {
                panel[d] = line < count ? x[s] : 0;
            }
        }
    }

    private static void tile(int k, double[] pa, double[] pb, int bo, double[] c) {
        double c00 = 0, c01 = 0, c02 = 0, c03 = 0;
        double c10 = 0, c11 = 0, c12 = 0, c13 = 0;
        double c20 = 0, c21 = 0, c22 = 0, c23 = 0;
        double c30 = 0, c31 = 0, c32 = 0, c33 = 0;
        for (int p = 0, i = 0, j = bo; p < k; p++, i += TILE, j += TILE) {
            double b0 = pb[j], b1 = pb[j + 1], b2 = pb[j + 2], b3 = pb[j + 3];
            double a = pa[i];
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
        c[0] = c00;
        c[1] = c01;
        c[2] = c02;
        c[3] = c03;
        c[4] = c10;
        c[5] = c11;
        c[6] = c12;
        c[7] = c13;
        c[8] = c20;
        c[9] = c21;
        c[10] = c22;
        c[11] = c23;
        c[12] = c30;
        c[13] = c31;
        c[14] = c32;
        c[15] = c33;
    }
}
