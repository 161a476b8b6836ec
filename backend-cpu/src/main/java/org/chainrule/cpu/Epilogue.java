package org.chainrule.cpu;

/** What happens to finished runs of a product's rows while they are in cache. */
@FunctionalInterface
public interface Epilogue {
    /** Leaves the product as it is. */
    Epilogue NONE = (row, column, columns, c, offset) -> {
    };

    /**
     * Called once for each element of C, in runs, after its whole sum; from any thread, several at a time.
     *
     * @param row the row in C of the run's first element
     * @param column its column
     * @param columns the length of the run, which goes on in the next rows where they follow in memory
     * @param c the array that holds C
     * @param offset the index of the run's first element in {@code c}
     */
    void apply(int row, int column, int columns, float[] c, int offset);
}
