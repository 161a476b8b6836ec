package org.chainrule.cpu;

/** The portable provider: plain loops, which C2 vectorises where it can. */
class ScalarLanes extends Lanes {
    @Override
    public String description() {
        return "scalar loops: start Java with --add-modules jdk.incubator.vector for vector kernels";
    }

    @Override
    public void neg(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = -x[xo + i];
        }
    }

    @Override
    public void abs(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.abs(x[xo + i]);
        }
    }

    @Override
    public void sign(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.signum(x[xo + i]);
        }
    }

    @Override
    public void floor(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) Math.floor(x[xo + i]);
        }
    }

    @Override
    public void round(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) Math.rint(x[xo + i]);
        }
    }

    @Override
    public void sqrt(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) Math.sqrt(x[xo + i]);
        }
    }

    @Override
    public void exp(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Elementary.exp(x[xo + i]);
        }
    }

    @Override
    public void expm1(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Elementary.expm1(x[xo + i]);
        }
    }

    @Override
    public void log(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Elementary.log(x[xo + i]);
        }
    }

    @Override
    public void log1p(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Elementary.log1p(x[xo + i]);
        }
    }

    @Override
    public void sin(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Elementary.sin(x[xo + i]);
        }
    }

    @Override
    public void cos(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Elementary.cos(x[xo + i]);
        }
    }

    @Override
    public void tanh(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Elementary.tanh(x[xo + i]);
        }
    }

    @Override
    public void erf(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Elementary.erf(x[xo + i]);
        }
    }

    @Override
    public void normalCdf(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Elementary.normalCdf(x[xo + i]);
        }
    }

    @Override
    public void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Elementary.sigmoid(x[xo + i]);
        }
    }

    @Override
    public void relu(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(x[xo + i], 0f);
        }
    }

    @Override
    public void add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] + b[bo + i];
        }
    }

    @Override
    public void sub(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] - b[bo + i];
        }
    }

    @Override
    public void mul(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] * b[bo + i];
        }
    }

    @Override
    public void div(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] / b[bo + i];
        }
    }

    @Override
    public void max(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(a[ao + i], b[bo + i]);
        }
    }

    @Override
    public void min(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.min(a[ao + i], b[bo + i]);
        }
    }

    @Override
    public void pow(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) Math.pow(a[ao + i], b[bo + i]);
        }
    }

    @Override
    public void atan2(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) Math.atan2(a[ao + i], b[bo + i]);
        }
    }

    @Override
    public void lt(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] < b[bo + i] ? 1 : 0;
        }
    }

    @Override
    public void le(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] <= b[bo + i] ? 1 : 0;
        }
    }

    @Override
    public void eq(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] == b[bo + i] ? 1 : 0;
        }
    }

    @Override
    public void select(float[] c, int co, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = c[co + i] != 0 ? a[ao + i] : b[bo + i];
        }
    }

    @Override
    public void add(float[] x, int xo, float s, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = x[xo + i] + s;
        }
    }

    @Override
    public void sub(float[] x, int xo, float s, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = x[xo + i] - s;
        }
    }

    @Override
    public void rsub(float[] x, int xo, float s, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = s - x[xo + i];
        }
    }

    @Override
    public void mul(float[] x, int xo, float s, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = x[xo + i] * s;
        }
    }

    @Override
    public void div(float[] x, int xo, float s, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = x[xo + i] / s;
        }
    }

    @Override
    public void rdiv(float[] x, int xo, float s, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = s / x[xo + i];
        }
    }

    @Override
    public void max(float[] x, int xo, float s, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(x[xo + i], s);
        }
    }

    @Override
    public void min(float[] x, int xo, float s, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.min(x[xo + i], s);
        }
    }

    @Override
    public void axpy(float a, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.fma(a, x[xo + i], y[yo + i]);
        }
    }

    @Override
    public float sum(float[] x, int xo, int n) {
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
        float s8 = 0, s9 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0, s14 = 0, s15 = 0;
        int end = xo + (n & -SUM_LANES);
        for (int i = xo; i < end; i += SUM_LANES) {
            s0 += x[i];
            s1 += x[i + 1];
            s2 += x[i + 2];
            s3 += x[i + 3];
            s4 += x[i + 4];
            s5 += x[i + 5];
            s6 += x[i + 6];
            s7 += x[i + 7];
            s8 += x[i + 8];
            s9 += x[i + 9];
            s10 += x[i + 10];
            s11 += x[i + 11];
            s12 += x[i + 12];
            s13 += x[i + 13];
            s14 += x[i + 14];
            s15 += x[i + 15];
        }
        int rest = n & SUM_LANES - 1;
        s0 += rest > 0 ? x[end] : 0;
        s1 += rest > 1 ? x[end + 1] : 0;
        s2 += rest > 2 ? x[end + 2] : 0;
        s3 += rest > 3 ? x[end + 3] : 0;
        s4 += rest > 4 ? x[end + 4] : 0;
        s5 += rest > 5 ? x[end + 5] : 0;
        s6 += rest > 6 ? x[end + 6] : 0;
        s7 += rest > 7 ? x[end + 7] : 0;
        s8 += rest > 8 ? x[end + 8] : 0;
        s9 += rest > 9 ? x[end + 9] : 0;
        s10 += rest > 10 ? x[end + 10] : 0;
        s11 += rest > 11 ? x[end + 11] : 0;
        s12 += rest > 12 ? x[end + 12] : 0;
        s13 += rest > 13 ? x[end + 13] : 0;
        s14 += rest > 14 ? x[end + 14] : 0;
        return tree(s0 + s8, s1 + s9, s2 + s10, s3 + s11, s4 + s12, s5 + s13, s6 + s14, s7 + s15);
    }

    @Override
    public float dot(float[] a, int ao, float[] b, int bo, int n) {
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
        float s8 = 0, s9 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0, s14 = 0, s15 = 0;
        int end = n & -SUM_LANES;
        for (int i = 0; i < end; i += SUM_LANES) {
            int p = ao + i, q = bo + i;
            s0 = Math.fma(a[p], b[q], s0);
            s1 = Math.fma(a[p + 1], b[q + 1], s1);
            s2 = Math.fma(a[p + 2], b[q + 2], s2);
            s3 = Math.fma(a[p + 3], b[q + 3], s3);
            s4 = Math.fma(a[p + 4], b[q + 4], s4);
            s5 = Math.fma(a[p + 5], b[q + 5], s5);
            s6 = Math.fma(a[p + 6], b[q + 6], s6);
            s7 = Math.fma(a[p + 7], b[q + 7], s7);
            s8 = Math.fma(a[p + 8], b[q + 8], s8);
            s9 = Math.fma(a[p + 9], b[q + 9], s9);
            s10 = Math.fma(a[p + 10], b[q + 10], s10);
            s11 = Math.fma(a[p + 11], b[q + 11], s11);
            s12 = Math.fma(a[p + 12], b[q + 12], s12);
            s13 = Math.fma(a[p + 13], b[q + 13], s13);
            s14 = Math.fma(a[p + 14], b[q + 14], s14);
            s15 = Math.fma(a[p + 15], b[q + 15], s15);
        }
        int p = ao + end, q = bo + end, rest = n - end;
        s0 = rest > 0 ? Math.fma(a[p], b[q], s0) : s0;
        s1 = rest > 1 ? Math.fma(a[p + 1], b[q + 1], s1) : s1;
        s2 = rest > 2 ? Math.fma(a[p + 2], b[q + 2], s2) : s2;
        s3 = rest > 3 ? Math.fma(a[p + 3], b[q + 3], s3) : s3;
        s4 = rest > 4 ? Math.fma(a[p + 4], b[q + 4], s4) : s4;
        s5 = rest > 5 ? Math.fma(a[p + 5], b[q + 5], s5) : s5;
        s6 = rest > 6 ? Math.fma(a[p + 6], b[q + 6], s6) : s6;
        s7 = rest > 7 ? Math.fma(a[p + 7], b[q + 7], s7) : s7;
        s8 = rest > 8 ? Math.fma(a[p + 8], b[q + 8], s8) : s8;
        s9 = rest > 9 ? Math.fma(a[p + 9], b[q + 9], s9) : s9;
        s10 = rest > 10 ? Math.fma(a[p + 10], b[q + 10], s10) : s10;
        s11 = rest > 11 ? Math.fma(a[p + 11], b[q + 11], s11) : s11;
        s12 = rest > 12 ? Math.fma(a[p + 12], b[q + 12], s12) : s12;
        s13 = rest > 13 ? Math.fma(a[p + 13], b[q + 13], s13) : s13;
        s14 = rest > 14 ? Math.fma(a[p + 14], b[q + 14], s14) : s14;
        return tree(s0 + s8, s1 + s9, s2 + s10, s3 + s11, s4 + s12, s5 + s13, s6 + s14, s7 + s15);
    }

    /** The last three levels of the sum's tree. */
    static float tree(float s0, float s1, float s2, float s3, float s4, float s5, float s6, float s7) {
        return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
    }

    @Override
    public float max(float[] x, int xo, int n) {
        float m = Float.NEGATIVE_INFINITY;
        for (int i = xo; i < xo + n; i++) {
            m = Math.max(m, x[i]);
        }
        return m;
    }

    @Override
    public float min(float[] x, int xo, int n) {
        float m = Float.POSITIVE_INFINITY;
        for (int i = xo; i < xo + n; i++) {
            m = Math.min(m, x[i]);
        }
        return m;
    }
}
