package org.chainrule.harness;

import org.chainrule.DType;

/**
 * The greatest error of some numbers of one kind.
 *
 * @param quantity what was computed
 * @param dtype    the format of the numbers
 * @param ulps     the error in units in the last place of the format at the true value; NaN, the worst of all, where one of both is
 *                 NaN alone
 * @param where    the element and what it was computed from
 */
public record Accuracy(Quantity quantity, DType dtype, double ulps, String where) {
    /** What a number is to the op. */
    public enum Quantity { FORWARD, GRADIENT }

    /** The worse of both. */
    public Accuracy worse(Accuracy o) {
        return Double.compare(o.ulps, ulps) > 0 ? o : this;
    }
}
