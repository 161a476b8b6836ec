package org.chainrule.kernels;

import java.util.List;
import java.util.Optional;
import org.chainrule.DType;
import org.chainrule.plan.Layout;

/**
 * {@code c = a · b} by the library of the device's vendor, for each of {@code count} pairs of matrices.
 *
 * @param in        dtype of a and b
 * @param out       dtype of c, in which or more exactly it is summed
 * @param arguments the memory of a, b and c
 */
public record LibraryProduct(DType in, DType out, int rows, int columns, int depth, Matrix a, Matrix b, Matrix c,
        int count, List<Argument> arguments) implements Command {
    /**
     * How matrices lie in memory.
     *
     * @param transposed whether neighbours in a column are neighbours in memory; in a row otherwise
     * @param leading    elements from one row to the next, or from one column to the next
     * @param offset     of the first
     * @param stride     elements from one matrix to the next
     */
    public record Matrix(boolean transposed, int leading, int offset, int stride) {
        /** The last two axes of {@code l}; empty where neighbours are in neither direction neighbours in memory. */
        static Optional<Matrix> of(Layout l, int stride) {
            int rank = l.shape().rank(), rows = l.shape().dim(rank - 2), columns = l.shape().dim(rank - 1);
            int down = l.stride()[rank - 2], across = l.stride()[rank - 1];
            if ((across == 1 || columns == 1) && (down >= columns || rows == 1))
                return Optional.of(new Matrix(false, rows == 1 ? columns : down, l.offset(), stride));
            if ((down == 1 || rows == 1) && (across >= rows || columns == 1))
                return Optional.of(new Matrix(true, columns == 1 ? rows : across, l.offset(), stride));
            return Optional.empty();
        }
    }

    public LibraryProduct {
        arguments = List.copyOf(arguments);
    }
}
