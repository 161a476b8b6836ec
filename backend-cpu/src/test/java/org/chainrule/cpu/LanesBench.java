package org.chainrule.cpu;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Nanoseconds per element of {@link Lanes} on blocks of 1,024 floats in cache, for the best and the scalar provider by turns, and the microseconds that the first ten calls take.
 *
 * <pre>java --add-modules jdk.incubator.vector -cp … org.chainrule.cpu.LanesBench [vector]</pre>
 */
public final class LanesBench {
    private static final int N = 1024;
    private static final long WINDOW_NANOS = 50_000_000L;
    private static final int ROUNDS = Integer.getInteger("chainrule.bench.rounds", 8);

    private interface Op {
        float run(Lanes lanes, float[] x, float[] y, float[] z);
    }

    private LanesBench() {
    }

    private static Op unary(LanesTest.Unary f) {
        return (lanes, x, y, z) -> {
            f.apply(lanes, x, 0, z, 0, N);
            return z[0];
        };
    }

    private static Op binary(LanesTest.Binary f) {
        return (lanes, x, y, z) -> {
            f.apply(lanes, x, 0, y, 0, z, 0, N);
            return z[0];
        };
    }

    public static void main(String[] args) {
        Map<String, Op> ops = new LinkedHashMap<>();
        ops.put("add", binary(Lanes::add));
        ops.put("mul", binary(Lanes::mul));
        ops.put("div", binary(Lanes::div));
        ops.put("max", binary(Lanes::max));
        ops.put("mul scalar", (lanes, x, y, z) -> {
            lanes.mul(x, 0, 1.5f, z, 0, N);
            return z[0];
        });
        ops.put("axpy", (lanes, x, y, z) -> {
            lanes.axpy(0.5f, x, 0, z, 0, N);
            return z[0];
        });
        ops.put("neg", unary(Lanes::neg));
        ops.put("relu", unary(Lanes::relu));
        ops.put("floor", unary(Lanes::floor));
        ops.put("sqrt", unary(Lanes::sqrt));
        ops.put("exp", unary(Lanes::exp));
        ops.put("expm1", unary(Lanes::expm1));
        ops.put("log", unary(Lanes::log));
        ops.put("log1p", unary(Lanes::log1p));
        ops.put("sin", unary(Lanes::sin));
        ops.put("cos", unary(Lanes::cos));
        ops.put("tanh", unary(Lanes::tanh));
        ops.put("erf", unary(Lanes::erf));
        ops.put("gelu", (lanes, x, y, z) -> {
            lanes.normalCdf(x, 0, z, 0, N);
            lanes.mul(x, 0, z, 0, z, 0, N);
            return z[0];
        });
        ops.put("gelu by erf", (lanes, x, y, z) -> {
            lanes.mul(x, 0, (float) Math.sqrt(0.5), z, 0, N);
            lanes.erf(z, 0, z, 0, N);
            lanes.add(z, 0, 1, z, 0, N);
            lanes.mul(x, 0, 0.5f, y, 0, N);
            lanes.mul(y, 0, z, 0, z, 0, N);
            return z[0];
        });
        ops.put("sigmoid", unary(Lanes::sigmoid));
        ops.put("sum", (lanes, x, y, z) -> lanes.sum(x, 0, N));
        ops.put("dot", (lanes, x, y, z) -> lanes.dot(x, 0, y, 0, N));
        ops.put("max of", (lanes, x, y, z) -> lanes.max(x, 0, N));
        ops.put("pow", binary(Lanes::pow));
        System.out.printf("%-12s %10s %10s %14s %14s%n", "ns/element", "best", "scalar", "best, cold µs",
                "scalar, cold");
        float[] x = new float[N], y = new float[N], z = new float[N];
        for (int i = 0; i < N; i++) {
            x[i] = (i + 0.5f) * 8 / N;
            y[i] = 1 + i * 0.001f;
        }
        Lanes[] providers = {args.length > 0 ? PanamaProvider.lanes().orElseThrow() : Lanes.best(), Lanes.scalar()};
        ops.forEach((name, op) -> {
            double[] best = {Double.MAX_VALUE, Double.MAX_VALUE}, cold = new double[2];
            for (int round = 0; round < ROUNDS; round++) {
                for (int p = 0; p < 2; p++) {
                    Arrays.fill(z, 0);
                    if (round == 0) {
                        cold[p] = time(op, providers[p], x, y, z, 10) / 1000;
                    }
                    for (long end = System.nanoTime() + WINDOW_NANOS; System.nanoTime() < end;) {
                        best[p] = Math.min(best[p], time(op, providers[p], x, y, z, 50) / (50.0 * N));
                    }
                }
            }
            System.out.printf(Locale.ROOT, "%-12s %10.3f %10.3f %14.0f %14.0f%n", name, best[0], best[1], cold[0],
                    cold[1]);
        });
    }

    /** Keeps the compiler from dropping the work. */
    @SuppressWarnings("UnusedVariable")
    private static float sink;

    private static double time(Op op, Lanes lanes, float[] x, float[] y, float[] z, int times) {
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            sink += op.run(lanes, x, y, z);
        }
        return System.nanoTime() - start;
    }
}
