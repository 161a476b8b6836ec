package org.chainrule.cpu;

import static org.chainrule.cpu.Elementary.C0;
import static org.chainrule.cpu.Elementary.C1;
import static org.chainrule.cpu.Elementary.C2;
import static org.chainrule.cpu.Elementary.PI_HIGH;
import static org.chainrule.cpu.Elementary.PI_LOW;
import static org.chainrule.cpu.Elementary.PI_MIDDLE;
import static org.chainrule.cpu.Elementary.ROUNDER;
import static org.chainrule.cpu.Elementary.ROUNDER_BITS;
import static org.chainrule.cpu.Elementary.S0;
import static org.chainrule.cpu.Elementary.S1;
import static org.chainrule.cpu.Elementary.S2;
import static org.chainrule.cpu.Elementary.S3;
import static org.chainrule.cpu.Elementary.SIN_IDENTITY;
import static org.chainrule.cpu.Elementary.TRIG_MAX;
import static org.chainrule.cpu.Elementary.TWO_OVER_PI;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sine and cosine of {@link Elementary}, operation by operation the same; a vector with one element beyond the reduction goes there.
 *
 * <p>
 * Runs are a multiple of the vector length. Each function is one method, its parts written out: a helper that C2 has compiled on its own is no
 * longer inlined, and vectors that cross a call are boxed.
 */
final class PanamaTrigonometry {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private PanamaTrigonometry() {
    }

    static void sin(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            if (v.abs().compare(VectorOperators.LE, TRIG_MAX).allTrue()) {
                FloatVector t = v.fma(FloatVector.broadcast(S, TWO_OVER_PI), FloatVector.broadcast(S, ROUNDER));
                FloatVector whole = t.sub(ROUNDER);
                IntVector quadrant = t.reinterpretAsInts().sub(ROUNDER_BITS);
                FloatVector r = whole.fma(FloatVector.broadcast(S, -PI_HIGH), v);
                r = whole.fma(FloatVector.broadcast(S, -PI_MIDDLE), r);
                r = whole.fma(FloatVector.broadcast(S, -PI_LOW), r);
                FloatVector z = r.mul(r);
                FloatVector s = FloatVector.broadcast(S, S3).fma(z, FloatVector.broadcast(S, S2));
                s = s.fma(z, FloatVector.broadcast(S, S1));
                s = s.fma(z, FloatVector.broadcast(S, S0));
                s = z.mul(r).fma(s, r);
                FloatVector c = FloatVector.broadcast(S, C2).fma(z, FloatVector.broadcast(S, C1));
                c = c.fma(z, FloatVector.broadcast(S, C0));
                c = z.mul(z).fma(c, z.fma(FloatVector.broadcast(S, -0.5f), FloatVector.broadcast(S, 1f)));
                VectorMask<Float> even = quadrant.and(1).compare(VectorOperators.EQ, 0).cast(S);
                IntVector sign = quadrant.and(2).lanewise(VectorOperators.LSHL, 30);
                FloatVector u =
                        c.blend(s, even).reinterpretAsInts().lanewise(VectorOperators.XOR, sign).reinterpretAsFloats();
                u.blend(v, v.abs().compare(VectorOperators.LT, SIN_IDENTITY)).intoArray(y, yo + i);
            } else {
                for (int j = i; j < i + L; j++) {
                    y[yo + j] = Elementary.sin(x[xo + j]);
                }
            }
        }
    }

    static void cos(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            if (v.abs().compare(VectorOperators.LE, TRIG_MAX).allTrue()) {
                FloatVector t = v.fma(FloatVector.broadcast(S, TWO_OVER_PI), FloatVector.broadcast(S, ROUNDER));
                FloatVector whole = t.sub(ROUNDER);
                IntVector quadrant = t.reinterpretAsInts().sub(ROUNDER_BITS - 1);
                FloatVector r = whole.fma(FloatVector.broadcast(S, -PI_HIGH), v);
                r = whole.fma(FloatVector.broadcast(S, -PI_MIDDLE), r);
                r = whole.fma(FloatVector.broadcast(S, -PI_LOW), r);
                FloatVector z = r.mul(r);
                FloatVector s = FloatVector.broadcast(S, S3).fma(z, FloatVector.broadcast(S, S2));
                s = s.fma(z, FloatVector.broadcast(S, S1));
                s = s.fma(z, FloatVector.broadcast(S, S0));
                s = z.mul(r).fma(s, r);
                FloatVector c = FloatVector.broadcast(S, C2).fma(z, FloatVector.broadcast(S, C1));
                c = c.fma(z, FloatVector.broadcast(S, C0));
                c = z.mul(z).fma(c, z.fma(FloatVector.broadcast(S, -0.5f), FloatVector.broadcast(S, 1f)));
                VectorMask<Float> even = quadrant.and(1).compare(VectorOperators.EQ, 0).cast(S);
                IntVector sign = quadrant.and(2).lanewise(VectorOperators.LSHL, 30);
                FloatVector u =
                        c.blend(s, even).reinterpretAsInts().lanewise(VectorOperators.XOR, sign).reinterpretAsFloats();
                u.intoArray(y, yo + i);
            } else {
                for (int j = i; j < i + L; j++) {
                    y[yo + j] = Elementary.cos(x[xo + j]);
                }
            }
        }
    }
}
