package org.chainrule.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The Vector API provider; the rest of a run that does not fill a vector goes to the scalar loops. */
final class PanamaLanes extends ScalarLanes {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    /** Two of them hold the logical lanes of a sum. */
    private static final VectorSpecies<Float> HALF = FloatVector.SPECIES_256;

    @Override
    public String description() {
        return "Vector API, " + S.vectorBitSize() + "-bit";
    }

    @Override
    public void neg(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, x, xo + i).neg().intoArray(y, yo + i);
        }
        super.neg(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void abs(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, x, xo + i).abs().intoArray(y, yo + i);
        }
        super.abs(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void sign(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        PanamaRounding.sign(x, xo, y, yo, end);
        super.sign(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void floor(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        PanamaRounding.floor(x, xo, y, yo, end);
        super.floor(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void round(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        PanamaRounding.round(x, xo, y, yo, end);
        super.round(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void sqrt(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, x, xo + i).sqrt().intoArray(y, yo + i);
        }
        super.sqrt(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void exp(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        PanamaExponentials.exp(x, xo, y, yo, end);
        super.exp(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void expm1(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        PanamaExponentials.expm1(x, xo, y, yo, end);
        super.expm1(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void log(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        PanamaLogarithms.log(x, xo, y, yo, end);
        super.log(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void log1p(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        PanamaLogarithms.log1p(x, xo, y, yo, end);
        super.log1p(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void sin(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        PanamaTrigonometry.sin(x, xo, y, yo, end);
        super.sin(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void cos(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        PanamaTrigonometry.cos(x, xo, y, yo, end);
        super.cos(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void tanh(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        PanamaExponentials.tanh(x, xo, y, yo, end);
        super.tanh(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void erf(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        PanamaExponentials.erf(x, xo, y, yo, end);
        super.erf(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void normalCdf(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        PanamaNormal.cdf(x, xo, y, yo, end);
        super.normalCdf(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        PanamaExponentials.sigmoid(x, xo, y, yo, end);
        super.sigmoid(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void relu(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            v.blend(0f, v.compare(VectorOperators.LE, 0f)).intoArray(y, yo + i);
        }
        super.relu(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, a, ao + i).add(FloatVector.fromArray(S, b, bo + i)).intoArray(y, yo + i);
        }
        super.add(a, ao + end, b, bo + end, y, yo + end, n - end);
    }

    @Override
    public void sub(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, a, ao + i).sub(FloatVector.fromArray(S, b, bo + i)).intoArray(y, yo + i);
        }
        super.sub(a, ao + end, b, bo + end, y, yo + end, n - end);
    }

    @Override
    public void mul(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, a, ao + i).mul(FloatVector.fromArray(S, b, bo + i)).intoArray(y, yo + i);
        }
        super.mul(a, ao + end, b, bo + end, y, yo + end, n - end);
    }

    @Override
    public void div(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, a, ao + i).div(FloatVector.fromArray(S, b, bo + i)).intoArray(y, yo + i);
        }
        super.div(a, ao + end, b, bo + end, y, yo + end, n - end);
    }

    @Override
    public void max(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, a, ao + i).max(FloatVector.fromArray(S, b, bo + i)).intoArray(y, yo + i);
        }
        super.max(a, ao + end, b, bo + end, y, yo + end, n - end);
    }

    @Override
    public void min(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, a, ao + i).min(FloatVector.fromArray(S, b, bo + i)).intoArray(y, yo + i);
        }
        super.min(a, ao + end, b, bo + end, y, yo + end, n - end);
    }

    @Override
    public void lt(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        FloatVector zero = FloatVector.zero(S);
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            VectorMask<Float> m = FloatVector.fromArray(S, a, ao + i).compare(VectorOperators.LT,
                    FloatVector.fromArray(S, b, bo + i));
            zero.blend(1f, m).intoArray(y, yo + i);
        }
        super.lt(a, ao + end, b, bo + end, y, yo + end, n - end);
    }

    @Override
    public void le(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        FloatVector zero = FloatVector.zero(S);
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            VectorMask<Float> m = FloatVector.fromArray(S, a, ao + i).compare(VectorOperators.LE,
                    FloatVector.fromArray(S, b, bo + i));
            zero.blend(1f, m).intoArray(y, yo + i);
        }
        super.le(a, ao + end, b, bo + end, y, yo + end, n - end);
    }

    @Override
    public void eq(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        FloatVector zero = FloatVector.zero(S);
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            VectorMask<Float> m = FloatVector.fromArray(S, a, ao + i).compare(VectorOperators.EQ,
                    FloatVector.fromArray(S, b, bo + i));
            zero.blend(1f, m).intoArray(y, yo + i);
        }
        super.eq(a, ao + end, b, bo + end, y, yo + end, n - end);
    }

    @Override
    public void select(float[] c, int co, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            VectorMask<Float> m = FloatVector.fromArray(S, c, co + i).compare(VectorOperators.NE, 0f);
            FloatVector.fromArray(S, b, bo + i).blend(FloatVector.fromArray(S, a, ao + i), m).intoArray(y, yo + i);
        }
        super.select(c, co + end, a, ao + end, b, bo + end, y, yo + end, n - end);
    }

    @Override
    public void add(float[] x, int xo, float s, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, x, xo + i).add(s).intoArray(y, yo + i);
        }
        super.add(x, xo + end, s, y, yo + end, n - end);
    }

    @Override
    public void sub(float[] x, int xo, float s, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, x, xo + i).sub(s).intoArray(y, yo + i);
        }
        super.sub(x, xo + end, s, y, yo + end, n - end);
    }

    @Override
    public void rsub(float[] x, int xo, float s, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        FloatVector v = FloatVector.broadcast(S, s);
        for (int i = 0; i < end; i += L) {
            v.sub(FloatVector.fromArray(S, x, xo + i)).intoArray(y, yo + i);
        }
        super.rsub(x, xo + end, s, y, yo + end, n - end);
    }

    @Override
    public void mul(float[] x, int xo, float s, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, x, xo + i).mul(s).intoArray(y, yo + i);
        }
        super.mul(x, xo + end, s, y, yo + end, n - end);
    }

    @Override
    public void div(float[] x, int xo, float s, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, x, xo + i).div(s).intoArray(y, yo + i);
        }
        super.div(x, xo + end, s, y, yo + end, n - end);
    }

    @Override
    public void rdiv(float[] x, int xo, float s, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        FloatVector v = FloatVector.broadcast(S, s);
        for (int i = 0; i < end; i += L) {
            v.div(FloatVector.fromArray(S, x, xo + i)).intoArray(y, yo + i);
        }
        super.rdiv(x, xo + end, s, y, yo + end, n - end);
    }

    @Override
    public void max(float[] x, int xo, float s, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, x, xo + i).max(s).intoArray(y, yo + i);
        }
        super.max(x, xo + end, s, y, yo + end, n - end);
    }

    @Override
    public void min(float[] x, int xo, float s, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, x, xo + i).min(s).intoArray(y, yo + i);
        }
        super.min(x, xo + end, s, y, yo + end, n - end);
    }

    @Override
    public void axpy(float a, float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        FloatVector v = FloatVector.broadcast(S, a);
        for (int i = 0; i < end; i += L) {
            v.fma(FloatVector.fromArray(S, x, xo + i), FloatVector.fromArray(S, y, yo + i)).intoArray(y, yo + i);
        }
        super.axpy(a, x, xo + end, y, yo + end, n - end);
    }

    @Override
    public float sum(float[] x, int xo, int n) {
        FloatVector low = FloatVector.zero(HALF), high = low;
        int end = n & -SUM_LANES;
        for (int i = 0; i < end; i += SUM_LANES) {
            low = low.add(FloatVector.fromArray(HALF, x, xo + i));
            high = high.add(FloatVector.fromArray(HALF, x, xo + i + 8));
        }
        if (end < n) {
            low = low.add(FloatVector.fromArray(HALF, x, xo + end, HALF.indexInRange(end, n)));
            if (end + 8 < n) {
                high = high.add(FloatVector.fromArray(HALF, x, xo + end + 8, HALF.indexInRange(end + 8, n)));
            }
        }
        return tree(low.add(high));
    }

    @Override
    public float dot(float[] a, int ao, float[] b, int bo, int n) {
        FloatVector low = FloatVector.zero(HALF), high = low;
        int end = n & -SUM_LANES;
        for (int i = 0; i < end; i += SUM_LANES) {
            low = FloatVector.fromArray(HALF, a, ao + i).fma(FloatVector.fromArray(HALF, b, bo + i), low);
            high = FloatVector.fromArray(HALF, a, ao + i + 8).fma(FloatVector.fromArray(HALF, b, bo + i + 8), high);
        }
        if (end < n) {
            VectorMask<Float> rest = HALF.indexInRange(end, n);
            low = low.blend(FloatVector.fromArray(HALF, a, ao + end, rest)
                    .fma(FloatVector.fromArray(HALF, b, bo + end, rest), low), rest);
            if (end + 8 < n) {
                rest = HALF.indexInRange(end + 8, n);
                high = high.blend(FloatVector.fromArray(HALF, a, ao + end + 8, rest)
                        .fma(FloatVector.fromArray(HALF, b, bo + end + 8, rest), high), rest);
            }
        }
        return tree(low.add(high));
    }

    private static float tree(FloatVector s) {
        return tree(s.lane(0), s.lane(1), s.lane(2), s.lane(3), s.lane(4), s.lane(5), s.lane(6), s.lane(7));
    }

    @Override
    public float max(float[] x, int xo, int n) {
        int end = S.loopBound(n);
        FloatVector m = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < end; i += L) {
            m = m.max(FloatVector.fromArray(S, x, xo + i));
        }
        return Math.max(m.reduceLanes(VectorOperators.MAX), super.max(x, xo + end, n - end));
    }

    @Override
    public float min(float[] x, int xo, int n) {
        int end = S.loopBound(n);
        FloatVector m = FloatVector.broadcast(S, Float.POSITIVE_INFINITY);
        for (int i = 0; i < end; i += L) {
            m = m.min(FloatVector.fromArray(S, x, xo + i));
        }
        return Math.min(m.reduceLanes(VectorOperators.MIN), super.min(x, xo + end, n - end));
    }
}
