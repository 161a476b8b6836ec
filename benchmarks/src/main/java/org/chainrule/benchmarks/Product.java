package org.chainrule.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * A product of float matrices, {@code [rows, depth] x [depth, columns]}.
 *
 * @param aTransposed whether the left one lies in memory as {@code [depth, rows]}
 * @param bTransposed whether the right one lies in memory as {@code [columns, depth]}
 */
record Product(int rows, int depth, int columns, boolean aTransposed, boolean bTransposed) {
    /** All three layouts of one shape: NN, TN, NT. */
    static List<Product> layouts(int rows, int depth, int columns) {
        List<Product> all = new ArrayList<>();
        all.add(new Product(rows, depth, columns, false, false));
        all.add(new Product(rows, depth, columns, true, false));
        all.add(new Product(rows, depth, columns, false, true));
        return all;
    }

    double flops() {
        return 2.0 * rows * depth * columns;
    }

    /** Elements between the starts of neighbouring rows of the left matrix, as it lies. */
    int aRow() {
        return aTransposed ? rows : depth;
    }

    /** Elements between the starts of neighbouring rows of the right matrix, as it lies. */
    int bRow() {
        return bTransposed ? depth : columns;
    }

    @Override
    public String toString() {
        return rows + "x" + depth + "x" + columns + " " + (aTransposed ? "T" : "N") + (bTransposed ? "T" : "N");
    }
}
