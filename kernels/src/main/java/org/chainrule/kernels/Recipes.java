package org.chainrule.kernels;

import java.util.Set;
import org.chainrule.plan.Kernel;

/** The recipe of each kind of kernel. */
public final class Recipes {
    /** Names of the composites that have recipes: what a device's traits name. */
    public static final Set<String> COMPOSITES = Rows.NAMES;

    private Recipes() {}

    /** How {@code kernel} is computed on {@code hardware}. */
    public static Recipe of(Kernel kernel, Hardware hardware) {
        return hardware.hasCompiler() ? whole(kernel, hardware) : FixedSteps.of(kernel, hardware);
    }

    /** As one step. */
    static Recipe whole(Kernel kernel, Hardware hardware) {
        return switch (kernel) {
            case Kernel.Map k -> Elementwise.map(k, hardware);
            case Kernel.Reduce k -> Reduction.of(k, hardware);
            case Kernel.MatMul k -> MatrixProduct.of(k, hardware);
            case Kernel.ArgReduce k -> Elementwise.argReduce(k, hardware);
            case Kernel.CumulativeSum k -> Elementwise.cumulativeSum(k, hardware);
            case Kernel.Gather k -> Elementwise.gather(k, hardware);
            case Kernel.ScatterAdd k -> Elementwise.scatterAdd(k, hardware);
            case Kernel.Random k -> RandomNumbers.of(k, hardware);
            case Kernel.Composite k -> Rows.of(k, hardware);
        };
    }
}
