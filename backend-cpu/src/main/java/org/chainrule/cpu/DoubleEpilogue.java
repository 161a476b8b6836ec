package org.chainrule.cpu;

/** What happens to finished runs of a double product's rows while they are in cache; see {@link Epilogue}. */
@FunctionalInterface
public interface DoubleEpilogue {
    /** Leaves the product as it is. */
    DoubleEpilogue NONE = (row, column, columns, c, offset) -> {
    };

    /** Called once for each element of C, in runs, after its whole sum; from any thread, several at a time. */
    void apply(int row, int column, int columns, double[] c, int offset);
}
