package org.chainrule.kernels;

import org.chainrule.DType;

/**
 * What the choice of launches depends on.
 *
 * @param isCpu       whether a work-item is a loop iteration of a processor's core rather than a lane of a GPU
 * @param units       compute units
 * @param vector      bytes of a processor's vectors
 * @param localMemory bytes that the items of a group share
 * @param groupItems  items of a group at most
 * @param hasLibrary  whether a library of the device's vendor multiplies matrices
 * @param hasCompiler whether sources can be compiled for it; else {@linkplain FixedSteps fixed functions} serve that were compiled beforehand
 * @param tuning      what was measured on it
 */
public record Hardware(boolean isCpu, int units, int vector, long localMemory, int groupItems, boolean hasLibrary,
        boolean hasCompiler, Tuning tuning) {
    /** Elements of a processor's vector, of those that C has names for. */
    int lanes(DType dtype) {
        int bytes = Math.max(Float.BYTES, dtype.bytes());
        return Math.clamp(Integer.highestOneBit(Math.max(1, vector / bytes)), 4, 64 / bytes);
    }

    /** How functions are written for it. */
    Style style() {
        return hasCompiler ? Style.OWN : Style.FIXED;
    }

    /** The same hardware, otherwise tuned. */
    public Hardware with(Tuning other) {
        return new Hardware(isCpu, units, vector, localMemory, groupItems, hasLibrary, hasCompiler, other);
    }
}
