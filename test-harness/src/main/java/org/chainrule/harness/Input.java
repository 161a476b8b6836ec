package org.chainrule.harness;

import org.chainrule.DType;
import org.chainrule.Shape;

/**
 * An input of an op.
 *
 * @param shape  as the op sees it
 * @param values how its elements are drawn
 * @param view   how the op sees it
 */
public record Input(Shape shape, DType dtype, Values values, View view) {
    public static Input of(Shape shape, DType dtype, Values values) {
        return new Input(shape, dtype, values, View.WHOLE);
    }

    public Input through(View other) {
        return new Input(shape, dtype, values, other);
    }
}
