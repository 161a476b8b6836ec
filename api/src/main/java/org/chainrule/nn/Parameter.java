package org.chainrule.nn;

import java.util.Optional;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.ShapeMismatchException;
import org.chainrule.Tensor;

/**
 * A named tensor that a layer owns: a weight that is trained, or a buffer such as a running mean. Its value exists once
 * the layer has been initialized; it is a leaf of every graph built from it and is updated in place. Two parameters are
 * equal where they share one value, whatever their names.
 */
public final class Parameter {
    private static final class Cell {
        private Optional<Tensor> value = Optional.empty();
    }

    private final String name;
    private final Shape shape;
    private final Initializer initializer;
    private final Cell cell;

    private Parameter(String name, Shape shape, Initializer initializer, Cell cell) {
        this.name = name;
        this.shape = shape;
        this.initializer = initializer;
        this.cell = cell;
    }

    /** A parameter without a value. */
    public static Parameter of(String name, Shape shape, Initializer initializer) {
        return new Parameter(name, shape, initializer, new Cell());
    }

    /** The same parameter as seen from outside of the layer called {@code layer}: {@code weight} is {@code layer.weight}. */
    public Parameter within(String layer) {
        return new Parameter(layer + "." + name, shape, initializer, cell);
    }

    /** Its name as seen from the layer that told it: {@code 0.weight}. */
    public String name() {
        return name;
    }

    public Shape shape() {
        return shape;
    }

    public Initializer initializer() {
        return initializer;
    }

    public boolean isInitialized() {
        return cell.value.isPresent();
    }

    /**
     * The value: a leaf, so that gradients with respect to it can be taken.
     *
     * @throws InvalidArgumentException before {@link #init}
     */
    public Tensor value() {
        return cell.value.orElseThrow(() -> new InvalidArgumentException(
                "parameter '" + name + "' " + shape + " has no value yet; call init(session, rng) on the network"));
    }

    /**
     * Makes the value with the initializer. Where there is one of this dtype in this session, its elements are
     * overwritten, so that graphs, steps and optimizers built from it see the new ones (what an optimizer keeps for the
     * parameter stays); else another tensor takes its place, and what was built from the former keeps that.
     *
     * @param dtype a float type
     */
    public Parameter init(Session session, Rng rng, DType dtype) {
        if (!dtype.isFloat())
            throw new InvalidArgumentException("parameter '" + name + "': dtype " + dtype + " is not a float type");
        if (shape.size() > Integer.MAX_VALUE) throw new InvalidArgumentException("parameter '" + name + "' of shape "
                + shape + " would have " + shape.size() + " elements; the most is " + Integer.MAX_VALUE);
        double[] values = initializer.values(shape, rng);
        if (values.length != shape.size()) throw new ShapeMismatchException(
                "parameter '" + name + "': its initializer gave " + values.length + " values for shape " + shape);
        Optional<Tensor> same = cell.value.filter(v -> v.session() == session && v.dtype() == dtype);
        if (same.isPresent()) return write(values);
        cell.value = Optional.of(session.tensor(shape, dtype, values));
        return this;
    }

    /**
     * Overwrites the elements, row-major, rounded to the value's dtype. Graphs and steps built from it see them.
     *
     * @throws InvalidArgumentException before {@link #init}
     * @throws ShapeMismatchException where the number of values is not that of the shape
     */
    public Parameter write(double... values) {
        Tensor to = value();
        if (values.length != shape.size()) throw new ShapeMismatchException("parameter '" + name + "' " + shape
                + " takes " + shape.size() + " values, " + values.length + " were given");
        to.session().write(to, Elements.of(to.dtype(), values));
        return this;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Parameter p && p.cell == cell;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(cell);
    }

    @Override
    public String toString() {
        return name + shape;
    }
}
