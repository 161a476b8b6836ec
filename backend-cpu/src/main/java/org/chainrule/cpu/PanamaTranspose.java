package org.chainrule.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes of 16 columns in registers while packing: log₂ 16 rounds that exchange sub-blocks off the diagonal, each by a shuffle and a blend (J. O.
 * Eklundh, "A fast computer method for matrix transposing", 1972).
 */
final class PanamaTranspose {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;
    private static final int L = 16;
    private static final VectorShuffle<Float> UP1 = shuffle(1, true);
    private static final VectorShuffle<Float> DOWN1 = shuffle(1, false);
    private static final VectorShuffle<Float> UP2 = shuffle(2, true);
    private static final VectorShuffle<Float> DOWN2 = shuffle(2, false);
    private static final VectorShuffle<Float> UP4 = shuffle(4, true);
    private static final VectorShuffle<Float> DOWN4 = shuffle(4, false);
    private static final VectorShuffle<Float> UP8 = shuffle(8, true);
    private static final VectorShuffle<Float> DOWN8 = shuffle(8, false);
    private static final VectorMask<Float> M1 = mask(1);
    private static final VectorMask<Float> M2 = mask(2);
    private static final VectorMask<Float> M4 = mask(4);
    private static final VectorMask<Float> M8 = mask(8);

    private PanamaTranspose() {
    }

    private static VectorShuffle<Float> shuffle(int distance, boolean up) {
        int[] source = new int[L];
        for (int i = 0; i < L; i++) {
            boolean upper = (i & distance) != 0;
            source[i] = up ? upper ? i - distance : i : upper ? i : i + distance;
        }
        return VectorShuffle.fromArray(S, source, 0);
    }

    private static VectorMask<Float> mask(int distance) {
        boolean[] upper = new boolean[L];
        for (int i = 0; i < L; i++) {
            upper[i] = (i & distance) != 0;
        }
        return VectorMask.fromArray(S, upper, 0);
    }

    /** p[d + 32 c + r] = a[s + r lda + c] for 16 rows r and 16 columns c. */
    static void columns32(float[] a, int s, int lda, float[] p, int d) {
        FloatVector r0 = FloatVector.fromArray(S, a, s);
        FloatVector r1 = FloatVector.fromArray(S, a, s + lda);
        FloatVector r2 = FloatVector.fromArray(S, a, s + 2 * lda);
        FloatVector r3 = FloatVector.fromArray(S, a, s + 3 * lda);
        FloatVector r4 = FloatVector.fromArray(S, a, s + 4 * lda);
        FloatVector r5 = FloatVector.fromArray(S, a, s + 5 * lda);
        FloatVector r6 = FloatVector.fromArray(S, a, s + 6 * lda);
        FloatVector r7 = FloatVector.fromArray(S, a, s + 7 * lda);
        FloatVector r8 = FloatVector.fromArray(S, a, s + 8 * lda);
        FloatVector r9 = FloatVector.fromArray(S, a, s + 9 * lda);
        FloatVector r10 = FloatVector.fromArray(S, a, s + 10 * lda);
        FloatVector r11 = FloatVector.fromArray(S, a, s + 11 * lda);
        FloatVector r12 = FloatVector.fromArray(S, a, s + 12 * lda);
        FloatVector r13 = FloatVector.fromArray(S, a, s + 13 * lda);
        FloatVector r14 = FloatVector.fromArray(S, a, s + 14 * lda);
        FloatVector r15 = FloatVector.fromArray(S, a, s + 15 * lda);
        FloatVector t;
        t = r0.blend(r1.rearrange(UP1), M1);
        r1 = r0.rearrange(DOWN1).blend(r1, M1);
        r0 = t;
        t = r2.blend(r3.rearrange(UP1), M1);
        r3 = r2.rearrange(DOWN1).blend(r3, M1);
        r2 = t;
        t = r4.blend(r5.rearrange(UP1), M1);
        r5 = r4.rearrange(DOWN1).blend(r5, M1);
        r4 = t;
        t = r6.blend(r7.rearrange(UP1), M1);
        r7 = r6.rearrange(DOWN1).blend(r7, M1);
        r6 = t;
        t = r8.blend(r9.rearrange(UP1), M1);
        r9 = r8.rearrange(DOWN1).blend(r9, M1);
        r8 = t;
        t = r10.blend(r11.rearrange(UP1), M1);
        r11 = r10.rearrange(DOWN1).blend(r11, M1);
        r10 = t;
        t = r12.blend(r13.rearrange(UP1), M1);
        r13 = r12.rearrange(DOWN1).blend(r13, M1);
        r12 = t;
        t = r14.blend(r15.rearrange(UP1), M1);
        r15 = r14.rearrange(DOWN1).blend(r15, M1);
        r14 = t;
        t = r0.blend(r2.rearrange(UP2), M2);
        r2 = r0.rearrange(DOWN2).blend(r2, M2);
        r0 = t;
        t = r1.blend(r3.rearrange(UP2), M2);
        r3 = r1.rearrange(DOWN2).blend(r3, M2);
        r1 = t;
        t = r4.blend(r6.rearrange(UP2), M2);
        r6 = r4.rearrange(DOWN2).blend(r6, M2);
        r4 = t;
        t = r5.blend(r7.rearrange(UP2), M2);
        r7 = r5.rearrange(DOWN2).blend(r7, M2);
        r5 = t;
        t = r8.blend(r10.rearrange(UP2), M2);
        r10 = r8.rearrange(DOWN2).blend(r10, M2);
        r8 = t;
        t = r9.blend(r11.rearrange(UP2), M2);
        r11 = r9.rearrange(DOWN2).blend(r11, M2);
        r9 = t;
        t = r12.blend(r14.rearrange(UP2), M2);
        r14 = r12.rearrange(DOWN2).blend(r14, M2);
        r12 = t;
        t = r13.blend(r15.rearrange(UP2), M2);
        r15 = r13.rearrange(DOWN2).blend(r15, M2);
        r13 = t;
        t = r0.blend(r4.rearrange(UP4), M4);
        r4 = r0.rearrange(DOWN4).blend(r4, M4);
        r0 = t;
        t = r1.blend(r5.rearrange(UP4), M4);
        r5 = r1.rearrange(DOWN4).blend(r5, M4);
        r1 = t;
        t = r2.blend(r6.rearrange(UP4), M4);
        r6 = r2.rearrange(DOWN4).blend(r6, M4);
        r2 = t;
        t = r3.blend(r7.rearrange(UP4), M4);
        r7 = r3.rearrange(DOWN4).blend(r7, M4);
        r3 = t;
        t = r8.blend(r12.rearrange(UP4), M4);
        r12 = r8.rearrange(DOWN4).blend(r12, M4);
        r8 = t;
        t = r9.blend(r13.rearrange(UP4), M4);
        r13 = r9.rearrange(DOWN4).blend(r13, M4);
        r9 = t;
        t = r10.blend(r14.rearrange(UP4), M4);
        r14 = r10.rearrange(DOWN4).blend(r14, M4);
        r10 = t;
        t = r11.blend(r15.rearrange(UP4), M4);
        r15 = r11.rearrange(DOWN4).blend(r15, M4);
        r11 = t;
        r0.blend(r8.rearrange(UP8), M8).intoArray(p, d);
        r1.blend(r9.rearrange(UP8), M8).intoArray(p, d + 32);
        r2.blend(r10.rearrange(UP8), M8).intoArray(p, d + 64);
        r3.blend(r11.rearrange(UP8), M8).intoArray(p, d + 96);
        r4.blend(r12.rearrange(UP8), M8).intoArray(p, d + 128);
        r5.blend(r13.rearrange(UP8), M8).intoArray(p, d + 160);
        r6.blend(r14.rearrange(UP8), M8).intoArray(p, d + 192);
        r7.blend(r15.rearrange(UP8), M8).intoArray(p, d + 224);
        r0.rearrange(DOWN8).blend(r8, M8).intoArray(p, d + 256);
        r1.rearrange(DOWN8).blend(r9, M8).intoArray(p, d + 288);
        r2.rearrange(DOWN8).blend(r10, M8).intoArray(p, d + 320);
        r3.rearrange(DOWN8).blend(r11, M8).intoArray(p, d + 352);
        r4.rearrange(DOWN8).blend(r12, M8).intoArray(p, d + 384);
        r5.rearrange(DOWN8).blend(r13, M8).intoArray(p, d + 416);
        r6.rearrange(DOWN8).blend(r14, M8).intoArray(p, d + 448);
        r7.rearrange(DOWN8).blend(r15, M8).intoArray(p, d + 480);
    }

    /** p[d + 12 c + r] = a[s + r lda + c] for 12 rows r and 16 columns c; writes 4 more floats at the end. */
    static void rows12(float[] a, int s, int lda, float[] p, int d) {
        FloatVector r0 = FloatVector.fromArray(S, a, s);
        FloatVector r1 = FloatVector.fromArray(S, a, s + lda);
        FloatVector r2 = FloatVector.fromArray(S, a, s + 2 * lda);
        FloatVector r3 = FloatVector.fromArray(S, a, s + 3 * lda);
        FloatVector r4 = FloatVector.fromArray(S, a, s + 4 * lda);
        FloatVector r5 = FloatVector.fromArray(S, a, s + 5 * lda);
        FloatVector r6 = FloatVector.fromArray(S, a, s + 6 * lda);
        FloatVector r7 = FloatVector.fromArray(S, a, s + 7 * lda);
        FloatVector r8 = FloatVector.fromArray(S, a, s + 8 * lda);
        FloatVector r9 = FloatVector.fromArray(S, a, s + 9 * lda);
        FloatVector r10 = FloatVector.fromArray(S, a, s + 10 * lda);
        FloatVector r11 = FloatVector.fromArray(S, a, s + 11 * lda);
        FloatVector r12 = FloatVector.fromArray(S, a, s + 12 * lda);
        FloatVector r13 = FloatVector.fromArray(S, a, s + 13 * lda);
        FloatVector r14 = FloatVector.fromArray(S, a, s + 14 * lda);
        FloatVector r15 = FloatVector.fromArray(S, a, s + 15 * lda);
        FloatVector t;
        t = r0.blend(r1.rearrange(UP1), M1);
        r1 = r0.rearrange(DOWN1).blend(r1, M1);
        r0 = t;
        t = r2.blend(r3.rearrange(UP1), M1);
        r3 = r2.rearrange(DOWN1).blend(r3, M1);
        r2 = t;
        t = r4.blend(r5.rearrange(UP1), M1);
        r5 = r4.rearrange(DOWN1).blend(r5, M1);
        r4 = t;
        t = r6.blend(r7.rearrange(UP1), M1);
        r7 = r6.rearrange(DOWN1).blend(r7, M1);
        r6 = t;
        t = r8.blend(r9.rearrange(UP1), M1);
        r9 = r8.rearrange(DOWN1).blend(r9, M1);
        r8 = t;
        t = r10.blend(r11.rearrange(UP1), M1);
        r11 = r10.rearrange(DOWN1).blend(r11, M1);
        r10 = t;
        t = r12.blend(r13.rearrange(UP1), M1);
        r13 = r12.rearrange(DOWN1).blend(r13, M1);
        r12 = t;
        t = r14.blend(r15.rearrange(UP1), M1);
        r15 = r14.rearrange(DOWN1).blend(r15, M1);
        r14 = t;
        t = r0.blend(r2.rearrange(UP2), M2);
        r2 = r0.rearrange(DOWN2).blend(r2, M2);
        r0 = t;
        t = r1.blend(r3.rearrange(UP2), M2);
        r3 = r1.rearrange(DOWN2).blend(r3, M2);
        r1 = t;
        t = r4.blend(r6.rearrange(UP2), M2);
        r6 = r4.rearrange(DOWN2).blend(r6, M2);
        r4 = t;
        t = r5.blend(r7.rearrange(UP2), M2);
        r7 = r5.rearrange(DOWN2).blend(r7, M2);
        r5 = t;
        t = r8.blend(r10.rearrange(UP2), M2);
        r10 = r8.rearrange(DOWN2).blend(r10, M2);
        r8 = t;
        t = r9.blend(r11.rearrange(UP2), M2);
        r11 = r9.rearrange(DOWN2).blend(r11, M2);
        r9 = t;
        t = r12.blend(r14.rearrange(UP2), M2);
        r14 = r12.rearrange(DOWN2).blend(r14, M2);
        r12 = t;
        t = r13.blend(r15.rearrange(UP2), M2);
        r15 = r13.rearrange(DOWN2).blend(r15, M2);
        r13 = t;
        t = r0.blend(r4.rearrange(UP4), M4);
        r4 = r0.rearrange(DOWN4).blend(r4, M4);
        r0 = t;
        t = r1.blend(r5.rearrange(UP4), M4);
        r5 = r1.rearrange(DOWN4).blend(r5, M4);
        r1 = t;
        t = r2.blend(r6.rearrange(UP4), M4);
        r6 = r2.rearrange(DOWN4).blend(r6, M4);
        r2 = t;
        t = r3.blend(r7.rearrange(UP4), M4);
        r7 = r3.rearrange(DOWN4).blend(r7, M4);
        r3 = t;
        t = r8.blend(r12.rearrange(UP4), M4);
        r12 = r8.rearrange(DOWN4).blend(r12, M4);
        r8 = t;
        t = r9.blend(r13.rearrange(UP4), M4);
        r13 = r9.rearrange(DOWN4).blend(r13, M4);
        r9 = t;
        t = r10.blend(r14.rearrange(UP4), M4);
        r14 = r10.rearrange(DOWN4).blend(r14, M4);
        r10 = t;
        t = r11.blend(r15.rearrange(UP4), M4);
        r15 = r11.rearrange(DOWN4).blend(r15, M4);
        r11 = t;
        r0.blend(r8.rearrange(UP8), M8).intoArray(p, d);
        r1.blend(r9.rearrange(UP8), M8).intoArray(p, d + 12);
        r2.blend(r10.rearrange(UP8), M8).intoArray(p, d + 24);
        r3.blend(r11.rearrange(UP8), M8).intoArray(p, d + 36);
        r4.blend(r12.rearrange(UP8), M8).intoArray(p, d + 48);
        r5.blend(r13.rearrange(UP8), M8).intoArray(p, d + 60);
        r6.blend(r14.rearrange(UP8), M8).intoArray(p, d + 72);
        r7.blend(r15.rearrange(UP8), M8).intoArray(p, d + 84);
        r0.rearrange(DOWN8).blend(r8, M8).intoArray(p, d + 96);
        r1.rearrange(DOWN8).blend(r9, M8).intoArray(p, d + 108);
        r2.rearrange(DOWN8).blend(r10, M8).intoArray(p, d + 120);
        r3.rearrange(DOWN8).blend(r11, M8).intoArray(p, d + 132);
        r4.rearrange(DOWN8).blend(r12, M8).intoArray(p, d + 144);
        r5.rearrange(DOWN8).blend(r13, M8).intoArray(p, d + 156);
        r6.rearrange(DOWN8).blend(r14, M8).intoArray(p, d + 168);
        r7.rearrange(DOWN8).blend(r15, M8).intoArray(p, d + 180);
    }

    /** p[d + 8 c + r] = a[s + r lda + c] for 8 rows r and 16 columns c. */
    static void rows8(float[] a, int s, int lda, float[] p, int d) {
        FloatVector r0 = FloatVector.fromArray(S, a, s);
        FloatVector r1 = FloatVector.fromArray(S, a, s + lda);
        FloatVector r2 = FloatVector.fromArray(S, a, s + 2 * lda);
        FloatVector r3 = FloatVector.fromArray(S, a, s + 3 * lda);
        FloatVector r4 = FloatVector.fromArray(S, a, s + 4 * lda);
        FloatVector r5 = FloatVector.fromArray(S, a, s + 5 * lda);
        FloatVector r6 = FloatVector.fromArray(S, a, s + 6 * lda);
        FloatVector r7 = FloatVector.fromArray(S, a, s + 7 * lda);
        FloatVector t;
        t = r0.blend(r1.rearrange(UP1), M1);
        r1 = r0.rearrange(DOWN1).blend(r1, M1);
        r0 = t;
        t = r2.blend(r3.rearrange(UP1), M1);
        r3 = r2.rearrange(DOWN1).blend(r3, M1);
        r2 = t;
        t = r4.blend(r5.rearrange(UP1), M1);
        r5 = r4.rearrange(DOWN1).blend(r5, M1);
        r4 = t;
        t = r6.blend(r7.rearrange(UP1), M1);
        r7 = r6.rearrange(DOWN1).blend(r7, M1);
        r6 = t;
        t = r0.blend(r2.rearrange(UP2), M2);
        r2 = r0.rearrange(DOWN2).blend(r2, M2);
        r0 = t;
        t = r1.blend(r3.rearrange(UP2), M2);
        r3 = r1.rearrange(DOWN2).blend(r3, M2);
        r1 = t;
        t = r4.blend(r6.rearrange(UP2), M2);
        r6 = r4.rearrange(DOWN2).blend(r6, M2);
        r4 = t;
        t = r5.blend(r7.rearrange(UP2), M2);
        r7 = r5.rearrange(DOWN2).blend(r7, M2);
        r5 = t;
        t = r0.blend(r4.rearrange(UP4), M4);
        r4 = r0.rearrange(DOWN4).blend(r4, M4);
        r0 = t;
        t = r1.blend(r5.rearrange(UP4), M4);
        r5 = r1.rearrange(DOWN4).blend(r5, M4);
        r1 = t;
        t = r2.blend(r6.rearrange(UP4), M4);
        r6 = r2.rearrange(DOWN4).blend(r6, M4);
        r2 = t;
        t = r3.blend(r7.rearrange(UP4), M4);
        r7 = r3.rearrange(DOWN4).blend(r7, M4);
        r3 = t;
        r0.blend(r1.rearrange(UP8), M8).intoArray(p, d);
        r2.blend(r3.rearrange(UP8), M8).intoArray(p, d + 16);
        r4.blend(r5.rearrange(UP8), M8).intoArray(p, d + 32);
        r6.blend(r7.rearrange(UP8), M8).intoArray(p, d + 48);
        r0.rearrange(DOWN8).blend(r1, M8).intoArray(p, d + 64);
        r2.rearrange(DOWN8).blend(r3, M8).intoArray(p, d + 80);
        r4.rearrange(DOWN8).blend(r5, M8).intoArray(p, d + 96);
        r6.rearrange(DOWN8).blend(r7, M8).intoArray(p, d + 112);
    }
}
