package org.chainrule.expr;

/**
 * The error function erf(x) = 2/√π ∫₀ˣ exp(-t²) dt, its complement and the normal distribution function in double precision.
 *
 * <p>
 * Rational approximations of fdlibm's {@code s_erf.c}: "Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at
 * SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is freely granted, provided that
 * this notice is preserved."
 */
public final class Erf {
    private static final double EFX = 1.28379167095512586316e-01;
    private static final double ERX = 8.45062911510467529297e-01;
    /** √½ = SQRT_HALF + SQRT_HALF_LOW. */
    private static final double SQRT_HALF = 0.7071067811865476;
    private static final double SQRT_HALF_LOW = -4.833646656726457e-17;

    private Erf() {
    }

    /** erf(x) within 1 ULP; erf(±0) = ±0, erf(±∞) = ±1, erf(NaN) = NaN. */
    public static double erf(double x) {
        double t = Math.abs(x);
        if (Double.isNaN(x)) {
            return x;
        }
        if (t < 0.84375) {
            return t < 0x1p-28 ? small(x) : x + x * central(x * x);
        }
        if (t < 1.25) {
            return Math.copySign(ERX + aroundOne(t - 1), x);
        }
        if (t >= 6) {
            return Math.copySign(1, x);
        }
        return Math.copySign(1 - tail(t), x);
    }

    /** 1 - erf(x) without cancellation. */
    static double erfc(double x) {
        double t = Math.abs(x);
        if (Double.isNaN(x)) {
            return x;
        }
        if (t < 0.84375) {
            double y = x * central(x * x);
            return x < 0.25 ? 1 - (x + y) : 0.5 - (y + (x - 0.5));
        }
        if (t < 1.25) {
            return x > 0 ? 1 - ERX - aroundOne(t - 1) : 1 + (ERX + aroundOne(t - 1));
        }
        if (x < -6) {
            return 2;
        }
        return t >= 28 ? 0 : x > 0 ? tail(t) : 2 - tail(t);
    }

    /**
     * Φ(x) = erfc(-x/√2) / 2, the chance that a standard normal variable is at most x. What rounding takes from -x/√2 is put right by the
     * first derivative: far to the left it would cost x² times as much.
     */
    public static double normalCdf(double x) {
        double u = -x * SQRT_HALF;
        if (!(u > 0.5 && u < 28)) {
            return 0.5 * erfc(u);
        }
        double lost = Math.fma(-x, SQRT_HALF, -u) - x * SQRT_HALF_LOW;
        return 0.5 * (erfc(u) - lost * (2 / Math.sqrt(Math.PI)) * Math.exp(-u * u));
    }

    private static double small(double x) {
        return Math.abs(x) < 0x1p-1000 ? 0.0625 * (16 * x + 16 * EFX * x) : x + EFX * x;
    }

    /** erf(x)/x - 1 on |x| &lt; 0.84375, for z = x². */
    private static double central(double z) {
        double p = 1.28379167095512558561e-01 + z * (-3.25042107247001499370e-01
                + z * (-2.84817495755985104766e-02
                        + z * (-5.77027029648944159157e-03 + z * -2.37630166566501626084e-05)));
        double q = 1 + z * (3.97917223959155352819e-01 + z * (6.50222499887672944485e-02
                + z * (5.08130628187576562776e-03
                        + z * (1.32494738004321644526e-04 + z * -3.96022827877536812320e-06))));
        return p / q;
    }

    /** erf(1 + s) - ERX on 0.84375 ≤ 1 + s &lt; 1.25. */
    private static double aroundOne(double s) {
        double p = -2.36211856075265944077e-03 + s * (4.14856118683748331666e-01 + s * (-3.72207876035701323847e-01
                + s * (3.18346619901161753674e-01 + s * (-1.10894694282396677476e-01
                        + s * (3.54783043256182359371e-02 + s * -2.16637559486879084300e-03)))));
        double q =
                1 + s * (1.06420880400844228286e-01 + s * (5.40397917702171048937e-01 + s * (7.18286544141962662868e-02
                        + s * (1.26171219808761642112e-01
                                + s * (1.36370839120290507362e-02 + s * 1.19844998467991074170e-02)))));
        return p / q;
    }

    /** 1 - erf(t) for t ≥ 1.25: exp(-t² - 0.5625 + R(1/t²)/S(1/t²)) / t, with t² split so that its rounding does not matter. */
    private static double tail(double t) {
        double s = 1 / (t * t);
        double ratio = t < 1 / 0.35 ? nearTail(s) : farTail(s);
        double z = Double.longBitsToDouble(Double.doubleToRawLongBits(t) & 0xffffffff00000000L);
        return Math.exp(-z * z - 0.5625) * Math.exp((z - t) * (z + t) + ratio) / t;
    }

    private static double nearTail(double s) {
        double r = -9.86494403484714822705e-03 + s * (-6.93858572707181764372e-01 + s * (-1.05586262253232909814e+01
                + s * (-6.23753324503260060396e+01 + s * (-1.62396669462573470355e+02
                        + s * (-1.84605092906711035994e+02
                                + s * (-8.12874355063065934246e+01 + s * -9.81432934416914548592e+00))))));
        double q =
                1 + s * (1.96512716674392571292e+01 + s * (1.37657754143519042600e+02 + s * (4.34565877475229228821e+02
                        + s * (6.45387271733267880336e+02 + s * (4.29008140027567833386e+02
                                + s * (1.08635005541779435134e+02
                                        + s * (6.57024977031928170135e+00 + s * -6.04244152148580987438e-02)))))));
        return r / q;
    }

    private static double farTail(double s) {
        double r = -9.86494292470009928597e-03 + s * (-7.99283237680523006574e-01 + s * (-1.77579549177547519889e+01
                + s * (-1.60636384855821916062e+02 + s * (-6.37566443368389627722e+02
                        + s * (-1.02509513161107724954e+03 + s * -4.83519191608651397019e+02)))));
        double q =
                1 + s * (3.03380607434824582924e+01 + s * (3.25792512996573918826e+02 + s * (1.53672958608443695994e+03
                        + s * (3.19985821950859553908e+03 + s * (2.55305040643316442583e+03
                                + s * (4.74528541206955367215e+02 + s * -2.24409524465858183362e+01))))));
        return r / q;
    }
}
