package org.chainrule;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.chainrule.expr.Erf;
import org.junit.jupiter.api.Test;

class GaussianTest {
    private static final int N = 1 << 16;

    /**
     * The greatest distance of the counted from the true distribution function; by Dvoretzky, Kiefer and Wolfowitz 1956 with
     * Massart's constant (1990) it exceeds √(ln(2 / δ) / 2n) with a probability of at most δ, here 2⁻⁴⁰.
     */
    @Test
    void countsFollowTheNormalDistribution() {
        double[] v = new double[N];
        for (int i = 0; i < N; i++) v[i] = Philox.normal(42, 7, i);
        Arrays.sort(v);
        double worst = 0;
        for (int i = 0; i < N; i++) {
            double below = (1 + Erf.erf(v[i] / Math.sqrt(2))) / 2;
            worst = Math.max(worst, Math.max(below - (double) i / N, (double) (i + 1) / N - below));
        }
        double most = Math.sqrt(41 * Math.log(2) / (2 * N)), found = worst;
        assertTrue(worst <= most, () -> "distance " + found + ", at most " + most);
    }
}
