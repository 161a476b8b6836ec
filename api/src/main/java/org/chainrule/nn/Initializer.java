package org.chainrule.nn;

import org.chainrule.Rng;
import org.chainrule.Shape;

/**
 * Gives a parameter its first values. They are computed in Java, so they are the same on every backend.
 *
 * @see Initializers
 */
@FunctionalInterface
public interface Initializer {
    /** {@code shape.size()} values, row-major; random ones from streams that {@code rng} gives out. */
    double[] values(Shape shape, Rng rng);
}
