package org.chainrule;

/**
 * Standard normal values from pairs of random words by Box and Muller 1958, "A Note on the Generation of Random Normal
 * Deviates". Every operation is one that IEEE 754 defines to the bit in float32 (+, ×, ÷, √, fma), so each device gives the same bits.
 */
public final class Gaussian {
    private Gaussian() {}

    /**
     * {@code √(-2 ln u) · cos 2πv}, or {@code sin} where {@code second}, with {@code u} in (0, 1] and {@code v} in [0, 1)
     * the upper 24 bits of the words.
     */
    public static float of(int first, int second24, boolean second) {
        float u = ((first >>> 8) + 1) * 0x1p-24f, v = (second24 >>> 8) * 0x1p-24f;
        float radius = (float) Math.sqrt(-2 * log(u));
        float turns = v * 4, quarter = (float) Math.floor(turns + 0.5f), x = (turns - quarter) * 1.5707964f;
        int q = ((int) quarter + (second ? 3 : 0)) & 3;
        float y = (q & 1) == 0 ? cos(x) : sin(x);
        return radius * (q == 1 || q == 2 ? -y : y);
    }

    /** {@code ln u} for u in (0, 1]: with u = m 2ᵉ and s = (m - 1) / (m + 1), e ln 2 + 2 (s + s³/3 + …). */
    private static float log(float u) {
        int bits = Float.floatToRawIntBits(u) - 0x3f3504f3;
        int e = bits >> 23;
        float m = Float.intBitsToFloat((bits & 0x7fffff) + 0x3f3504f3);
        float s = (m - 1) / (m + 1), z = s * s;
        float p = Math.fma(z, Math.fma(z, Math.fma(z, 0.22222222f, 0.2857143f), 0.4f), 0.6666667f);
        return Math.fma(e, 0.6931472f, Math.fma(s * z, p, 2 * s));
    }

    private static float sin(float x) {
        float z = x * x;
        return Math.fma(x * z, Math.fma(z, Math.fma(z, -1.9841270e-4f, 8.3333333e-3f), -0.16666667f), x);
    }

    private static float cos(float x) {
        float z = x * x;
        return Math.fma(z, Math.fma(z, Math.fma(z, Math.fma(z, 2.4801587e-5f, -1.3888889e-3f), 4.1666668e-2f), -0.5f),
                1);
    }
}
