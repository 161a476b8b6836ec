package org.chainrule.kernels;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chainrule.DType;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;

/**
 * What the best form of a product depends on.
 *
 * @param dtype       of the product
 * @param rows        of the left operand
 * @param depth       along which it is summed
 * @param columns     of the right operand
 * @param aTransposed whether neighbours in a column of the left operand are neighbours in memory
 * @param bTransposed whether neighbours in a column of the right operand are
 */
public record ProductSize(DType dtype, int rows, int depth, int columns, boolean aTransposed, boolean bTransposed) {
    private static final Pattern TEXT = Pattern.compile("(\\w+) (\\d{1,9})x(\\d{1,9})x(\\d{1,9}) ([NT])([NT])");

    static ProductSize of(Kernel.MatMul k) {
        int rank = k.shape().rank();
        return new ProductSize(k.dtype(), k.shape().dim(rank - 2), k.a().layout().shape().dim(rank - 1),
                k.shape().dim(rank - 1), isTransposed(k.a().layout()), isTransposed(k.b().layout()));
    }

    private static boolean isTransposed(Layout l) {
        int rank = l.shape().rank();
        return l.stride()[rank - 1] != 1 && l.stride()[rank - 2] == 1;
    }

    /** Multiply-adds. */
    double work() {
        return (double) rows * depth * columns;
    }

    /** Octaves between the two in each direction together; infinite where they differ in kind. */
    double distance(ProductSize other) {
        if (dtype != other.dtype || aTransposed != other.aTransposed || bTransposed != other.bTransposed)
            return Double.POSITIVE_INFINITY;
        return octaves(rows, other.rows) + octaves(depth, other.depth) + octaves(columns, other.columns);
    }

    private static double octaves(int a, int b) {
        return Math.abs(Math.log((double) Math.max(1, a) / Math.max(1, b))) / Math.log(2);
    }

    @Override
    public String toString() {
        return dtype.name().toLowerCase(Locale.ROOT) + " " + rows + "x" + depth + "x" + columns + " "
                + (aTransposed ? "T" : "N") + (bTransposed ? "T" : "N");
    }

    /** The size of that text; empty where it is none. */
    static Optional<ProductSize> parse(String text) {
        Matcher m = TEXT.matcher(text);
        if (!m.matches()) return Optional.empty();
        for (DType d : DType.values()) if (d.name().equalsIgnoreCase(m.group(1)))
            return Optional.of(new ProductSize(d, Integer.parseInt(m.group(2)), Integer.parseInt(m.group(3)),
                    Integer.parseInt(m.group(4)), m.group(5).equals("T"), m.group(6).equals("T")));
        return Optional.empty();
    }
}
