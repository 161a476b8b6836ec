package org.chainrule.cpu;

import static org.chainrule.cpu.Elementary.L0;
import static org.chainrule.cpu.Elementary.L1;
import static org.chainrule.cpu.Elementary.L2;
import static org.chainrule.cpu.Elementary.L3;
import static org.chainrule.cpu.Elementary.L4;
import static org.chainrule.cpu.Elementary.L5;
import static org.chainrule.cpu.Elementary.L6;
import static org.chainrule.cpu.Elementary.L7;
import static org.chainrule.cpu.Elementary.L8;
import static org.chainrule.cpu.Elementary.LN2_HIGH;
import static org.chainrule.cpu.Elementary.LN2_LOW;
import static org.chainrule.cpu.Elementary.SIGN;
import static org.chainrule.cpu.Elementary.SQRT_HALF_BITS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The logarithms of {@link Elementary}, operation by operation the same.
 *
 * <p>
 * Runs are a multiple of the vector length. Each function is one method, its parts written out: a helper that C2 has compiled on its own is no
 * longer inlined, and vectors that cross a call are boxed.
 */
final class PanamaLogarithms {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private PanamaLogarithms() {
    }

    static void log(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            VectorMask<Float> small = v.compare(VectorOperators.LT, Float.MIN_NORMAL);
            IntVector bits = v.blend(v.mul(0x1p23f), small).reinterpretAsInts().sub(SQRT_HALF_BITS);
            FloatVector e =
                    (FloatVector) bits.lanewise(VectorOperators.ASHR, 23).convertShape(VectorOperators.I2F, S, 0);
            e = e.blend(e.sub(23f), small);
            FloatVector f = bits.and(0x7fffff).add(SQRT_HALF_BITS).reinterpretAsFloats().sub(1f);
            FloatVector p = FloatVector.broadcast(S, L8).fma(f, FloatVector.broadcast(S, L7));
            p = p.fma(f, FloatVector.broadcast(S, L6));
            p = p.fma(f, FloatVector.broadcast(S, L5));
            p = p.fma(f, FloatVector.broadcast(S, L4));
            p = p.fma(f, FloatVector.broadcast(S, L3));
            p = p.fma(f, FloatVector.broadcast(S, L2));
            p = p.fma(f, FloatVector.broadcast(S, L1));
            p = p.fma(f, FloatVector.broadcast(S, L0));
            FloatVector u =
                    f.mul(f.mul(f)).fma(p, e.fma(FloatVector.broadcast(S, LN2_LOW), FloatVector.broadcast(S, 0f)));
            u = f.mul(-0.5f).fma(f, u);
            u = e.fma(FloatVector.broadcast(S, LN2_HIGH), f.add(u));
            u = v.blend(u, v.compare(VectorOperators.LT, Float.POSITIVE_INFINITY));
            u = u.blend(Float.NaN, v.compare(VectorOperators.LT, 0f));
            u.blend(Float.NEGATIVE_INFINITY, v.compare(VectorOperators.EQ, 0f)).intoArray(y, yo + i);
        }
    }

    static void log1p(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            FloatVector sum = v.add(1f);
            IntVector bits = sum.reinterpretAsInts().sub(SQRT_HALF_BITS);
            FloatVector e =
                    (FloatVector) bits.lanewise(VectorOperators.ASHR, 23).convertShape(VectorOperators.I2F, S, 0);
            FloatVector c = v.sub(sum.sub(1f))
                    .blend(FloatVector.broadcast(S, 1f).sub(sum.sub(v)), e.compare(VectorOperators.GE, 2f)).div(sum);
            VectorMask<Float> unscaled = e.compare(VectorOperators.EQ, 0f);
            FloatVector f = bits.and(0x7fffff).add(SQRT_HALF_BITS).reinterpretAsFloats().sub(1f).blend(v, unscaled);
            FloatVector p = FloatVector.broadcast(S, L8).fma(f, FloatVector.broadcast(S, L7));
            p = p.fma(f, FloatVector.broadcast(S, L6));
            p = p.fma(f, FloatVector.broadcast(S, L5));
            p = p.fma(f, FloatVector.broadcast(S, L4));
            p = p.fma(f, FloatVector.broadcast(S, L3));
            p = p.fma(f, FloatVector.broadcast(S, L2));
            p = p.fma(f, FloatVector.broadcast(S, L1));
            p = p.fma(f, FloatVector.broadcast(S, L0));
            FloatVector u = f.mul(f.mul(f)).fma(p, e.fma(FloatVector.broadcast(S, LN2_LOW), c.blend(0f, unscaled)));
            u = f.mul(-0.5f).fma(f, u);
            u = e.fma(FloatVector.broadcast(S, LN2_HIGH), f.add(u));
            u = v.blend(u, v.compare(VectorOperators.LT, Float.POSITIVE_INFINITY));
            u = u.blend(Float.NaN, v.compare(VectorOperators.LT, -1f));
            u = u.blend(Float.NEGATIVE_INFINITY, v.compare(VectorOperators.EQ, -1f));
            u.reinterpretAsInts().or(v.reinterpretAsInts().and(SIGN)).reinterpretAsFloats().intoArray(y, yo + i);
        }
    }
}
