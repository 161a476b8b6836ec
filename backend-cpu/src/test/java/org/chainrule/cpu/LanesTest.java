package org.chainrule.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import org.chainrule.expr.Erf;
import org.junit.jupiter.api.Test;

class LanesTest {
    interface Unary {
        void apply(Lanes lanes, float[] x, int xo, float[] y, int yo, int n);
    }

    interface Binary {
        void apply(Lanes lanes, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);
    }

    interface WithScalar {
        void apply(Lanes lanes, float[] x, int xo, float s, float[] y, int yo, int n);
    }

    interface Reduction {
        float apply(Lanes lanes, float[] a, int ao, float[] b, int bo, int n);
    }

    record Function(Unary run, DoubleUnaryOperator exact, double ulp) {
    }

    private static final Lanes VECTOR = PanamaProvider.lanes().orElseGet(Lanes::scalar);
    private static final int[] LENGTHS = {0, 1, 2, 7, 8, 13, 15, 16, 17, 31, 33, 207, 1024, 4098};

    private static final Map<String, Function> FUNCTIONS = new TreeMap<>(Map.of(
            "exp", new Function(Lanes::exp, Math::exp, Lanes.EXP_ULP),
            "expm1", new Function(Lanes::expm1, Math::expm1, Lanes.EXPM1_ULP),
            "log", new Function(Lanes::log, Math::log, Lanes.LOG_ULP),
            "log1p", new Function(Lanes::log1p, Math::log1p, Lanes.LOG1P_ULP),
            "sin", new Function(Lanes::sin, Math::sin, Lanes.SIN_ULP),
            "cos", new Function(Lanes::cos, Math::cos, Lanes.COS_ULP),
            "tanh", new Function(Lanes::tanh, Math::tanh, Lanes.TANH_ULP),
            "erf", new Function(Lanes::erf, Erf::erf, Lanes.ERF_ULP),
            "normalCdf", new Function(Lanes::normalCdf, Erf::normalCdf, Lanes.NORMAL_CDF_ULP),
            "sigmoid", new Function(Lanes::sigmoid, LanesTest::sigmoid, Lanes.SIGMOID_ULP)));

    private static final Map<String, Function> EXACT = Map.of(
            "neg", new Function(Lanes::neg, x -> -x, 0),
            "abs", new Function(Lanes::abs, Math::abs, 0),
            "sign", new Function(Lanes::sign, Math::signum, 0),
            "floor", new Function(Lanes::floor, Math::floor, 0),
            "round", new Function(Lanes::round, Math::rint, 0),
            "sqrt", new Function(Lanes::sqrt, Math::sqrt, 0.5),
            "relu", new Function(Lanes::relu, x -> Math.max(x, 0), 0));

    private static final Map<String,
            Binary> BINARIES = Map.of("add", Lanes::add, "sub", Lanes::sub, "mul", Lanes::mul, "div", Lanes::div,
                    "max", Lanes::max, "min", Lanes::min, "pow", Lanes::pow, "atan2", Lanes::atan2,
                    "axpy", (lanes, a, ao, b, bo, y, yo, n) -> {
                        lanes.copy(b, bo, y, yo, n);
                        lanes.axpy(a[0], a, ao, y, yo, n);
                    });

    private static final Map<String, WithScalar> WITH_SCALAR =
            Map.of("add", Lanes::add, "sub", Lanes::sub, "rsub", Lanes::rsub, "mul",
                    Lanes::mul, "div", Lanes::div, "rdiv", Lanes::rdiv, "max", Lanes::max, "min", Lanes::min);

    private static final Map<String,
            Reduction> REDUCTIONS = Map.of("sum", (lanes, a, ao, b, bo, n) -> lanes.sum(a, ao, n), "dot", Lanes::dot,
                    "sumOfSquares", (lanes, a, ao, b, bo, n) -> lanes.sumOfSquares(a, ao, n), "max",
                    (lanes, a, ao, b, bo, n) -> lanes.max(a, ao, n), "min",
                    (lanes, a, ao, b, bo, n) -> lanes.min(a, ao, n));

    private static double sigmoid(double x) {
        return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
    }

    private static float[] specials() {
        return new float[] {0f, -0f, 1, -1, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, Float.NaN, Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, -Float.MIN_NORMAL, Math.nextDown(Float.MIN_NORMAL),
            Float.MAX_VALUE,
            -Float.MAX_VALUE, 88.72284f, 88.7229f, -87.33655f, -103.97208f, -104, 8192, 8193, -1e5f, 1e30f, 0x1p23f,
            0x1p22f + 0.5f, 0x1p-12f,
            0.625f, 0.9275f, 4, -14.17f, -14.5f, 14.5f, Math.nextDown(1f), Math.nextUp(-1f), 0.70710677f, 1.4142135f,
            16777217};
    }

    private static float[] mixed(int n, long seed) {
        Random random = new Random(seed);
        float[] special = specials();
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = switch (random.nextInt(4)) {
                case 0 -> special[random.nextInt(special.length)];
                case 1 -> Float.intBitsToFloat(random.nextInt());
                default -> (float) random.nextGaussian() * 4;
            };
        }
        return x;
    }

    private static float[] tame(int n, long seed) {
        Random random = new Random(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private static void assertSameBits(String what, float[] expected, float[] actual) {
        for (int i = 0; i < expected.length; i++) {
            int at = i;
            assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(actual[i]),
                    () -> what + " [" + at + "]: " + expected[at] + " and " + actual[at]);
        }
    }

    @Test
    void bestIsTheVectorProviderWhereTheModuleIsPresent() {
        assertTrue(Lanes.best().description().startsWith(PanamaProvider.usable() ? "Vector API" : "scalar"));
    }

    @Test
    void switchingFromScalarLoopsToVectorKernelsChangesNoBit() {
        Lanes lanes = PanamaProvider.lanes().<Lanes>map(vector -> new LanesOnceWarm(vector, 1 << 17))
                .orElseGet(Lanes::scalar);
        int n = 4098;
        float[] x = mixed(n, 11), expected = new float[n], y = new float[n];
        Lanes.scalar().tanh(x, 0, expected, 0, n);
        for (int repeat = 0; repeat < 2000; repeat++) {
            lanes.tanh(x, 0, y, 0, n);
            assertSameBits("tanh", expected, y);
        }
    }

    @Test
    void providersGiveTheSameBits() {
        for (int n : LENGTHS) {
            float[] a = mixed(n + 5, n), b = mixed(n + 5, n + 1000);
            FUNCTIONS.forEach((name, f) -> sameUnary(name, f.run, a, n));
            EXACT.forEach((name, f) -> sameUnary(name, f.run, a, n));
            BINARIES.forEach((name, f) -> {
                float[] s = poisoned(n), p = poisoned(n);
                f.apply(Lanes.scalar(), a, 2, b, 1, s, 3, n);
                f.apply(VECTOR, a, 2, b, 1, p, 3, n);
                assertSameBits(name, s, p);
                assertUntouched(name, p, n);
            });
            for (float scalar : new float[] {0.3f, -0f, Float.NaN, Float.POSITIVE_INFINITY}) {
                WITH_SCALAR.forEach((name, f) -> {
                    float[] s = poisoned(n), p = poisoned(n);
                    f.apply(Lanes.scalar(), a, 2, scalar, s, 3, n);
                    f.apply(VECTOR, a, 2, scalar, p, 3, n);
                    assertSameBits(name, s, p);
                    assertUntouched(name, p, n);
                });
            }
            float[] u = tame(n + 5, n), v = tame(n + 5, n + 1000);
            REDUCTIONS.forEach((name, f) -> {
                for (float[][] pair : new float[][][] {{a, b}, {u, v}}) {
                    float s = f.apply(Lanes.scalar(), pair[0], 2, pair[1], 1, n),
                            p = f.apply(VECTOR, pair[0], 2, pair[1], 1, n);
                    assertEquals(Float.floatToIntBits(s), Float.floatToIntBits(p), name + " of " + n);
                }
            });
        }
    }

    private static void sameUnary(String name, Unary f, float[] a, int n) {
        float[] s = poisoned(n), p = poisoned(n), inPlace = a.clone();
        f.apply(Lanes.scalar(), a, 2, s, 3, n);
        f.apply(VECTOR, a, 2, p, 3, n);
        f.apply(VECTOR, inPlace, 2, inPlace, 2, n);
        assertSameBits(name, s, p);
        assertSameBits(name, Arrays.copyOfRange(s, 3, 3 + n), Arrays.copyOfRange(inPlace, 2, 2 + n));
        assertUntouched(name, p, n);
    }

    private static float[] poisoned(int n) {
        float[] y = new float[n + 6];
        Arrays.fill(y, -77f);
        return y;
    }

    private static void assertUntouched(String name, float[] y, int n) {
        for (int i = 0; i < y.length; i++) {
            if (i < 3 || i >= n + 3) {
                assertEquals(-77f, y[i], name);
            }
        }
    }

    @Test
    void specialValuesFollowMath() {
        float[] x = specials();
        FUNCTIONS.forEach((name, f) -> specialsFollow(name, f, x));
        EXACT.forEach((name, f) -> specialsFollow(name, f, x));
    }

    private static void specialsFollow(String name, Function f, float[] x) {
        float[] y = new float[x.length];
        f.run.apply(VECTOR, x, 0, y, 0, x.length);
        for (int i = 0; i < x.length; i++) {
            float exact = (float) f.exact.applyAsDouble(x[i]);
            if (Float.isNaN(exact) || Float.isInfinite(exact) || exact == 0 || f.ulp == 0) {
                assertEquals(Float.floatToIntBits(exact), Float.floatToIntBits(y[i]),
                        name + "(" + x[i] + ") = " + y[i] + ", not " + exact);
            }
        }
    }

    @Test
    void functionsKeepTheirUlpLimitsOverAllFloats() {
        FUNCTIONS.forEach((name, f) -> {
            Worst worst = Worst.over(f);
            assertTrue(worst.ulp <= f.ulp, () -> name + "(" + worst.x + ") is off by " + worst.ulp + " ULP");
        });
        Function sqrt = EXACT.get("sqrt");
        assertTrue(Worst.over(sqrt).ulp <= sqrt.ulp);
    }

    /** The worst error over every 997th float of the whole range and every 7th from 2⁻⁶ to 2⁷. */
    record Worst(double ulp, float x) {
        static Worst over(Function f) {
            Worst worst = new Worst(0, 0);
            float[] x = new float[1 << 16], y = new float[x.length];
            int used = 0;
            for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += step((int) bits)) {
                x[used++] = Float.intBitsToFloat((int) bits);
                if (used == x.length) {
                    worst = worst.with(f, x, y, used);
                    used = 0;
                }
            }
            return worst.with(f, x, y, used);
        }

        private static int step(int bits) {
            int magnitude = bits & 0x7fffffff;
            return magnitude >= 0x3c800000 && magnitude < 0x43000000 ? 7 * Integer.getInteger("chainrule.test.step", 19)
                    : 997;
        }

        private Worst with(Function f, float[] x, float[] y, int n) {
            f.run.apply(VECTOR, x, 0, y, 0, n);
            Worst worst = this;
            for (int i = 0; i < n; i++) {
                double exact = f.exact.applyAsDouble(x[i]);
                double error = error(exact, y[i]);
                if (!(error <= worst.ulp)) {
                    worst = new Worst(error, x[i]);
                }
            }
            return worst;
        }

        private static double error(double exact, float actual) {
            if (Double.isNaN(exact)) {
                return Float.isNaN(actual) ? 0 : Double.POSITIVE_INFINITY;
            }
            float rounded = (float) exact;
            if (rounded == actual) {
                return Float.isInfinite(actual) || actual == exact ? 0 : Math.abs(actual - exact) / Math.ulp(rounded);
            }
            return Float.isInfinite(actual) || Float.isInfinite(rounded) ? Float.MAX_VALUE
                    : Math.abs(actual - exact) / Math.ulp(rounded);
        }
    }

    /** Prints the table of worst errors. */
    public static void main(String[] args) {
        FUNCTIONS.forEach((name, f) -> {
            Worst worst = Worst.over(f);
            System.out.printf("%-8s %.3f ULP at %s, limit %.1f%n", name, worst.ulp, worst.x, f.ulp);
        });
    }
}
