package org.chainrule.kernels;

/**
 * What the choice of launches depends on.
 *
 * @param isCpu       whether a work-item is a loop iteration of a processor's core rather than a lane of a GPU
 * @param units       compute units
 * @param vector      bytes of a processor's vectors
 * @param localMemory bytes that the items of a group share
 * @param tuning      what was measured on it
 */
public record Hardware(boolean isCpu, int units, int vector, long localMemory, Tuning tuning) {
    /** The same hardware, otherwise tuned. */
    public Hardware with(Tuning other) {
        return new Hardware(isCpu, units, vector, localMemory, other);
    }
}
