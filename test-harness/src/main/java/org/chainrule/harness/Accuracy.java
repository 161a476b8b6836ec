package org.chainrule.harness;

import org.chainrule.DType;

/**
 * The greatest error of some numbers of one kind.
 *
 * @param quantity what was computed
 * @param dtype    the format of the numbers
 * @param ulps     the error in units in the last place of the format at the true value
 * @param where    the element and what it was computed from
 */
public record Accuracy(Quantity quantity, DType dtype, double ulps, String where) {
    /** What a number is to the op. */
    public enum Quantity { FORWARD, GRADIENT }

    public Accuracy worse(Accuracy o) {
        return o.ulps > ulps ? o : this;
    }
}
