package org.chainrule.cpu;

import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Vector kernels behind scalar loops: until the just-in-time compiler has it, a vector kernel runs a hundred times slower than a plain loop. An operation that has
 * handled {@value #ENOUGH} elements has its vector kernel run on a daemon thread until it wins, and switches then. Since both give the same bits,
 * nobody can tell but by the clock.
 */
final class LanesOnceWarm extends Lanes {
    private interface Operation {
        void run(Lanes lanes, float[] x, float[] y, float[] z, int n);
    }

    /** One call of each operation; its index names the operation to {@link #at}. */
    private static final Operation[] OPERATIONS = {
        (lanes, x, y, z, n) -> lanes.neg(x, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.abs(x, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.sign(x, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.floor(x, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.round(x, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.sqrt(x, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.exp(x, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.expm1(x, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.log(x, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.log1p(x, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.sin(x, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.cos(x, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.tanh(x, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.erf(x, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.sigmoid(x, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.relu(x, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.add(x, 0, y, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.sub(x, 0, y, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.mul(x, 0, y, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.div(x, 0, y, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.max(x, 0, y, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.min(x, 0, y, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.pow(x, 0, y, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.atan2(x, 0, y, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.add(x, 0, 1.5f, z, 0, n),
        (lanes, x, y, z, n) -> lanes.sub(x, 0, 1.5f, z, 0, n),
        (lanes, x, y, z, n) -> lanes.rsub(x, 0, 1.5f, z, 0, n),
        (lanes, x, y, z, n) -> lanes.mul(x, 0, 1.5f, z, 0, n),
        (lanes, x, y, z, n) -> lanes.div(x, 0, 1.5f, z, 0, n),
        (lanes, x, y, z, n) -> lanes.rdiv(x, 0, 1.5f, z, 0, n),
        (lanes, x, y, z, n) -> lanes.max(x, 0, 1.5f, z, 0, n),
        (lanes, x, y, z, n) -> lanes.min(x, 0, 1.5f, z, 0, n),
        (lanes, x, y, z, n) -> lanes.axpy(0.5f, x, 0, z, 0, n),
        (lanes, x, y, z, n) -> z[0] = lanes.dot(x, 0, y, 0, n),
        (lanes, x, y, z, n) -> z[0] = lanes.sum(x, 0, n),
        (lanes, x, y, z, n) -> z[0] = lanes.max(x, 0, n),
        (lanes, x, y, z, n) -> z[0] = lanes.min(x, 0, n),
        (lanes, x, y, z, n) -> lanes.lt(x, 0, y, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.le(x, 0, y, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.eq(x, 0, y, 0, z, 0, n),
        (lanes, x, y, z, n) -> lanes.select(x, 0, y, 0, x, 0, z, 0, n)
    };
    private static final int ENOUGH = 1 << 17;
    private static final int SHORT = 16;
    private static final long TURN_NANOS = 20_000_000L;
    /** Between turns the core is left to the training and to the compiler, which is what a turn waits for. */
    private static final long REST_NANOS = 50_000_000L;
    private static final int TURNS = 40;
    private static final int WINS = 4;
    /** Whole vectors, rests, and neither; many short ones, since the compiler counts calls. */
    private static final int[] LENGTHS = {53, 48, 7, 64, 37, 1024, 1031};
    private static final int REPEATS = 30;

    private final Lanes scalar = new ScalarLanes();
    private final Lanes vector;
    private final Lanes[] chosen = new Lanes[OPERATIONS.length];
    private final int[] handled = new int[OPERATIONS.length];
    private final ThreadPoolExecutor warmUp =
            new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                Thread thread = new Thread(task, "chainrule-cpu-lanes-warm-up");
                thread.setDaemon(true);
                return thread;
            });

    LanesOnceWarm(Lanes vector) {
        this.vector = vector;
        Arrays.fill(chosen, scalar);
        warmUp.allowCoreThreadTimeOut(true);
    }

    @Override
    public String description() {
        return vector.description();
    }

    private Lanes at(int operation, int n) {
        Lanes lanes = chosen[operation];
        if (n >= SHORT && lanes != vector) {
            count(operation, n);
        }
        return lanes;
    }

    /** Threads may lose each other's counts; that only delays the switch. */
    private void count(int operation, int n) {
        int before = handled[operation];
        if (before >= 0 && (handled[operation] = Math.min(before, ENOUGH) + Math.min(n, ENOUGH)) >= ENOUGH) {
            request(operation);
        }
    }

    private synchronized void request(int operation) {
        if (handled[operation] >= 0) {
            handled[operation] = Integer.MIN_VALUE;
            warmUp.execute(() -> warm(operation, TURNS));
        }
    }

    /** Tries for one turn; operations in need take turns. */
    private void warm(int operation, int turns) {
        float[] x = new float[2048], y = new float[2048], z = new float[2048];
        for (int i = 0; i < x.length; i++) {
            x[i] = i % 301 * 0.03f - 3;
            y[i] = 2 - x[i];
        }
        x[40] = 1e6f;
        x[1026] = 1e6f;
        int wins = 0;
        for (long end = System.nanoTime() + TURN_NANOS; wins < WINS && System.nanoTime() - end < 0;) {
            long fast = time(vector, operation, x, y, z), slow = time(scalar, operation, x, y, z);
            wins = fast <= slow + slow / 4 ? wins + 1 : 0;
        }
        if (wins == WINS) {
            chosen[operation] = vector;
        } else if (turns > 1) {
            LockSupport.parkNanos(REST_NANOS);
            warmUp.execute(() -> warm(operation, turns - 1));
        }
    }

    private static long time(Lanes lanes, int operation, float[] x, float[] y, float[] z) {
        long start = System.nanoTime();
        for (int i = 0; i < REPEATS; i++) {
            for (int n : LENGTHS) {
                OPERATIONS[operation].run(lanes, x, y, z, n);
            }
        }
        return System.nanoTime() - start;
    }

    @Override
    public void neg(float[] x, int xo, float[] y, int yo, int n) {
        at(0, n).neg(x, xo, y, yo, n);
    }

    @Override
    public void abs(float[] x, int xo, float[] y, int yo, int n) {
        at(1, n).abs(x, xo, y, yo, n);
    }

    @Override
    public void sign(float[] x, int xo, float[] y, int yo, int n) {
        at(2, n).sign(x, xo, y, yo, n);
    }

    @Override
    public void floor(float[] x, int xo, float[] y, int yo, int n) {
        at(3, n).floor(x, xo, y, yo, n);
    }

    @Override
    public void round(float[] x, int xo, float[] y, int yo, int n) {
        at(4, n).round(x, xo, y, yo, n);
    }

    @Override
    public void sqrt(float[] x, int xo, float[] y, int yo, int n) {
        at(5, n).sqrt(x, xo, y, yo, n);
    }

    @Override
    public void exp(float[] x, int xo, float[] y, int yo, int n) {
        at(6, n).exp(x, xo, y, yo, n);
    }

    @Override
    public void expm1(float[] x, int xo, float[] y, int yo, int n) {
        at(7, n).expm1(x, xo, y, yo, n);
    }

    @Override
    public void log(float[] x, int xo, float[] y, int yo, int n) {
        at(8, n).log(x, xo, y, yo, n);
    }

    @Override
    public void log1p(float[] x, int xo, float[] y, int yo, int n) {
        at(9, n).log1p(x, xo, y, yo, n);
    }

    @Override
    public void sin(float[] x, int xo, float[] y, int yo, int n) {
        at(10, n).sin(x, xo, y, yo, n);
    }

    @Override
    public void cos(float[] x, int xo, float[] y, int yo, int n) {
        at(11, n).cos(x, xo, y, yo, n);
    }

    @Override
    public void tanh(float[] x, int xo, float[] y, int yo, int n) {
        at(12, n).tanh(x, xo, y, yo, n);
    }

    @Override
    public void erf(float[] x, int xo, float[] y, int yo, int n) {
        at(13, n).erf(x, xo, y, yo, n);
    }

    @Override
    public void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        at(14, n).sigmoid(x, xo, y, yo, n);
    }

    @Override
    public void relu(float[] x, int xo, float[] y, int yo, int n) {
        at(15, n).relu(x, xo, y, yo, n);
    }

    @Override
    public void add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        at(16, n).add(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void sub(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        at(17, n).sub(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void mul(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        at(18, n).mul(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void div(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        at(19, n).div(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void max(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        at(20, n).max(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void min(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        at(21, n).min(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void pow(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        at(22, n).pow(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void atan2(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        at(23, n).atan2(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void add(float[] x, int xo, float s, float[] y, int yo, int n) {
        at(24, n).add(x, xo, s, y, yo, n);
    }

    @Override
    public void sub(float[] x, int xo, float s, float[] y, int yo, int n) {
        at(25, n).sub(x, xo, s, y, yo, n);
    }

    @Override
    public void rsub(float[] x, int xo, float s, float[] y, int yo, int n) {
        at(26, n).rsub(x, xo, s, y, yo, n);
    }

    @Override
    public void mul(float[] x, int xo, float s, float[] y, int yo, int n) {
        at(27, n).mul(x, xo, s, y, yo, n);
    }

    @Override
    public void div(float[] x, int xo, float s, float[] y, int yo, int n) {
        at(28, n).div(x, xo, s, y, yo, n);
    }

    @Override
    public void rdiv(float[] x, int xo, float s, float[] y, int yo, int n) {
        at(29, n).rdiv(x, xo, s, y, yo, n);
    }

    @Override
    public void max(float[] x, int xo, float s, float[] y, int yo, int n) {
        at(30, n).max(x, xo, s, y, yo, n);
    }

    @Override
    public void min(float[] x, int xo, float s, float[] y, int yo, int n) {
        at(31, n).min(x, xo, s, y, yo, n);
    }

    @Override
    public void axpy(float a, float[] x, int xo, float[] y, int yo, int n) {
        at(32, n).axpy(a, x, xo, y, yo, n);
    }

    @Override
    public float dot(float[] a, int ao, float[] b, int bo, int n) {
        return at(33, n).dot(a, ao, b, bo, n);
    }

    @Override
    public float sum(float[] x, int xo, int n) {
        return at(34, n).sum(x, xo, n);
    }

    @Override
    public float max(float[] x, int xo, int n) {
        return at(35, n).max(x, xo, n);
    }

    @Override
    public float min(float[] x, int xo, int n) {
        return at(36, n).min(x, xo, n);
    }

    @Override
    public void lt(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        at(37, n).lt(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void le(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        at(38, n).le(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void eq(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        at(39, n).eq(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void select(float[] c, int co, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        at(40, n).select(c, co, a, ao, b, bo, y, yo, n);
    }
}
