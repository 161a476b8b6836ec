package org.chainrule.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class GemmTest {
    /** A matrix of random values within a larger array: element (i, j) at offset + i·rowStride + j·columnStride. */
    record Matrix(float[] data, int offset, int rowStride, int columnStride) {
        static Matrix of(int rows, int columns, Layout layout, Random random) {
            int rs = layout.rowStride(rows, columns), cs = layout.columnStride(rows, columns), offset = 3;
            int least = Math.min(0, rs * (rows - 1)) + Math.min(0, cs * (columns - 1));
            int most = Math.max(0, rs * (rows - 1)) + Math.max(0, cs * (columns - 1));
            float[] data = new float[Math.max(0, most - least) + 1 + offset];
            for (int i = 0; i < data.length; i++) {
                data[i] = (float) random.nextGaussian();
            }
            return new Matrix(data, offset - least, rs, cs);
        }

        float at(int i, int j) {
            return data[offset + i * rowStride + j * columnStride];
        }
    }

    enum Layout {
        ROWS, COLUMNS, WIDE_ROWS, WIDE_COLUMNS, STEPPED, REPEATED_ROW, REPEATED_COLUMN, REVERSED, ONE_VALUE;

        int rowStride(int rows, int columns) {
            return switch (this) {
                case ROWS -> columns;
                case COLUMNS, REPEATED_COLUMN -> 1;
                case WIDE_ROWS -> columns + 5;
                case WIDE_COLUMNS -> 1;
                case STEPPED -> 2 * columns + 1;
                case REPEATED_ROW, ONE_VALUE -> 0;
                case REVERSED -> -columns;
            };
        }

        int columnStride(int rows, int columns) {
            return switch (this) {
                case ROWS, WIDE_ROWS, REPEATED_ROW, REVERSED -> 1;
                case COLUMNS -> rows;
                case WIDE_COLUMNS -> rows + 3;
                case STEPPED -> 2;
                case REPEATED_COLUMN, ONE_VALUE -> 0;
            };
        }
    }

    private static final float SENTINEL = -12345.5f;
    /** The longest sum that is one block. */
    private static final int WHOLE = Gemm.MAX_DEPTH + Gemm.MAX_DEPTH / 4;
    private static final int[][] SHAPES = {{0, 3, 2}, {3, 0, 2}, {1, 1, 1}, {4, 2, 2}, {3, 5, 7}, {2, 3, 0},
        {40, 40, 0}, {8, 8, 17}, {1, 33, 100}, {1, 2100, WHOLE + 1},
        {100, 1, 33}, {65, 1, WHOLE + 1}, {1, 1, 5000}, {1, 1, WHOLE + 1}, {5, 7, WHOLE}, {5, 7, WHOLE + 1},
        {13, 33, 31}, {12, 32, 16}, {24, 64, 48},
        {25, 129, 65}, {16, 160, 16},
        {241, 35, 20}, {67, 71, 2 * WHOLE + 1}, {2, 2500, 3}, {64, 64, 64}, {3, 300, 40}, {250, 300, 5}, {30, 10, 40},
        {20, 23, 300}};

    /** What lies between the rows of a result. */
    private static final int[] GAPS = {0, 3};
    private static final List<Threads> POOLS = List.of(new Threads(1), new Threads(2), new Threads(3), new Threads(6));

    @AfterAll
    static void close() {
        POOLS.forEach(Threads::close);
    }

    private static List<Gemm> products() {
        List<Gemm> all = new ArrayList<>(List.of(Gemm.scalar(), Gemm.best()));
        if (PanamaProvider.usable()) {
            Tiles narrow = new PanamaTiles256();
            all.add(new Gemm(Lanes.best(), _ -> narrow));
            Tiles preferred = PanamaProvider.tiles().orElseThrow();
            all.add(new Gemm(Lanes.best(), _ -> preferred));
        }
        return all;
    }

    @Test
    void everyTileThreadCountAndLayoutGivesTheSpecifiedBitsAndTouchesNothingElse() {
        Random random = new Random(7);
        Layout[] layouts = Layout.values();
        List<Gemm> products = products();
        // a product meets each pool with each gap ten times over the layouts of one shape, and other layouts at the next
        int turn = 0;
        for (int[] shape : SHAPES) {
            for (Layout la : layouts) {
                for (Layout lb : layouts) {
                    Matrix a = Matrix.of(shape[0], shape[2], la, random), b = Matrix.of(shape[2], shape[1], lb, random);
                    float[] expected = specified(shape, a, b);
                    for (int p = 0; p < products.size(); p++) {
                        int place = turn + p;
                        check(products.get(p), shape, a, b, expected, GAPS[place / POOLS.size() % GAPS.length],
                                POOLS.get(place % POOLS.size()), la + " by " + lb);
                    }
                    turn++;
                }
            }
        }
    }

    private static void check(Gemm gemm, int[] shape, Matrix a, Matrix b, float[] expected, int gap, Threads threads,
            String layouts) {
        int m = shape[0], n = shape[1], k = shape[2], stride = Math.max(1, n + gap), offset = 5;
        float[] c = new float[offset + m * stride + 7];
        java.util.Arrays.fill(c, SENTINEL);
        int[] visits = new int[m * n];
        gemm.multiply(m, n, k, a.data, a.offset, a.rowStride, a.columnStride, b.data, b.offset, b.rowStride,
                b.columnStride, c, offset, stride,
                (row, column, columns, array, o) -> {
                    assertEquals(offset + row * stride + column, o);
                    for (int j = 0; j < columns; j++) {
                        visits[row * n + column + j]++;
                        array[o + j] += 1;
                    }
                }, threads);
        for (int q = 0; q < c.length; q++) {
            int i = Math.floorDiv(q - offset, stride), j = Math.floorMod(q - offset, stride);
            if (i >= 0 && i < m && j < n) {
                assertEquals(1, visits[i * n + j]);
                float wanted = expected[i * n + j] + 1;
                if (Float.floatToIntBits(wanted) != Float.floatToIntBits(c[q])) {
                    assertEquals(wanted, c[q], layouts + ", " + m + "×" + n + "×" + k + " at " + i + ", " + j);
                }
            } else {
                assertEquals(SENTINEL, c[q]);
            }
        }
    }

    /** The product by {@link Gemm}'s own rule for the order of its sums. */
    private static float[] specified(int[] shape, Matrix a, Matrix b) {
        int m = shape[0], n = shape[1], k = shape[2];
        boolean dot = (long) m * n * k > Gemm.TINY && (m == 1 || n == 1) && a.columnStride == 1 && b.rowStride == 1;
        float[] c = new float[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                c[i * n + j] = dot
                        ? Lanes.scalar().dot(a.data, a.offset + i * a.rowStride, b.data, b.offset + j * b.columnStride,
                                k)
                        : Gemm.chain(k, Gemm.depth(k), a.data, a.offset + i * a.rowStride, a.columnStride, b.data,
                                b.offset + j * b.columnStride, b.rowStride);
            }
        }
        return c;
    }

    @Test
    void productsStayWithinTheErrorBoundOfTheirSums() {
        Random random = new Random(8);
        for (int[] shape : SHAPES) {
            Matrix a = Matrix.of(shape[0], shape[2], Layout.ROWS, random),
                    b = Matrix.of(shape[2], shape[1], Layout.COLUMNS, random);
            float[] c = new float[shape[0] * shape[1]];
            Gemm.best().multiply(shape[0], shape[1], shape[2], a.data, a.offset, a.rowStride, a.columnStride, b.data,
                    b.offset, b.rowStride,
                    b.columnStride, c, 0, shape[1], Epilogue.NONE, POOLS.get(1));
            for (int i = 0; i < shape[0]; i++) {
                for (int j = 0; j < shape[1]; j++) {
                    double exact = 0, size = 0;
                    for (int p = 0; p < shape[2]; p++) {
                        exact += (double) a.at(i, p) * b.at(p, j);
                        size += Math.abs((double) a.at(i, p) * b.at(p, j));
                    }
                    double bound = shape[2] * 0x1p-24 / (1 - shape[2] * 0x1p-24) * size;
                    assertTrue(Math.abs(c[i * shape[1] + j] - exact) <= bound);
                }
            }
        }
    }

    @Test
    void infinityAndNanSpreadOverTheirRowAndColumnOnly() {
        int n = 50;
        float[] a = new float[n * n], b = new float[n * n], c = new float[n * n];
        java.util.Arrays.fill(a, 1);
        java.util.Arrays.fill(b, 1);
        a[7 * n + 3] = Float.NaN;
        b[5 * n + 9] = Float.POSITIVE_INFINITY;
        for (Gemm gemm : products()) {
            gemm.multiply(n, n, n, a, 0, n, 1, b, 0, n, 1, c, 0, n, Epilogue.NONE, POOLS.get(1));
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    assertEquals(i == 7 ? Float.NaN : j == 9 ? Float.POSITIVE_INFINITY : n, c[i * n + j]);
                }
            }
        }
    }

    @Test
    void aProductInsideAnEpilogueRuns() {
        int n = 300, small = 40;
        float[] a = new float[n * n], c = new float[n * n];
        java.util.Arrays.fill(a, 1);
        Gemm gemm = Gemm.best();
        Threads threads = POOLS.get(1);
        gemm.multiply(n, n, n, a, 0, n, 1, a, 0, n, 1, c, 0, n, (row, column, columns, array, o) -> {
            float[] inner = new float[small * small];
            gemm.multiply(small, small, small, a, 0, n, 1, a, 0, n, 1, inner, 0, small, Epilogue.NONE, threads);
            for (int j = 0; j < columns; j++) {
                array[o + j] += inner[0];
            }
        }, threads);
        for (float x : c) {
            assertEquals(n + small, x);
        }
    }
}
