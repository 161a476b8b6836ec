package org.chainrule.kernels;

/**
 * What the choice of launches depends on.
 *
 * @param isCpu whether a work-item is a loop iteration of a processor's core rather than a lane of a GPU
 * @param units compute units
 */
public record Hardware(boolean isCpu, int units) {}
