package org.chainrule.kernels;

import org.chainrule.UnsupportedOpException;
import org.chainrule.plan.Kernel;

/** The recipe of each kind of kernel. */
public final class Recipes {
    private Recipes() {}

    /** How {@code kernel} is computed on {@code hardware}. */
    public static Recipe of(Kernel kernel, Hardware hardware) {
        return switch (kernel) {
            case Kernel.Map k -> Elementwise.map(k);
            case Kernel.Reduce k -> Reduction.of(k, hardware);
            case Kernel.MatMul k -> MatrixProduct.of(k, hardware);
            case Kernel.ArgReduce k -> Elementwise.argReduce(k);
            case Kernel.CumulativeSum k -> Elementwise.cumulativeSum(k);
            case Kernel.Gather k -> Elementwise.gather(k);
            case Kernel.ScatterAdd k -> Elementwise.scatterAdd(k);
            case Kernel.Random k -> RandomNumbers.of(k);
            // never planned: no composite is named in a device's traits
            case Kernel.Composite k -> throw new UnsupportedOpException("there is no device kernel for " + k.name());
        };
    }
}
