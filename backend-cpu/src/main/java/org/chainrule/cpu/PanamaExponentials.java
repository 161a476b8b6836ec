package org.chainrule.cpu;

import static org.chainrule.cpu.Elementary.E0;
import static org.chainrule.cpu.Elementary.E1;
import static org.chainrule.cpu.Elementary.E2;
import static org.chainrule.cpu.Elementary.E3;
import static org.chainrule.cpu.Elementary.E4;
import static org.chainrule.cpu.Elementary.E5;
import static org.chainrule.cpu.Elementary.ERF_MAX;
import static org.chainrule.cpu.Elementary.ERF_SPLIT;
import static org.chainrule.cpu.Elementary.EXPM1_MIN;
import static org.chainrule.cpu.Elementary.EXP_MAX;
import static org.chainrule.cpu.Elementary.EXP_MIN;
import static org.chainrule.cpu.Elementary.LN2_HIGH;
import static org.chainrule.cpu.Elementary.LN2_LOW;
import static org.chainrule.cpu.Elementary.LOG2_E;
import static org.chainrule.cpu.Elementary.Q0;
import static org.chainrule.cpu.Elementary.Q1;
import static org.chainrule.cpu.Elementary.Q2;
import static org.chainrule.cpu.Elementary.Q3;
import static org.chainrule.cpu.Elementary.Q4;
import static org.chainrule.cpu.Elementary.Q5;
import static org.chainrule.cpu.Elementary.Q6;
import static org.chainrule.cpu.Elementary.R0;
import static org.chainrule.cpu.Elementary.R1;
import static org.chainrule.cpu.Elementary.R2;
import static org.chainrule.cpu.Elementary.R3;
import static org.chainrule.cpu.Elementary.R4;
import static org.chainrule.cpu.Elementary.R5;
import static org.chainrule.cpu.Elementary.ROUNDER;
import static org.chainrule.cpu.Elementary.ROUNDER_BITS;
import static org.chainrule.cpu.Elementary.SIGN;
import static org.chainrule.cpu.Elementary.T0;
import static org.chainrule.cpu.Elementary.T1;
import static org.chainrule.cpu.Elementary.T2;
import static org.chainrule.cpu.Elementary.T3;
import static org.chainrule.cpu.Elementary.T4;
import static org.chainrule.cpu.Elementary.TANH_SPLIT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The functions of {@link Elementary} that rest on exp, operation by operation the same.
 *
 * <p>
 * Runs are a multiple of the vector length. Each function is one method, its parts written out: a helper that C2 has compiled on its own is no
 * longer inlined, and vectors that cross a call are boxed. Arguments are clamped by comparisons: what C2 makes of {@code min} and {@code max}, for
 * NaN and for the sign of 0, takes as long as the polynomial.
 */
final class PanamaExponentials {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private PanamaExponentials() {
    }

    static void exp(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            FloatVector clamped = v.blend(EXP_MAX, v.compare(VectorOperators.GT, EXP_MAX))
                    .blend(EXP_MIN, v.compare(VectorOperators.LT, EXP_MIN));
            FloatVector t = clamped.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUNDER));
            FloatVector whole = t.sub(ROUNDER);
            FloatVector r = whole.fma(FloatVector.broadcast(S, -LN2_LOW),
                    whole.fma(FloatVector.broadcast(S, -LN2_HIGH), clamped));
            FloatVector p = FloatVector.broadcast(S, E5).fma(r, FloatVector.broadcast(S, E4));
            p = p.fma(r, FloatVector.broadcast(S, E3));
            p = p.fma(r, FloatVector.broadcast(S, E2));
            p = p.fma(r, FloatVector.broadcast(S, E1));
            p = p.fma(r, FloatVector.broadcast(S, E0));
            IntVector exponent = t.reinterpretAsInts().sub(ROUNDER_BITS);
            IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
            FloatVector low = half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector high = exponent.sub(half).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector e = r.mul(r).fma(p, r).add(1f).mul(low).mul(high);
            e.intoArray(y, yo + i);
        }
    }

    static void expm1(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            FloatVector clamped = v.blend(EXP_MAX, v.compare(VectorOperators.GT, EXP_MAX))
                    .blend(EXPM1_MIN, v.compare(VectorOperators.LT, EXPM1_MIN));
            FloatVector t = clamped.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUNDER));
            FloatVector whole = t.sub(ROUNDER);
            FloatVector r = whole.fma(FloatVector.broadcast(S, -LN2_LOW),
                    whole.fma(FloatVector.broadcast(S, -LN2_HIGH), clamped));
            FloatVector p = FloatVector.broadcast(S, E5).fma(r, FloatVector.broadcast(S, E4));
            p = p.fma(r, FloatVector.broadcast(S, E3));
            p = p.fma(r, FloatVector.broadcast(S, E2));
            p = p.fma(r, FloatVector.broadcast(S, E1));
            p = p.fma(r, FloatVector.broadcast(S, E0));
            FloatVector q = r.mul(r).fma(p, r);
            FloatVector s = t.reinterpretAsInts().sub(ROUNDER_BITS - 126).lanewise(VectorOperators.LSHL, 23)
                    .reinterpretAsFloats();
            FloatVector e = q.fma(s, s.sub(0.5f)).mul(2f).blend(q, whole.compare(VectorOperators.EQ, 0f));
            e.reinterpretAsInts().or(v.reinterpretAsInts().and(SIGN)).reinterpretAsFloats().intoArray(y, yo + i);
        }
    }

    static void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            FloatVector minus = v.abs().neg();
            FloatVector clamped = minus.blend(EXP_MIN, minus.compare(VectorOperators.LT, EXP_MIN));
            FloatVector t = clamped.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUNDER));
            FloatVector whole = t.sub(ROUNDER);
            FloatVector r = whole.fma(FloatVector.broadcast(S, -LN2_LOW),
                    whole.fma(FloatVector.broadcast(S, -LN2_HIGH), clamped));
            FloatVector p = FloatVector.broadcast(S, E5).fma(r, FloatVector.broadcast(S, E4));
            p = p.fma(r, FloatVector.broadcast(S, E3));
            p = p.fma(r, FloatVector.broadcast(S, E2));
            p = p.fma(r, FloatVector.broadcast(S, E1));
            p = p.fma(r, FloatVector.broadcast(S, E0));
            IntVector exponent = t.reinterpretAsInts().sub(ROUNDER_BITS);
            IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
            FloatVector low = half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector high = exponent.sub(half).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector e = r.mul(r).fma(p, r).add(1f).mul(low).mul(high);
            FloatVector d = e.add(1f);
            FloatVector s = FloatVector.broadcast(S, 1f).blend(e, v.compare(VectorOperators.LT, 0f)).div(d);
            FloatVector lost = e.sub(d.sub(1f));
            s.mul(lost).fma(e.fma(FloatVector.broadcast(S, 0.5f), FloatVector.broadcast(S, -1f)), s).intoArray(y,
                    yo + i);
        }
    }

    static void tanh(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            FloatVector a = v.abs();
            FloatVector twice = a.add(a);
            FloatVector clamped = twice.blend(EXP_MAX, twice.compare(VectorOperators.GT, EXP_MAX));
            FloatVector t = clamped.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUNDER));
            FloatVector whole = t.sub(ROUNDER);
            FloatVector r = whole.fma(FloatVector.broadcast(S, -LN2_LOW),
                    whole.fma(FloatVector.broadcast(S, -LN2_HIGH), clamped));
            FloatVector p = FloatVector.broadcast(S, E5).fma(r, FloatVector.broadcast(S, E4));
            p = p.fma(r, FloatVector.broadcast(S, E3));
            p = p.fma(r, FloatVector.broadcast(S, E2));
            p = p.fma(r, FloatVector.broadcast(S, E1));
            p = p.fma(r, FloatVector.broadcast(S, E0));
            IntVector exponent = t.reinterpretAsInts().sub(ROUNDER_BITS);
            IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
            FloatVector low = half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector high = exponent.sub(half).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector e = r.mul(r).fma(p, r).add(1f).mul(low).mul(high);
            FloatVector z = v.mul(v);
            FloatVector u = FloatVector.broadcast(S, T4).fma(z, FloatVector.broadcast(S, T3));
            u = u.fma(z, FloatVector.broadcast(S, T2));
            u = u.fma(z, FloatVector.broadcast(S, T1));
            u = u.fma(z, FloatVector.broadcast(S, T0));
            FloatVector near = a.mul(z).fma(u, a);
            FloatVector far = FloatVector.broadcast(S, 1f).sub(FloatVector.broadcast(S, 2f).div(e.add(1f)));
            FloatVector s = far.blend(near, a.compare(VectorOperators.LT, TANH_SPLIT));
            s.reinterpretAsInts().or(v.reinterpretAsInts().and(SIGN)).reinterpretAsFloats().intoArray(y, yo + i);
        }
    }

    static void erf(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            FloatVector a = v.abs();
            FloatVector z = a.mul(a);
            FloatVector u = FloatVector.broadcast(S, R5).fma(z, FloatVector.broadcast(S, R4));
            u = u.fma(z, FloatVector.broadcast(S, R3));
            u = u.fma(z, FloatVector.broadcast(S, R2));
            u = u.fma(z, FloatVector.broadcast(S, R1));
            u = u.fma(z, FloatVector.broadcast(S, R0));
            FloatVector near = u.fma(a, a);
            FloatVector c = a.blend(ERF_MAX, a.compare(VectorOperators.GT, ERF_MAX));
            FloatVector q = FloatVector.broadcast(S, Q6).fma(c, FloatVector.broadcast(S, Q5));
            q = q.fma(c, FloatVector.broadcast(S, Q4));
            q = q.fma(c, FloatVector.broadcast(S, Q3));
            q = q.fma(c, FloatVector.broadcast(S, Q2));
            q = q.fma(c, FloatVector.broadcast(S, Q1));
            q = q.fma(c, FloatVector.broadcast(S, Q0));
            FloatVector logarithm = q.fma(c, c.neg());
            FloatVector clamped = logarithm.blend(EXP_MAX, logarithm.compare(VectorOperators.GT, EXP_MAX))
                    .blend(EXP_MIN, logarithm.compare(VectorOperators.LT, EXP_MIN));
            FloatVector t = clamped.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUNDER));
            FloatVector whole = t.sub(ROUNDER);
            FloatVector r = whole.fma(FloatVector.broadcast(S, -LN2_LOW),
                    whole.fma(FloatVector.broadcast(S, -LN2_HIGH), clamped));
            FloatVector p = FloatVector.broadcast(S, E5).fma(r, FloatVector.broadcast(S, E4));
            p = p.fma(r, FloatVector.broadcast(S, E3));
            p = p.fma(r, FloatVector.broadcast(S, E2));
            p = p.fma(r, FloatVector.broadcast(S, E1));
            p = p.fma(r, FloatVector.broadcast(S, E0));
            IntVector exponent = t.reinterpretAsInts().sub(ROUNDER_BITS);
            IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
            FloatVector low = half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector high = exponent.sub(half).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector e = r.mul(r).fma(p, r).add(1f).mul(low).mul(high);
            FloatVector s = FloatVector.broadcast(S, 1f).sub(e).blend(near, a.compare(VectorOperators.LT, ERF_SPLIT));
            s.reinterpretAsInts().or(v.reinterpretAsInts().and(SIGN)).reinterpretAsFloats().intoArray(y, yo + i);
        }
    }
}
