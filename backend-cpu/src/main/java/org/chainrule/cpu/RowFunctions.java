package org.chainrule.cpu;

/** The rows of {@link RowKernel}, with the greatest element taken out before exponentials, which run over all rows at once. */
final class RowFunctions {
    private RowFunctions() {}

    /** {@code exp(x - max) / Σ exp(x - max)}. */
    record Softmax() implements RowKernel.RowFunction {
        @Override
        public void apply(float[] x, int rows, int n) {
            Lanes l = Lanes.best();
            for (int r = 0, at = 0; r < rows; r++, at += n) l.sub(x, at, l.max(x, at, n), x, at, n);
            l.exp(x, 0, x, 0, rows * n);
            for (int r = 0, at = 0; r < rows; r++, at += n) l.div(x, at, l.sum(x, at, n), x, at, n);
        }

        @Override
        public void apply(double[] x, int rows, int n) {
            for (int r = 0, at = 0; r < rows; r++, at += n) Doubles.sub(x, at, Doubles.max(x, at, n), x, at, n);
            Doubles.exp(x, 0, x, 0, rows * n);
            for (int r = 0, at = 0; r < rows; r++, at += n) Doubles.div(x, at, Doubles.sum(x, at, n), x, at, n);
        }
    }

    /** {@code x - max - log Σ exp(x - max)}. */
    static final class LogSoftmax implements RowKernel.RowFunction {
        private final ThreadLocal<float[]> floats = ThreadLocal.withInitial(() -> new float[0]);
        private final ThreadLocal<double[]> doubles = ThreadLocal.withInitial(() -> new double[0]);

        @Override
        public void apply(float[] x, int rows, int n) {
            Lanes l = Lanes.best();
            if (floats.get().length < rows * n) floats.set(new float[rows * n]);
            float[] e = floats.get();
            for (int r = 0, at = 0; r < rows; r++, at += n) l.sub(x, at, l.max(x, at, n), x, at, n);
            l.exp(x, 0, e, 0, rows * n);
            for (int r = 0, at = 0; r < rows; r++, at += n) e[r] = l.sum(e, at, n);
            l.log(e, 0, e, 0, rows);
            for (int r = 0, at = 0; r < rows; r++, at += n) l.sub(x, at, e[r], x, at, n);
        }

        @Override
        public void apply(double[] x, int rows, int n) {
            if (doubles.get().length < n) doubles.set(new double[n]);
            double[] e = doubles.get();
            for (int r = 0, at = 0; r < rows; r++, at += n) {
                Doubles.sub(x, at, Doubles.max(x, at, n), x, at, n);
                Doubles.exp(x, at, e, 0, n);
                Doubles.sub(x, at, Math.log(Doubles.sum(e, 0, n)), x, at, n);
            }
        }
    }

    /** {@code (x - mean) / sqrt(mean of squares of that + eps)}. */
    record Normalize(double eps) implements RowKernel.RowFunction {
        @Override
        public void apply(float[] x, int rows, int n) {
            Lanes l = Lanes.best();
            for (int r = 0, at = 0; r < rows; r++, at += n) {
                l.sub(x, at, l.sum(x, at, n) / n, x, at, n);
                float variance = l.sumOfSquares(x, at, n) / n;
                l.mul(x, at, 1 / (float) Math.sqrt(variance + (float) eps), x, at, n);
            }
        }

        @Override
        public void apply(double[] x, int rows, int n) {
            for (int r = 0, at = 0; r < rows; r++, at += n) {
                Doubles.sub(x, at, Doubles.sum(x, at, n) / n, x, at, n);
                double variance = Doubles.sumOfSquares(x, at, n) / n;
                Doubles.mul(x, at, 1 / Math.sqrt(variance + eps), x, at, n);
            }
        }
    }
}
