package org.chainrule.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class DoublesTest {
    private static double[] gaussian(int n, long seed) {
        return new Random(seed).doubles(n).map(x -> x * 2 - 1).toArray();
    }

    @Test
    void sumsAreNearTheExactOnesAtOddLengths() {
        for (int n : new int[] {0, 1, 13, 207, 4098}) {
            double[] a = gaussian(n + 2, 1), b = gaussian(n + 2, 2);
            double sum = 0, dot = 0;
            for (int i = 0; i < n; i++) {
                sum += a[i + 2];
                dot += a[i + 2] * b[i + 1];
            }
            assertEquals(sum, Doubles.sum(a, 2, n), n * 0x1p-50);
            assertEquals(dot, Doubles.dot(a, 2, b, 1, n), n * 0x1p-50);
        }
    }

    @Test
    void productsAreChainsOfFusedMultiplyAddsForAnyLayoutAndThreadCount() {
        for (int[] shape : new int[][] {{0, 2, 2}, {3, 4, 0}, {4, 2, 2}, {1, 70, 33}, {70, 1, 33}, {13, 131, 57},
            {67, 5, 200}}) {
            int m = shape[0], n = shape[1], k = shape[2];
            double[] a = gaussian(m * k + 1, 3), b = gaussian(k * n + 1, 4);
            for (int layout = 0; layout < 5; layout++) {
                int ar = layout == 4 ? 0 : layout % 2 == 0 ? k : 1, ac = layout % 2 == 0 ? 1 : m;
                int br = layout == 4 ? 0 : layout / 2 == 0 ? n : 1, bc = layout / 2 == 0 ? 1 : k;
                if (layout == 4) {
                    bc = 1;
                }
                for (int size = 1; size < 4; size++) {
                    double[] c = new double[m * (n + 2) + 1];
                    java.util.Arrays.fill(c, -77);
                    int[] visits = new int[m * n];
                    try (Threads threads = new Threads(size)) {
                        DoubleGemm.multiply(m, n, k, a, 1, ar, ac, b, 1, br, bc, c, 1, n + 2,
                                (row, column, columns, array, o) -> {
                                    for (int j = 0; j < columns; j++) {
                                        visits[row * n + column + j]++;
                                        array[o + j] += 1;
                                    }
                                }, threads);
                    }
                    check(m, n, k, a, ar, ac, b, br, bc, c, visits);
                }
            }
        }
    }

    private static void check(int m, int n, int k, double[] a, int ar, int ac, double[] b, int br, int bc, double[] c,
            int[] visits) {
        assertEquals(-77, c[0]);
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int p = 0; p < k; p++) {
                    sum = Math.fma(a[1 + i * ar + p * ac], b[1 + p * br + j * bc], sum);
                }
                assertEquals(sum + 1, c[1 + i * (n + 2) + j]);
                assertEquals(1, visits[i * n + j]);
            }
            assertEquals(-77, c[1 + i * (n + 2) + n]);
            assertEquals(-77, c[1 + i * (n + 2) + n + 1]);
        }
    }
}
