package org.chainrule.cuda;

import org.chainrule.kernels.DeviceFunction;
import org.chainrule.plan.Kernel;

/** A function that a graph takes up. */
sealed interface Captured extends DeviceFunction permits CudaFunction, CublasFunction {
    /** Whether an argument was set since this was asked last. */
    boolean takeChanged();

    /** The kernel of the plan. */
    Kernel.Label label();
}
