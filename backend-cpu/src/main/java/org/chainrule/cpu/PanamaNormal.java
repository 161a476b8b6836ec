package org.chainrule.cpu;

import static org.chainrule.cpu.Elementary.E0;
import static org.chainrule.cpu.Elementary.E1;
import static org.chainrule.cpu.Elementary.E2;
import static org.chainrule.cpu.Elementary.E3;
import static org.chainrule.cpu.Elementary.E4;
import static org.chainrule.cpu.Elementary.E5;
import static org.chainrule.cpu.Elementary.LN2_REST;
import static org.chainrule.cpu.Elementary.LN2_SHORT;
import static org.chainrule.cpu.Elementary.LOG2_E;
import static org.chainrule.cpu.Elementary.MILLS;
import static org.chainrule.cpu.Elementary.MILLS_CENTER;
import static org.chainrule.cpu.Elementary.N0;
import static org.chainrule.cpu.Elementary.N1;
import static org.chainrule.cpu.Elementary.N10;
import static org.chainrule.cpu.Elementary.N11;
import static org.chainrule.cpu.Elementary.N2;
import static org.chainrule.cpu.Elementary.N3;
import static org.chainrule.cpu.Elementary.N4;
import static org.chainrule.cpu.Elementary.N5;
import static org.chainrule.cpu.Elementary.N6;
import static org.chainrule.cpu.Elementary.N7;
import static org.chainrule.cpu.Elementary.N8;
import static org.chainrule.cpu.Elementary.N9;
import static org.chainrule.cpu.Elementary.NORMAL_BIAS;
import static org.chainrule.cpu.Elementary.NORMAL_MAX;
import static org.chainrule.cpu.Elementary.ROUNDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The normal distribution function of {@link Elementary}, operation by operation the same. Runs are a multiple of the vector length. */
final class PanamaNormal {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private PanamaNormal() {
    }

    static void cdf(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            FloatVector a = v.abs(), t = a.blend(NORMAL_MAX, a.compare(VectorOperators.GT, NORMAL_MAX));
            FloatVector half = t.mul(-0.5f);
            FloatVector c = t.mul(half);
            FloatVector m = c.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUNDER));
            FloatVector k = m.sub(ROUNDER);
            FloatVector whole = k.fma(FloatVector.broadcast(S, -LN2_SHORT), c);
            FloatVector rest = k.fma(FloatVector.broadcast(S, -LN2_REST), t.fma(half, c.neg()));
            FloatVector r = whole.add(rest);
            FloatVector p = FloatVector.broadcast(S, E5).fma(r, FloatVector.broadcast(S, E4));
            p = p.fma(r, FloatVector.broadcast(S, E3));
            p = p.fma(r, FloatVector.broadcast(S, E2));
            p = p.fma(r, FloatVector.broadcast(S, E1));
            p = p.fma(r, FloatVector.broadcast(S, E0));
            FloatVector e = r.add(1f);
            FloatVector eLost = r.sub(e.sub(1f)).add(r.mul(r).fma(p, whole.sub(r).add(rest)));
            FloatVector d = t.add(MILLS);
            FloatVector dLost = t.sub(d.sub(MILLS));
            FloatVector u = FloatVector.broadcast(S, 1f).div(d);
            FloatVector minus = u.neg();
            FloatVector uLost = minus.fma(dLost, minus.fma(d, FloatVector.broadcast(S, 1f))).mul(u);
            FloatVector w = u.sub(MILLS_CENTER);
            p = FloatVector.broadcast(S, N11).fma(w, FloatVector.broadcast(S, N10));
            p = p.fma(w, FloatVector.broadcast(S, N9));
            p = p.fma(w, FloatVector.broadcast(S, N8));
            p = p.fma(w, FloatVector.broadcast(S, N7));
            p = p.fma(w, FloatVector.broadcast(S, N6));
            p = p.fma(w, FloatVector.broadcast(S, N5));
            p = p.fma(w, FloatVector.broadcast(S, N4));
            p = p.fma(w, FloatVector.broadcast(S, N3));
            p = p.fma(w, FloatVector.broadcast(S, N2));
            p = p.fma(w, FloatVector.broadcast(S, N1));
            FloatVector g = p.fma(w, FloatVector.broadcast(S, N0));
            FloatVector gLost = p.fma(uLost, p.fma(w, FloatVector.broadcast(S, N0).sub(g)));
            FloatVector h = g.mul(e);
            FloatVector hLost = gLost.fma(e, g.fma(eLost, g.fma(e, h.neg())));
            FloatVector q = h.mul(u);
            FloatVector qLost = hLost.fma(u, h.fma(uLost, h.fma(u, q.neg())));
            FloatVector power = m.reinterpretAsInts().add(NORMAL_BIAS).lanewise(VectorOperators.LSHL, 23)
                    .reinterpretAsFloats().mul(0x1p-64f);
            VectorMask<Float> left = v.compare(VectorOperators.LT, 0f);
            FloatVector from = FloatVector.broadcast(S, 1f).blend(0f, left);
            FloatVector by = power.neg().blend(power, left);
            FloatVector z = q.fma(by, from);
            z.add(qLost.fma(by, q.fma(by, from.sub(z)))).intoArray(y, yo + i);
        }
    }
}
