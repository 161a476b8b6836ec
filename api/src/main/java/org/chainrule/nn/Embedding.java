package org.chainrule.nn;

import org.chainrule.DType;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Tensor;

/**
 * A row of a table for each index: {@code [...] → [..., width]}. Parameter: {@code weight} {@code [rows, width]}, standard
 * normal at the start.
 */
public final class Embedding extends Block<Embedding> {
    private final Parameter weight;

    private Embedding(int rows, int width, Initializer initializer) {
        if (rows < 1 || width < 1) throw new InvalidArgumentException(
                "embedding: " + rows + " rows of width " + width + "; both must be at least 1");
        weight = parameter("weight", initializer, rows, width);
    }

    public static Embedding of(int rows, int width) {
        return of(rows, width, Initializers.normal(0, 1));
    }

    public static Embedding of(int rows, int width, Initializer initializer) {
        return new Embedding(rows, width, initializer);
    }

    public Parameter weight() {
        return weight;
    }

    /** @param index integers within {@code [0, rows)} */
    @Override
    public Tensor apply(Tensor index) {
        if (!index.dtype().isInteger())
            throw new InvalidArgumentException("embedding: the index has dtype " + index.dtype() + ", not I64 or I32");
        return weight.value().embedding(index.to(DType.I64));
    }
}
