package org.chainrule.plan;

import java.util.List;
import org.chainrule.DType;
import org.chainrule.Origin;
import org.chainrule.Shape;
import org.chainrule.graph.Op;

/**
 * One unit of work for a device. The family is closed: a backend is one exhaustive switch over it. Results of an
 * {@code epilogue} go, in order, to the operands of {@code out}; {@code out} may show the same elements of the same slot
 * as an operand of {@code in} that the epilogue reads (an update in place), never otherwise overlaps an input.
 */
public sealed interface Kernel {
    /** For messages and profiles. */
    Label label();

    /** What is written. */
    List<Operand> out();

    /** What is read. */
    List<Operand> reads();

    /** The ops that a kernel computes, and the line that made the last of them. */
    record Label(String ops, Origin origin) {
        /** What was made for several kernels at once: the ops of all, and the line of one alone. */
        public static Label of(List<Label> labels) {
            return labels.size() == 1 ? labels.getFirst()
                    : new Label(String.join(", ", labels.stream().map(Label::ops).toList()), Origin.UNKNOWN);
        }

        @Override
        public String toString() {
            return ops + " at " + origin;
        }
    }

    /** {@code out = program(in)} for each element of {@code shape}, which all operands have. */
    record Map(Label label, Shape shape, Program program, List<Operand> in, List<Operand> out) implements Kernel {
        @Override
        public List<Operand> reads() {
            return in;
        }
    }

    /**
     * {@code out = epilogue(fold of prologue(in) over axes, extra)}. {@code in} have {@code shape}; {@code extra} and
     * {@code out} have it with extents of 1 on the axes. The fold of nothing is 0 for SUM and 1 for PROD; MAX and MIN give NaN
     * where any element is NaN. The epilogue's first argument is the folded value.
     */
    record Reduce(Label label, Op.Reduction kind, Shape shape, List<Integer> axes, DType dtype, Program prologue,
            List<Operand> in,
            Program epilogue, List<Operand> extra, List<Operand> out) implements Kernel {
        @Override
        public List<Operand> reads() {
            return join(in, extra);
        }
    }

    /**
     * {@code out = epilogue(a · b, extra)} with {@code a: [batch…, m, k]}, {@code b: [batch…, k, n]} and the rest
     * {@code shape = [batch…, m, n]}. The epilogue's first argument is the product.
     */
    record MatMul(Label label, DType dtype, Shape shape, Operand a, Operand b, Program epilogue, List<Operand> extra,
            List<Operand> out) implements Kernel {
        @Override
        public List<Operand> reads() {
            return join(List.of(a, b), extra);
        }
    }

    /** Position of the first greatest or least element along {@code axis}, NaN counting as such. */
    record ArgReduce(Label label, boolean greatest, int axis, Operand in, Operand result) implements Kernel {
        @Override
        public List<Operand> out() {
            return List.of(result);
        }

        @Override
        public List<Operand> reads() {
            return List.of(in);
        }
    }

    /** Running sums along {@code axis}. */
    record CumulativeSum(Label label, int axis, Operand in, Operand result) implements Kernel {
        @Override
        public List<Operand> out() {
            return List.of(result);
        }

        @Override
        public List<Operand> reads() {
            return List.of(in);
        }
    }

    /** {@code result[i…] = source[i… with index[i…] at axis]}; an index outside the axis is an error that names it. */
    record Gather(Label label, int axis, Operand source, Operand index, Operand result) implements Kernel {
        @Override
        public List<Operand> out() {
            return List.of(result);
        }

        @Override
        public List<Operand> reads() {
            return List.of(source, index);
        }
    }

    /** {@code result = 0}, then {@code result[i… with index[i…] at axis] += updates[i…]} in row-major order. */
    record ScatterAdd(Label label, int axis, Operand index, Operand updates, Operand result) implements Kernel {
        @Override
        public List<Operand> out() {
            return List.of(result);
        }

        @Override
        public List<Operand> reads() {
            return List.of(index, updates);
        }
    }

    /** Random values of the stream that a run gives for {@code number}. */
    record Random(Label label, Op.Distribution distribution, long seed, int number, Operand result) implements Kernel {
        @Override
        public List<Operand> out() {
            return List.of(result);
        }

        @Override
        public List<Operand> reads() {
            return List.of();
        }
    }

    /** A composite that the device has a kernel for. */
    record Composite(Label label, String name, List<Double> attributes, List<Operand> in, Operand result)
            implements Kernel {
        @Override
        public List<Operand> out() {
            return List.of(result);
        }

        @Override
        public List<Operand> reads() {
            return in;
        }
    }

    private static List<Operand> join(List<Operand> a, List<Operand> b) {
        return java.util.stream.Stream.concat(a.stream(), b.stream()).toList();
    }
}
