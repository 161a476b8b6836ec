package org.chainrule.cpu;

/** A {@link LoopCode} as one loop whose intermediate values stay in vector registers. */
interface FusedLoop {
    /**
     * Computes {@code n} elements, a multiple of the vector length.
     *
     * @param arrays the inputs of the code, then its results
     * @param at where each begins
     */
    void run(float[][] arrays, int[] at, int n);
}
