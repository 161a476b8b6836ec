package org.chainrule.cli.explain;

import org.chainrule.Tensor;
import org.chainrule.expr.Pointwise;

/** What makes a layer's outputs a of its sums z. */
public sealed interface Activation {
    /** Each output from its own sum. */
    record Elementwise(Pointwise op) implements Activation {
        @Override
        public String name() {
            return op.name();
        }

        @Override
        public Tensor apply(Tensor z) {
            return z.map(op);
        }
    }

    /** {@code aⱼ = exp(zⱼ) / Σₖ exp(zₖ)}: each output from all sums. */
    record Softmax() implements Activation {
        @Override
        public String name() {
            return "softmax";
        }

        @Override
        public Tensor apply(Tensor z) {
            return z.softmax(-1);
        }
    }

    String name();

    /** The outputs for sums {@code [1, n]}. */
    Tensor apply(Tensor z);
}
