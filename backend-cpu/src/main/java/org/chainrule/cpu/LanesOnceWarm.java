package org.chainrule.cpu;

/**
 * Vector kernels behind scalar loops: until the just-in-time compiler has it, a vector kernel runs a hundred times slower than a plain loop. An operation that has
 * handled enough elements has its vector kernel run on a daemon thread until it wins, and switches then. Since both give the same bits,
 * nobody can tell but by the clock.
 */
final class LanesOnceWarm extends Lanes {
    /** One call of an operation upon {@code n} elements. */
    private interface Call {
        void run(Lanes lanes, float[] x, float[] y, float[] z, int n);
    }

    /** Additions whose scalar loops take about as long as warming up does, so that short trainings are spared it. */
    static final int ENOUGH = 1 << 25;
    private static final int SHORT = 16;
    /** Additions that take as long as an exponential and its like. */
    private static final int SLOW = 32;
    /** Whole vectors, rests, and neither; many short ones, since the compiler counts calls. */
    private static final int[] LENGTHS = {53, 48, 7, 64, 37, 1024, 1031};
    private static final int REPEATS = 30;

    private final Lanes scalar = new ScalarLanes();
    private final Lanes vector;
    private final int enough;
    private final Operation neg = new Operation((lanes, x, y, z, n) -> lanes.neg(x, 0, z, 0, n));
    private final Operation abs = new Operation((lanes, x, y, z, n) -> lanes.abs(x, 0, z, 0, n));
    private final Operation sign = new Operation((lanes, x, y, z, n) -> lanes.sign(x, 0, z, 0, n));
    private final Operation floor = new Operation((lanes, x, y, z, n) -> lanes.floor(x, 0, z, 0, n));
    private final Operation round = new Operation((lanes, x, y, z, n) -> lanes.round(x, 0, z, 0, n));
    private final Operation sqrt = new Operation((lanes, x, y, z, n) -> lanes.sqrt(x, 0, z, 0, n));
    private final Operation exp = new Operation(SLOW, (lanes, x, y, z, n) -> lanes.exp(x, 0, z, 0, n));
    private final Operation expm1 = new Operation(SLOW, (lanes, x, y, z, n) -> lanes.expm1(x, 0, z, 0, n));
    private final Operation log = new Operation(SLOW, (lanes, x, y, z, n) -> lanes.log(x, 0, z, 0, n));
    private final Operation log1p = new Operation(SLOW, (lanes, x, y, z, n) -> lanes.log1p(x, 0, z, 0, n));
    private final Operation sin = new Operation(SLOW, (lanes, x, y, z, n) -> lanes.sin(x, 0, z, 0, n));
    private final Operation cos = new Operation(SLOW, (lanes, x, y, z, n) -> lanes.cos(x, 0, z, 0, n));
    private final Operation tanh = new Operation(SLOW, (lanes, x, y, z, n) -> lanes.tanh(x, 0, z, 0, n));
    private final Operation erf = new Operation(SLOW, (lanes, x, y, z, n) -> lanes.erf(x, 0, z, 0, n));
    private final Operation normalCdf = new Operation(SLOW, (lanes, x, y, z, n) -> lanes.normalCdf(x, 0, z, 0, n));
    private final Operation sigmoid = new Operation(SLOW, (lanes, x, y, z, n) -> lanes.sigmoid(x, 0, z, 0, n));
    private final Operation relu = new Operation((lanes, x, y, z, n) -> lanes.relu(x, 0, z, 0, n));
    private final Operation add = new Operation((lanes, x, y, z, n) -> lanes.add(x, 0, y, 0, z, 0, n));
    private final Operation sub = new Operation((lanes, x, y, z, n) -> lanes.sub(x, 0, y, 0, z, 0, n));
    private final Operation mul = new Operation((lanes, x, y, z, n) -> lanes.mul(x, 0, y, 0, z, 0, n));
    private final Operation div = new Operation((lanes, x, y, z, n) -> lanes.div(x, 0, y, 0, z, 0, n));
    private final Operation max = new Operation((lanes, x, y, z, n) -> lanes.max(x, 0, y, 0, z, 0, n));
    private final Operation min = new Operation((lanes, x, y, z, n) -> lanes.min(x, 0, y, 0, z, 0, n));
    private final Operation pow = new Operation(SLOW, (lanes, x, y, z, n) -> lanes.pow(x, 0, y, 0, z, 0, n));
    private final Operation atan2 = new Operation(SLOW, (lanes, x, y, z, n) -> lanes.atan2(x, 0, y, 0, z, 0, n));
    private final Operation addScalar = new Operation((lanes, x, y, z, n) -> lanes.add(x, 0, 1.5f, z, 0, n));
    private final Operation subScalar = new Operation((lanes, x, y, z, n) -> lanes.sub(x, 0, 1.5f, z, 0, n));
    private final Operation rsubScalar = new Operation((lanes, x, y, z, n) -> lanes.rsub(x, 0, 1.5f, z, 0, n));
    private final Operation mulScalar = new Operation((lanes, x, y, z, n) -> lanes.mul(x, 0, 1.5f, z, 0, n));
    private final Operation divScalar = new Operation((lanes, x, y, z, n) -> lanes.div(x, 0, 1.5f, z, 0, n));
    private final Operation rdivScalar = new Operation((lanes, x, y, z, n) -> lanes.rdiv(x, 0, 1.5f, z, 0, n));
    private final Operation maxScalar = new Operation((lanes, x, y, z, n) -> lanes.max(x, 0, 1.5f, z, 0, n));
    private final Operation minScalar = new Operation((lanes, x, y, z, n) -> lanes.min(x, 0, 1.5f, z, 0, n));
    private final Operation axpy = new Operation((lanes, x, y, z, n) -> lanes.axpy(0.5f, x, 0, z, 0, n));
    private final Operation dot = new Operation((lanes, x, y, z, n) -> z[0] = lanes.dot(x, 0, y, 0, n));
    private final Operation sum = new Operation((lanes, x, y, z, n) -> z[0] = lanes.sum(x, 0, n));
    private final Operation greatest = new Operation((lanes, x, y, z, n) -> z[0] = lanes.max(x, 0, n));
    private final Operation least = new Operation((lanes, x, y, z, n) -> z[0] = lanes.min(x, 0, n));
    private final Operation lt = new Operation((lanes, x, y, z, n) -> lanes.lt(x, 0, y, 0, z, 0, n));
    private final Operation le = new Operation((lanes, x, y, z, n) -> lanes.le(x, 0, y, 0, z, 0, n));
    private final Operation eq = new Operation((lanes, x, y, z, n) -> lanes.eq(x, 0, y, 0, z, 0, n));
    private final Operation select = new Operation((lanes, x, y, z, n) -> lanes.select(x, 0, y, 0, x, 0, z, 0, n));
    /** {@code enough}: the elements that an operation handles before its vector kernel is warmed up. */
    LanesOnceWarm(Lanes vector, int enough) {
        this.vector = vector;
        this.enough = enough;
    }

    @Override
    public String description() {
        return vector.description();
    }

    /** What is warmed up on its own, and what runs it until then and afterwards. */
    private final class Operation {
        private final int weight;
        private final Call call;
        private Lanes chosen = scalar;
        private int handled;

        Operation(Call call) {
            this(1, call);
        }

        /** {@code weight}: how many times an addition's time its scalar loop takes. */
        Operation(int weight, Call call) {
            this.weight = weight;
            this.call = call;
        }

        Lanes at(int n) {
            Lanes lanes = chosen;
            if (n >= SHORT && lanes == scalar) count(n);
            return lanes;
        }

        /** Threads may lose each other's counts; that only delays the switch. */
        private void count(int n) {
            int before = handled;
            if (before >= 0
                    && (handled = Math.min(before, enough) + (int) Math.min((long) n * weight, enough)) >= enough)
                request();
        }

        private void request() {
            synchronized (LanesOnceWarm.this) {
                if (handled < 0) return;
                handled = Integer.MIN_VALUE;
            }
            WarmUp.until(Trial::new);
        }

        private final class Trial implements WarmUp.Trial {
            private final float[] x = new float[2048], y = new float[2048], z = new float[2048];

            Trial() {
                for (int i = 0; i < x.length; i++) {
                    x[i] = i % 301 * 0.03f - 3;
                    y[i] = 2 - x[i];
                }
                x[40] = 1e6f;
                x[1026] = 1e6f;
            }

            @Override
            public boolean wins() {
                long fast = time(vector, call, x, y, z), slow = time(scalar, call, x, y, z);
                return fast <= slow + slow / 4;
            }

            @Override
            public void won() {
                chosen = vector;
            }
        }
    }

    private static long time(Lanes lanes, Call call, float[] x, float[] y, float[] z) {
        long start = System.nanoTime();
        for (int i = 0; i < REPEATS; i++) {
            for (int n : LENGTHS) {
                call.run(lanes, x, y, z, n);
            }
        }
        return System.nanoTime() - start;
    }

    @Override
    public void neg(float[] x, int xo, float[] y, int yo, int n) {
        neg.at(n).neg(x, xo, y, yo, n);
    }

    @Override
    public void abs(float[] x, int xo, float[] y, int yo, int n) {
        abs.at(n).abs(x, xo, y, yo, n);
    }

    @Override
    public void sign(float[] x, int xo, float[] y, int yo, int n) {
        sign.at(n).sign(x, xo, y, yo, n);
    }

    @Override
    public void floor(float[] x, int xo, float[] y, int yo, int n) {
        floor.at(n).floor(x, xo, y, yo, n);
    }

    @Override
    public void round(float[] x, int xo, float[] y, int yo, int n) {
        round.at(n).round(x, xo, y, yo, n);
    }

    @Override
    public void sqrt(float[] x, int xo, float[] y, int yo, int n) {
        sqrt.at(n).sqrt(x, xo, y, yo, n);
    }

    @Override
    public void exp(float[] x, int xo, float[] y, int yo, int n) {
        exp.at(n).exp(x, xo, y, yo, n);
    }

    @Override
    public void expm1(float[] x, int xo, float[] y, int yo, int n) {
        expm1.at(n).expm1(x, xo, y, yo, n);
    }

    @Override
    public void log(float[] x, int xo, float[] y, int yo, int n) {
        log.at(n).log(x, xo, y, yo, n);
    }

    @Override
    public void log1p(float[] x, int xo, float[] y, int yo, int n) {
        log1p.at(n).log1p(x, xo, y, yo, n);
    }

    @Override
    public void sin(float[] x, int xo, float[] y, int yo, int n) {
        sin.at(n).sin(x, xo, y, yo, n);
    }

    @Override
    public void cos(float[] x, int xo, float[] y, int yo, int n) {
        cos.at(n).cos(x, xo, y, yo, n);
    }

    @Override
    public void tanh(float[] x, int xo, float[] y, int yo, int n) {
        tanh.at(n).tanh(x, xo, y, yo, n);
    }

    @Override
    public void erf(float[] x, int xo, float[] y, int yo, int n) {
        erf.at(n).erf(x, xo, y, yo, n);
    }

    @Override
    public void normalCdf(float[] x, int xo, float[] y, int yo, int n) {
        normalCdf.at(n).normalCdf(x, xo, y, yo, n);
    }

    @Override
    public void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        sigmoid.at(n).sigmoid(x, xo, y, yo, n);
    }

    @Override
    public void relu(float[] x, int xo, float[] y, int yo, int n) {
        relu.at(n).relu(x, xo, y, yo, n);
    }

    @Override
    public void add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        add.at(n).add(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void sub(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        sub.at(n).sub(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void mul(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        mul.at(n).mul(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void div(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        div.at(n).div(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void max(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        max.at(n).max(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void min(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        min.at(n).min(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void pow(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        pow.at(n).pow(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void atan2(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        atan2.at(n).atan2(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void add(float[] x, int xo, float s, float[] y, int yo, int n) {
        addScalar.at(n).add(x, xo, s, y, yo, n);
    }

    @Override
    public void sub(float[] x, int xo, float s, float[] y, int yo, int n) {
        subScalar.at(n).sub(x, xo, s, y, yo, n);
    }

    @Override
    public void rsub(float[] x, int xo, float s, float[] y, int yo, int n) {
        rsubScalar.at(n).rsub(x, xo, s, y, yo, n);
    }

    @Override
    public void mul(float[] x, int xo, float s, float[] y, int yo, int n) {
        mulScalar.at(n).mul(x, xo, s, y, yo, n);
    }

    @Override
    public void div(float[] x, int xo, float s, float[] y, int yo, int n) {
        divScalar.at(n).div(x, xo, s, y, yo, n);
    }

    @Override
    public void rdiv(float[] x, int xo, float s, float[] y, int yo, int n) {
        rdivScalar.at(n).rdiv(x, xo, s, y, yo, n);
    }

    @Override
    public void max(float[] x, int xo, float s, float[] y, int yo, int n) {
        maxScalar.at(n).max(x, xo, s, y, yo, n);
    }

    @Override
    public void min(float[] x, int xo, float s, float[] y, int yo, int n) {
        minScalar.at(n).min(x, xo, s, y, yo, n);
    }

    @Override
    public void axpy(float a, float[] x, int xo, float[] y, int yo, int n) {
        axpy.at(n).axpy(a, x, xo, y, yo, n);
    }

    @Override
    public float dot(float[] a, int ao, float[] b, int bo, int n) {
        return dot.at(n).dot(a, ao, b, bo, n);
    }

    @Override
    public float sum(float[] x, int xo, int n) {
        return sum.at(n).sum(x, xo, n);
    }

    @Override
    public float max(float[] x, int xo, int n) {
        return greatest.at(n).max(x, xo, n);
    }

    @Override
    public float min(float[] x, int xo, int n) {
        return least.at(n).min(x, xo, n);
    }

    @Override
    public void lt(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        lt.at(n).lt(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void le(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        le.at(n).le(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void eq(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        eq.at(n).eq(a, ao, b, bo, y, yo, n);
    }

    @Override
    public void select(float[] c, int co, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        select.at(n).select(c, co, a, ao, b, bo, y, yo, n);
    }
}
