package org.chainrule.cpu;

import static org.chainrule.cpu.Elementary.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The functions of {@link Elementary} on the preferred vectors, operation by operation the same. */
final class PanamaElementary {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final float INTEGERS = 0x1p23f;

    private PanamaElementary() {
    }

    private static FloatVector constant(float value) {
        return FloatVector.broadcast(S, value);
    }

    private static FloatVector withSign(FloatVector magnitude, FloatVector x) {
        return magnitude.reinterpretAsInts().or(x.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
    }

    private static FloatVector power(IntVector exponent) {
        return exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    private static FloatVector toFloat(IntVector i) {
        return (FloatVector) i.convertShape(VectorOperators.I2F, S, 0);
    }

    static FloatVector sign(FloatVector x) {
        return x.blend(1f, x.compare(VectorOperators.GT, 0f)).blend(-1f, x.compare(VectorOperators.LT, 0f));
    }

    static FloatVector round(FloatVector x) {
        FloatVector a = x.abs();
        return withSign(a.blend(a.add(INTEGERS).sub(INTEGERS), a.compare(VectorOperators.LT, INTEGERS)), x);
    }

    static FloatVector floor(FloatVector x) {
        FloatVector r = round(x);
        return r.sub(1f, r.compare(VectorOperators.GT, x));
    }

    static FloatVector exp(FloatVector x) {
        FloatVector c = x.min(EXP_MAX).max(EXP_MIN);
        FloatVector t = c.fma(constant(LOG2_E), constant(ROUNDER));
        FloatVector n = t.sub(ROUNDER);
        FloatVector r = n.fma(constant(-LN2_LOW), n.fma(constant(-LN2_HIGH), c));
        FloatVector y = expm1Reduced(r).add(1f);
        IntVector e = t.reinterpretAsInts().sub(ROUNDER_BITS);
        IntVector half = e.lanewise(VectorOperators.ASHR, 1);
        return y.mul(power(half)).mul(power(e.sub(half)));
    }

    static FloatVector expm1(FloatVector x) {
        FloatVector c = x.min(EXP_MAX).max(EXPM1_MIN);
        FloatVector t = c.fma(constant(LOG2_E), constant(ROUNDER));
        FloatVector n = t.sub(ROUNDER);
        FloatVector r = n.fma(constant(-LN2_LOW), n.fma(constant(-LN2_HIGH), c));
        FloatVector q = expm1Reduced(r);
        FloatVector s = power(t.reinterpretAsInts().sub(ROUNDER_BITS + 1));
        FloatVector y = q.fma(s, s.sub(0.5f)).mul(2f);
        return withSign(y.blend(q, n.compare(VectorOperators.EQ, 0f)), x);
    }

    private static FloatVector expm1Reduced(FloatVector r) {
        FloatVector p = constant(E5).fma(r, constant(E4));
        p = p.fma(r, constant(E3));
        p = p.fma(r, constant(E2));
        p = p.fma(r, constant(E1));
        p = p.fma(r, constant(E0));
        return r.mul(r).fma(p, r);
    }

    static FloatVector log(FloatVector x) {
        VectorMask<Float> small = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
        IntVector i = x.blend(x.mul(0x1p23f), small).reinterpretAsInts().sub(SQRT_HALF_BITS);
        FloatVector e = toFloat(i.lanewise(VectorOperators.ASHR, 23));
        e = e.blend(e.sub(23f), small);
        FloatVector y = logReduced(mantissa(i), constant(0f), e);
        y = x.blend(y, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY));
        y = y.blend(Float.NaN, x.compare(VectorOperators.LT, 0f));
        return y.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0f));
    }

    private static FloatVector mantissa(IntVector i) {
        return i.and(0x7fffff).add(SQRT_HALF_BITS).reinterpretAsFloats().sub(1f);
    }

    static FloatVector log1p(FloatVector x) {
        FloatVector u = x.add(1f);
        IntVector i = u.reinterpretAsInts().sub(SQRT_HALF_BITS);
        FloatVector e = toFloat(i.lanewise(VectorOperators.ASHR, 23));
        FloatVector c = x.sub(u.sub(1f)).blend(constant(1f).sub(u.sub(x)), e.compare(VectorOperators.GE, 2f)).div(u);
        VectorMask<Float> unscaled = e.compare(VectorOperators.EQ, 0f);
        FloatVector y = logReduced(mantissa(i).blend(x, unscaled), c.blend(0f, unscaled), e);
        y = x.blend(y, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY));
        y = y.blend(Float.NaN, x.compare(VectorOperators.LT, -1f));
        y = y.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, -1f));
        return withSign(y, x);
    }

    private static FloatVector logReduced(FloatVector f, FloatVector correction, FloatVector e) {
        FloatVector p = constant(L8).fma(f, constant(L7));
        p = p.fma(f, constant(L6));
        p = p.fma(f, constant(L5));
        p = p.fma(f, constant(L4));
        p = p.fma(f, constant(L3));
        p = p.fma(f, constant(L2));
        p = p.fma(f, constant(L1));
        p = p.fma(f, constant(L0));
        FloatVector y = f.mul(f.mul(f)).fma(p, e.fma(constant(LN2_LOW), correction));
        y = f.mul(-0.5f).fma(f, y);
        return e.fma(constant(LN2_HIGH), f.add(y));
    }

    /** Lanes that {@link #sin} and {@link #cos} cannot reduce. */
    static VectorMask<Float> beyondTrig(FloatVector x) {
        return x.abs().compare(VectorOperators.LE, TRIG_MAX).not();
    }

    /** sin of lanes that are not {@link #beyondTrig}. */
    static FloatVector sin(FloatVector x) {
        return trig(x, 0).blend(x, x.abs().compare(VectorOperators.LT, SIN_IDENTITY));
    }

    /** cos of lanes that are not {@link #beyondTrig}. */
    static FloatVector cos(FloatVector x) {
        return trig(x, 1);
    }

    private static FloatVector trig(FloatVector x, int quarters) {
        FloatVector t = x.fma(constant(TWO_OVER_PI), constant(ROUNDER));
        FloatVector n = t.sub(ROUNDER);
        IntVector quadrant = t.reinterpretAsInts().add(quarters - ROUNDER_BITS);
        FloatVector r = n.fma(constant(-PI_HIGH), x);
        r = n.fma(constant(-PI_MIDDLE), r);
        r = n.fma(constant(-PI_LOW), r);
        FloatVector z = r.mul(r);
        FloatVector s = constant(S3).fma(z, constant(S2));
        s = s.fma(z, constant(S1));
        s = s.fma(z, constant(S0));
        s = z.mul(r).fma(s, r);
        FloatVector c = constant(C2).fma(z, constant(C1));
        c = c.fma(z, constant(C0));
        c = z.mul(z).fma(c, z.fma(constant(-0.5f), constant(1f)));
        VectorMask<Float> even = quadrant.and(1).compare(VectorOperators.EQ, 0).cast(S);
        IntVector sign = quadrant.and(2).lanewise(VectorOperators.LSHL, 30);
        return c.blend(s, even).reinterpretAsInts().lanewise(VectorOperators.XOR, sign).reinterpretAsFloats();
    }

    static FloatVector tanh(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector z = x.mul(x);
        FloatVector p = constant(T4).fma(z, constant(T3));
        p = p.fma(z, constant(T2));
        p = p.fma(z, constant(T1));
        p = p.fma(z, constant(T0));
        FloatVector near = a.mul(z).fma(p, a);
        FloatVector far = constant(1f).sub(constant(2f).div(exp(a.add(a)).add(1f)));
        return withSign(far.blend(near, a.compare(VectorOperators.LT, TANH_SPLIT)), x);
    }

    static FloatVector erf(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector z = a.mul(a);
        FloatVector p = constant(R5).fma(z, constant(R4));
        p = p.fma(z, constant(R3));
        p = p.fma(z, constant(R2));
        p = p.fma(z, constant(R1));
        p = p.fma(z, constant(R0));
        FloatVector near = p.fma(a, a);
        FloatVector t = a.min(ERF_MAX);
        FloatVector q = constant(Q6).fma(t, constant(Q5));
        q = q.fma(t, constant(Q4));
        q = q.fma(t, constant(Q3));
        q = q.fma(t, constant(Q2));
        q = q.fma(t, constant(Q1));
        q = q.fma(t, constant(Q0));
        FloatVector far = constant(1f).sub(exp(q.fma(t, t.neg())));
        return withSign(far.blend(near, a.compare(VectorOperators.LT, ERF_SPLIT)), x);
    }

    static FloatVector sigmoid(FloatVector x) {
        FloatVector e = exp(x.abs().neg());
        FloatVector d = e.add(1f);
        FloatVector y = constant(1f).blend(e, x.compare(VectorOperators.LT, 0f)).div(d);
        FloatVector lost = e.sub(d.sub(1f));
        return y.mul(lost).fma(e.fma(constant(0.5f), constant(-1f)), y);
    }
}
