package org.chainrule.cpu;

/**
 * Elementary functions of one float: the definition that {@link ScalarLanes} loops over and the {@code Panama} classes repeat lane by lane,
 * with the same sequence of IEEE operations and so the same bits. Polynomials are minimax fits (Lawson's iteration on Chebyshev nodes),
 * their coefficients rounded to float; the worst error of each function in ULP stands in {@link Lanes}.
 */
final class Elementary {
    /** Adding and subtracting 1.5·2²³ rounds to an integer; the sum's low bits are that integer. */
    static final float ROUNDER = 0x1.8p23f;
    static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);
    static final int SIGN = 0x80000000;

    static final float LOG2_E = 1.442695f;
    /** ln 2 = LN2_HIGH + LN2_LOW to 48 bits. */
    static final float LN2_HIGH = 0.6931472f;
    static final float LN2_LOW = -1.9046542e-9f;

    /** exp of anything below is under half the least subnormal, of anything above is over the greatest float. */
    static final float EXP_MIN = -104f;
    static final float EXP_MAX = 89f;
    /** (exp(r) - 1 - r) / r² on |r| ≤ ln 2 / 2. */
    static final float E0 = 0.5f;
    static final float E1 = 0.16666667f;
    static final float E2 = 0.041666355f;
    static final float E3 = 0.008333273f;
    static final float E4 = 0.0013941127f;
    static final float E5 = 0.00019914299f;

    /** expm1 of anything below rounds to -1. */
    static final float EXPM1_MIN = -30f;

    /** The bits of √½: mantissas are taken from [√½, √2). */
    static final int SQRT_HALF_BITS = 0x3f3504f3;
    /** (ln(1 + f) - f + f²/2) / f³ on √½ ≤ 1 + f &lt; √2. */
    static final float L0 = 0.33333313f;
    static final float L1 = -0.2500001f;
    static final float L2 = 0.2000212f;
    static final float L3 = -0.16667996f;
    static final float L4 = 0.14219552f;
    static final float L5 = -0.12405589f;
    static final float L6 = 0.11888162f;
    static final float L7 = -0.11675652f;
    static final float L8 = 0.06746641f;

    /** Beyond it the three-part reduction of sin and cos runs out of bits and {@link Math} takes over. */
    static final float TRIG_MAX = 8192f;
    static final float TWO_OVER_PI = 0.63661975f;
    /** π/2 = PI_HIGH + PI_MIDDLE + PI_LOW to 72 bits (Cody and Waite). */
    static final float PI_HIGH = 1.5707964f;
    static final float PI_MIDDLE = -4.371139e-8f;
    static final float PI_LOW = -1.7151245e-15f;
    /** (sin(r)/r - 1) / r² in powers of r² on |r| ≤ π/4. */
    static final float S0 = -0.16666667f;
    static final float S1 = 0.008333329f;
    static final float S2 = -0.00019839333f;
    static final float S3 = 2.7182925e-6f;
    /** (cos(r) - 1 + r²/2) / r⁴ in powers of r² on |r| ≤ π/4. */
    static final float C0 = 0.041666646f;
    static final float C1 = -0.0013887314f;
    static final float C2 = 2.4432966e-5f;

    /** Below it sin x and x round alike. */
    static final float SIN_IDENTITY = 0x1p-12f;

    static final float TANH_SPLIT = 0.625f;
    /** (tanh(x)/x - 1) / x² in powers of x² on |x| &lt; TANH_SPLIT. */
    static final float T0 = -0.33333278f;
    static final float T1 = 0.13331331f;
    static final float T2 = -0.053730007f;
    static final float T3 = 0.02060618f;
    static final float T4 = -0.00566698f;

    static final float ERF_SPLIT = 0.9275f;
    /** erf rounds to 1 from here. */
    static final float ERF_MAX = 4f;
    /** erf(x)/x - 1 in powers of x² on |x| &lt; ERF_SPLIT. */
    static final float R0 = 0.12837915f;
    static final float R1 = -0.3761248f;
    static final float R2 = 0.112816826f;
    static final float R3 = -0.026761724f;
    static final float R4 = 0.0049859453f;
    static final float R5 = -0.0005953761f;
    /** ln(erfc(t))/t + 1 in powers of t on ERF_SPLIT ≤ t ≤ ERF_MAX. */
    static final float Q0 = -0.12865216f;
    static final float Q1 = -0.6351359f;
    static final float Q2 = -0.106263146f;
    static final float Q3 = 0.02378535f;
    static final float Q4 = -0.0036537647f;
    static final float Q5 = 0.00032565286f;
    static final float Q6 = -1.1522307e-5f;

    /** Φ of anything below is under half the least subnormal; of anything above it rounds to 1. */
    static final float NORMAL_MAX = 14.5f;
    /** The exponent bias for 2⁶⁴ times the power, which is normal where the power is not; the shift drops the bits of ROUNDER. */
    static final int NORMAL_BIAS = 127 + 64;
    /** The first bits of ln 2, so that their product with an exponent is exact, and the rest. */
    static final float LN2_SHORT = 0.69335938f;
    static final float LN2_REST = -2.1219444e-4f;
    /** exp(t²/2) Φ(-t) (t + MILLS) is nearly constant. */
    static final float MILLS = 1.5f;
    /** It is N0 at 1/(t + MILLS) = MILLS_CENTER, to 34 bits. */
    static final float MILLS_CENTER = 0.30000764f;
    /** exp(t²/2) Φ(-t) (t + MILLS) in powers of 1/(t + MILLS) - MILLS_CENTER on 0 ≤ t ≤ NORMAL_MAX. */
    static final float N0 = 0.5972815f;
    static final float N1 = 0.61796093f;
    static final float N2 = -0.4593078f;
    static final float N3 = -0.68287224f;
    static final float N4 = 1.5526043f;
    static final float N5 = -0.462235f;
    static final float N6 = -3.3498092f;
    static final float N7 = 7.408036f;
    static final float N8 = -3.7579958f;
    static final float N9 = -15.693335f;
    static final float N10 = 36.88878f;
    static final float N11 = -26.345512f;

    private Elementary() {
    }

    /** 2ⁿ(1 + expm1(r)) for x = n ln 2 + r; the power is applied in two steps so that subnormal results round once. */
    static float exp(float x) {
        float c = Math.max(Math.min(x, EXP_MAX), EXP_MIN);
        float t = Math.fma(c, LOG2_E, ROUNDER);
        float n = t - ROUNDER;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, c));
        float y = expm1Reduced(r) + 1f;
        int e = Float.floatToRawIntBits(t) - ROUNDER_BITS;
        int half = e >> 1;
        return y * power(half) * power(e - half);
    }

    /** For x = n ln 2 + r, 2 (expm1(r) 2ⁿ⁻¹ + (2ⁿ⁻¹ - ½)). */
    static float expm1(float x) {
        float c = Math.max(Math.min(x, EXP_MAX), EXPM1_MIN);
        float t = Math.fma(c, LOG2_E, ROUNDER);
        float n = t - ROUNDER;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, c));
        float q = expm1Reduced(r);
        float s = power(Float.floatToRawIntBits(t) - ROUNDER_BITS - 1);
        float y = Math.fma(q, s, s - 0.5f) * 2f;
        return withSign(n == 0f ? q : y, x);
    }

    private static float expm1Reduced(float r) {
        float p = Math.fma(E5, r, E4);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, E1);
        p = Math.fma(p, r, E0);
        return Math.fma(r * r, p, r);
    }

    private static float power(int exponent) {
        return Float.intBitsToFloat((exponent + 127) << 23);
    }

    /** {@code magnitude}, which is zero or of x's sign already, with x's sign bit. */
    private static float withSign(float magnitude, float x) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(magnitude) | Float.floatToRawIntBits(x) & SIGN);
    }

    /** e ln 2 + ln(1 + f) for x = 2ᵉ(1 + f). */
    static float log(float x) {
        boolean small = x < Float.MIN_NORMAL;
        int i = Float.floatToRawIntBits(small ? x * 0x1p23f : x) - SQRT_HALF_BITS;
        int e = (i >> 23) - (small ? 23 : 0);
        float f = Float.intBitsToFloat((i & 0x7fffff) + SQRT_HALF_BITS) - 1f;
        float y = logReduced(f, 0f, e);
        y = x < Float.POSITIVE_INFINITY ? y : x;
        y = x < 0f ? Float.NaN : y;
        return x == 0f ? Float.NEGATIVE_INFINITY : y;
    }

    /** ln(u) + c/u with u = 1 + x rounded and c its rounding error; x itself is the reduced argument while u needs no scaling. */
    static float log1p(float x) {
        float u = 1f + x;
        int i = Float.floatToRawIntBits(u) - SQRT_HALF_BITS;
        int e = i >> 23;
        float c = (e >= 2 ? 1f - (u - x) : x - (u - 1f)) / u;
        float f = Float.intBitsToFloat((i & 0x7fffff) + SQRT_HALF_BITS) - 1f;
        float y = logReduced(e == 0 ? x : f, e == 0 ? 0f : c, e);
        y = x < Float.POSITIVE_INFINITY ? y : x;
        y = x < -1f ? Float.NaN : y;
        y = x == -1f ? Float.NEGATIVE_INFINITY : y;
        return withSign(y, x);
    }

    private static float logReduced(float f, float correction, float e) {
        float p = Math.fma(L8, f, L7);
        p = Math.fma(p, f, L6);
        p = Math.fma(p, f, L5);
        p = Math.fma(p, f, L4);
        p = Math.fma(p, f, L3);
        p = Math.fma(p, f, L2);
        p = Math.fma(p, f, L1);
        p = Math.fma(p, f, L0);
        float y = Math.fma(f * (f * f), p, Math.fma(e, LN2_LOW, correction));
        y = Math.fma(f * -0.5f, f, y);
        return Math.fma(e, LN2_HIGH, f + y);
    }

    /** ± sin r or cos r for x = n π/2 + r, by n mod 4. */
    static float sin(float x) {
        float a = Math.abs(x);
        if (!(a <= TRIG_MAX)) {
            return (float) Math.sin(x);
        }
        float y = trig(x, 0);
        return a < SIN_IDENTITY ? x : y;
    }

    /** ± cos r or sin r for x = n π/2 + r, by n mod 4. */
    static float cos(float x) {
        return Math.abs(x) <= TRIG_MAX ? trig(x, 1) : (float) Math.cos(x);
    }

    private static float trig(float x, int quarters) {
        float t = Math.fma(x, TWO_OVER_PI, ROUNDER);
        float n = t - ROUNDER;
        int quadrant = Float.floatToRawIntBits(t) - ROUNDER_BITS + quarters;
        float r = Math.fma(n, -PI_HIGH, x);
        r = Math.fma(n, -PI_MIDDLE, r);
        r = Math.fma(n, -PI_LOW, r);
        float z = r * r;
        float s = Math.fma(S3, z, S2);
        s = Math.fma(s, z, S1);
        s = Math.fma(s, z, S0);
        s = Math.fma(z * r, s, r);
        float c = Math.fma(C2, z, C1);
        c = Math.fma(c, z, C0);
        c = Math.fma(z * z, c, Math.fma(z, -0.5f, 1f));
        float y = (quadrant & 1) == 0 ? s : c;
        return Float.intBitsToFloat(Float.floatToRawIntBits(y) ^ (quadrant & 2) << 30);
    }

    /** x + x³P(x²) near zero, 1 - 2/(exp(2|x|) + 1) with x's sign elsewhere. */
    static float tanh(float x) {
        float a = Math.abs(x);
        float z = x * x;
        float p = Math.fma(T4, z, T3);
        p = Math.fma(p, z, T2);
        p = Math.fma(p, z, T1);
        p = Math.fma(p, z, T0);
        float near = Math.fma(a * z, p, a);
        float far = 1f - 2f / (exp(a + a) + 1f);
        return withSign(a < TANH_SPLIT ? near : far, x);
    }

    /** x + xP(x²) near zero, 1 - exp(Q(|x|)) with x's sign elsewhere. */
    static float erf(float x) {
        float a = Math.abs(x);
        float z = a * a;
        float p = Math.fma(R5, z, R4);
        p = Math.fma(p, z, R3);
        p = Math.fma(p, z, R2);
        p = Math.fma(p, z, R1);
        p = Math.fma(p, z, R0);
        float near = Math.fma(p, a, a);
        float t = Math.min(a, ERF_MAX);
        float q = Math.fma(Q6, t, Q5);
        q = Math.fma(q, t, Q4);
        q = Math.fma(q, t, Q3);
        q = Math.fma(q, t, Q2);
        q = Math.fma(q, t, Q1);
        q = Math.fma(q, t, Q0);
        float far = 1f - exp(Math.fma(q, t, -t));
        return withSign(a < ERF_SPLIT ? near : far, x);
    }

    /**
     * For t = |x|, Φ(-t) is exp(-t²/2) times Mills' ratio, which is a polynomial in 1/(t + MILLS) over t + MILLS (Shepherd and Laframboise 1981, "Chebyshev
     * Approximation of (1+2x)exp(x²)erfc x"); 1 - Φ(-t) for x ≥ 0. What rounding takes from t², the exponential, the polynomial and the quotient is carried along, so that only
     * the last rounding counts.
     */
    static float normalCdf(float x) {
        float t = Math.min(Math.abs(x), NORMAL_MAX);
        float half = t * -0.5f;
        float c = t * half;
        float m = Math.fma(c, LOG2_E, ROUNDER);
        float n = m - ROUNDER;
        float whole = Math.fma(n, -LN2_SHORT, c);
        float rest = Math.fma(n, -LN2_REST, Math.fma(t, half, -c));
        float r = whole + rest;
        float p = Math.fma(E5, r, E4);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, E1);
        p = Math.fma(p, r, E0);
        float e = r + 1f;
        float eLost = r - (e - 1f) + Math.fma(r * r, p, whole - r + rest);
        float d = t + MILLS;
        float dLost = t - (d - MILLS);
        float i = 1f / d;
        float iLost = Math.fma(-i, dLost, Math.fma(-i, d, 1f)) * i;
        float w = i - MILLS_CENTER;
        p = Math.fma(N11, w, N10);
        p = Math.fma(p, w, N9);
        p = Math.fma(p, w, N8);
        p = Math.fma(p, w, N7);
        p = Math.fma(p, w, N6);
        p = Math.fma(p, w, N5);
        p = Math.fma(p, w, N4);
        p = Math.fma(p, w, N3);
        p = Math.fma(p, w, N2);
        p = Math.fma(p, w, N1);
        float g = Math.fma(p, w, N0);
        float gLost = Math.fma(p, iLost, Math.fma(p, w, N0 - g));
        float h = g * e;
        float hLost = Math.fma(gLost, e, Math.fma(g, eLost, Math.fma(g, e, -h)));
        float q = h * i;
        float qLost = Math.fma(hLost, i, Math.fma(h, iLost, Math.fma(h, i, -q)));
        float power = Float.intBitsToFloat(Float.floatToRawIntBits(m) + NORMAL_BIAS << 23) * 0x1p-64f;
        float from = x < 0f ? 0f : 1f;
        float by = x < 0f ? power : -power;
        float y = Math.fma(q, by, from);
        return y + Math.fma(qLost, by, Math.fma(q, by, from - y));
    }

    /**
     * With e = exp(-|x|): 1/(1 + e) for x ≥ 0, e/(1 + e) otherwise, which keeps the left tail's digits. The rounding error of 1 + e is put right
     * to first order, with 1 - e/2 for 1/(1 + e).
     */
    static float sigmoid(float x) {
        float e = exp(-Math.abs(x));
        float d = 1f + e;
        float y = (x < 0f ? e : 1f) / d;
        float lost = e - (d - 1f);
        return Math.fma(y * lost, Math.fma(e, 0.5f, -1f), y);
    }
}
