package org.chainrule.cpu;

import java.util.Arrays;
import java.util.function.LongFunction;

/**
 * The float matrix product C = A B over strided arrays.
 *
 * <p>
 * Its bits depend on the shapes and strides alone, not on threads, on vector width or on whether the Vector API is there. Each element is the sum,
 * in order, of the blocks that {@link #depth} cuts k into, each block a chain of fused multiply-adds in order from +0. One case differs: a product with a
 * vector (m = 1 or n = 1) and both k strides 1, of more than {@value #TINY} multiply-adds, whose elements are {@link Lanes#dot} products.
 *
 * <p>
 * Blocked and packed after Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008), but each thread packs for itself: an
 * operand packed twice costs less than a barrier.
 */
public final class Gemm {
    /** Products of at most this many multiply-adds run in plain loops. */
    static final long TINY = 1 << 10;
    /** Multiply-adds that are worth a thread. */
    private static final long SHARE = 1 << 17;
    /** The same for products with a vector, which wait for memory. */
    private static final long VECTOR_SHARE = 1 << 18;
    /** Longer blocks pass over C less often; from here on a panel of B does not stay in a level-1 cache. Up to a quarter more is one block. */
    static final int MAX_DEPTH = 640;
    /** Floats of C that stay in cache between the product and the epilogue. */
    private static final int EPILOGUE_BLOCK = 1 << 16;

    private static final class Best {
        static final Gemm GEMM = PanamaProvider.tiles().map(tiles -> new Gemm(Lanes.best(), new TilesOnceWarm(tiles)))
                .orElseGet(Gemm::scalar);
    }

    private final Lanes lanes;
    private final LongFunction<Tiles> tiles;
    private final ThreadLocal<GemmJob> jobs = ThreadLocal.withInitial(GemmJob::new);

    Gemm(Lanes lanes, LongFunction<Tiles> tiles) {
        this.lanes = lanes;
        this.tiles = tiles;
    }

    /** The fastest product that this Java virtual machine can run; scalar until the just-in-time compiler has the vector kernels. */
    public static Gemm best() {
        return Best.GEMM;
    }

    /** The portable product. */
    public static Gemm scalar() {
        Tiles tiles = new ScalarTiles();
        return new Gemm(Lanes.scalar(), _ -> tiles);
    }

    /** The length of the blocks, but for the last, that a sum of k products is cut into. */
    static int depth(int k) {
        if (k <= MAX_DEPTH + MAX_DEPTH / 4) {
            return k;
        }
        int blocks = (k + MAX_DEPTH - 1) / MAX_DEPTH;
        return roundUp((k + blocks - 1) / blocks, 16);
    }

    static int roundUp(int x, int multiple) {
        return (x + multiple - 1) / multiple * multiple;
    }

    /**
     * C = A B, then the epilogue over all of C.
     *
     * <p>
     * A(i, p) = a[aOffset + i aRowStride + p aColumnStride] for i in 0 … m, p in 0 … k; B(p, j) and C(i, j) likewise for j in 0 … n, C with unit
     * column stride. C must not overlap A or B; nothing outside its elements is written. Strides of A and B may be any number.
     *
     * @param threads who shares the work
     */
    public void multiply(int m, int n, int k, float[] a, int aOffset, int aRowStride, int aColumnStride, float[] b,
            int bOffset, int bRowStride,
            int bColumnStride, float[] c, int cOffset, int cRowStride, Epilogue epilogue, Threads threads) {
        long work = (long) m * n * k;
        if (work <= TINY) {
            tiny(m, n, k, a, aOffset, aRowStride, aColumnStride, b, bOffset, bRowStride, bColumnStride, c, cOffset,
                    cRowStride);
            if (epilogue != Epilogue.NONE) {
                rows(m, n, c, cOffset, cRowStride, epilogue);
            }
        } else if (m == 1) {
            vector(n, k, b, bOffset, bColumnStride, bRowStride, a, aOffset, aColumnStride, c, cOffset, 1, threads);
            epilogue.apply(0, 0, n, c, cOffset);
        } else if (n == 1) {
            vector(m, k, a, aOffset, aRowStride, aColumnStride, b, bOffset, bRowStride, c, cOffset, cRowStride,
                    threads);
            rows(m, 1, c, cOffset, cRowStride, epilogue);
        } else {
            GemmJob job = idleJob();
            job.set(m, n, k, a, aOffset, aRowStride, aColumnStride, b, bOffset, bRowStride, bColumnStride, c, cOffset,
                    cRowStride, epilogue,
                    tiles.apply(work));
            job.run(threads, Math.clamp(work / SHARE, 1, threads.size()));
        }
    }

    /** This thread's job; a fresh one for a product inside another's epilogue. */
    private GemmJob idleJob() {
        GemmJob job = jobs.get();
        return job.running() ? new GemmJob() : job;
    }

    private static void rows(int m, int n, float[] c, int cOffset, int cRowStride, Epilogue epilogue) {
        if (n > 0) {
            for (int i = 0; i < m; i++) {
                epilogue.apply(i, 0, n, c, cOffset + i * cRowStride);
            }
        }
    }

    private static void tiny(int m, int n, int k, float[] a, int ao, int ar, int ac, float[] b, int bo, int br, int bc,
            float[] c, int co, int cr) {
        if (k > MAX_DEPTH) {
            deepAndTiny(m, n, k, a, ao, ar, ac, b, bo, br, bc, c, co, cr);
            return;
        }
        for (int i = 0; i < m; i++) {
            int row = ao + i * ar, out = co + i * cr, j = 0, column = bo;
            for (; j + 4 <= n; j += 4, column += 4 * bc) {
                float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
                for (int p = 0, s = row, t = column; p < k; p++, s += ac, t += br) {
                    float x = a[s];
                    s0 = Math.fma(x, b[t], s0);
                    s1 = Math.fma(x, b[t + bc], s1);
                    s2 = Math.fma(x, b[t + 2 * bc], s2);
                    s3 = Math.fma(x, b[t + 3 * bc], s3);
                }
                c[out + j] = s0;
                c[out + j + 1] = s1;
                c[out + j + 2] = s2;
                c[out + j + 3] = s3;
            }
            for (; j < n; j++, column += bc) {
                float sum = 0;
                for (int p = 0, s = row, t = column; p < k; p++, s += ac, t += br) {
                    sum = Math.fma(a[s], b[t], sum);
                }
                c[out + j] = sum;
            }
        }
    }

    private static void deepAndTiny(int m, int n, int k, float[] a, int ao, int ar, int ac, float[] b, int bo, int br,
            int bc, float[] c, int co,
            int cr) {
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                c[co + i * cr + j] = chain(k, depth(k), a, ao + i * ar, ac, b, bo + j * bc, br);
            }
        }
    }

    /** One element: blocks of fused multiply-adds, added in order. */
    static float chain(int k, int depth, float[] a, int ao, int ac, float[] b, int bo, int br) {
        float total = 0;
        for (int block = 0; block < k; block += depth) {
            float sum = 0;
            int end = Math.min(k, block + depth);
            for (int p = block, s = ao + p * ac, t = bo + p * br; p < end; p++, s += ac, t += br) {
                sum = Math.fma(a[s], b[t], sum);
            }
            total = block == 0 ? sum : total + sum;
        }
        return total;
    }

    /** y(j) = Σ w(j, p) x(p): shared by elements of y. */
    private void vector(int n, int k, float[] w, int wo, int wj, int wp, float[] x, int xo, int xs, float[] y, int yo,
            int ys, Threads threads) {
        int share = (int) Math.min(threads.size(), 1 + (long) n * k / VECTOR_SHARE);
        if (share == 1) {
            vectorPart(0, n, k, w, wo, wj, wp, x, xo, xs, y, yo, ys);
            return;
        }
        int step = roundUp((n + share - 1) / share, 16);
        threads.parallel(share, t -> {
            int from = Math.min(n, t * step);
            vectorPart(from, Math.min(n, from + step), k, w, wo, wj, wp, x, xo, xs, y, yo, ys);
        });
    }

    private void vectorPart(int from, int to, int k, float[] w, int wo, int wj, int wp, float[] x, int xo, int xs,
            float[] y, int yo, int ys) {
        if (wp == 1 && xs == 1) {
            for (int j = from; j < to; j++) {
                y[yo + j * ys] = lanes.dot(w, wo + j * wj, x, xo, k);
            }
        } else if (wj == 1 && xs == 1 && ys == 1) {
            accumulateRows(from, to, k, w, wo, wp, x, xo, y, yo);
        } else {
            int depth = depth(k);
            for (int j = from; j < to; j++) {
                y[yo + j * ys] = chain(k, depth, x, xo, xs, w, wo + j * wj, wp);
            }
        }
    }

    private void accumulateRows(int from, int to, int k, float[] w, int wo, int wp, float[] x, int xo, float[] y,
            int yo) {
        Tiles tiles = this.tiles.apply((long) (to - from) * k);
        GemmScratch scratch = GemmScratch.ofThread();
        int depth = depth(k);
        for (int j = from; j < to; j += GemmScratch.ROW) {
            int run = Math.min(GemmScratch.ROW, to - j);
            for (int block = 0; block < k; block += depth) {
                int end = Math.min(k, block + depth);
                float[] sum = block == 0 ? y : scratch.row;
                int so = block == 0 ? yo + j : 0;
                Arrays.fill(sum, so, so + run, 0f);
                int p = block;
                for (; p + 8 <= end; p += 8) {
                    tiles.axpy8(x, xo + p, w, wo + j + p * wp, wp, sum, so, run);
                }
                for (; p < end; p++) {
                    lanes.axpy(x[xo + p], w, wo + j + p * wp, sum, so, run);
                }
                if (block > 0) {
                    lanes.add(y, yo + j, sum, 0, y, yo + j, run);
                }
            }
        }
    }

    /** The side, in whole tiles, of the rectangles of C with the other side {@code other} that stay in cache until their epilogue. */
    static int epilogueSide(int other, int tile) {
        return Math.max(1, EPILOGUE_BLOCK / (other * tile)) * tile;
    }
}
