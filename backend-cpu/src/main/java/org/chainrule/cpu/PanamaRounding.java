package org.chainrule.cpu;

import static org.chainrule.cpu.Elementary.SIGN;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Rounding by adding and subtracting 2²³, and signs.
 *
 * <p>
 * Runs are a multiple of the vector length. Each function is one method, its parts written out: a helper that C2 has compiled on its own is no
 * longer inlined, and vectors that cross a call are boxed.
 */
final class PanamaRounding {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final float INTEGERS = 0x1p23f;

    private PanamaRounding() {
    }

    static void sign(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            v.blend(1f, v.compare(VectorOperators.GT, 0f)).blend(-1f, v.compare(VectorOperators.LT, 0f)).intoArray(y,
                    yo + i);
        }
    }

    static void round(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            FloatVector a = v.abs();
            FloatVector whole = a.add(INTEGERS).sub(INTEGERS);
            FloatVector r = a.blend(whole, a.compare(VectorOperators.LT, INTEGERS));
            r.reinterpretAsInts().or(v.reinterpretAsInts().and(SIGN)).reinterpretAsFloats().intoArray(y, yo + i);
        }
    }

    static void floor(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(S, x, xo + i);
            FloatVector a = v.abs();
            FloatVector whole = a.add(INTEGERS).sub(INTEGERS);
            FloatVector r = a.blend(whole, a.compare(VectorOperators.LT, INTEGERS));
            FloatVector s = r.reinterpretAsInts().or(v.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
            s.blend(s.sub(1f), s.compare(VectorOperators.GT, v)).intoArray(y, yo + i);
        }
    }
}
