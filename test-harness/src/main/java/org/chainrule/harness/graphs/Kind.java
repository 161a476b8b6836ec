package org.chainrule.harness.graphs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.chainrule.Axes;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.graph.Op;
import org.chainrule.harness.analysis.HostRandom;
import org.chainrule.harness.analysis.Places;

/** What a node of a random graph computes from its operands, and the Java expression that says so. */
sealed interface Kind {
    /** The node as a tensor of {@code s}; bad operands are refused as they are for users. */
    Tensor on(Session s, List<Tensor> in);

    /** The same as a person would write it, for operands of these names. */
    String code(List<String> in);

    /** A kind that is told a shape. */
    sealed interface Shaped extends Kind {
        Shape shape();

        /** The same with another shape, none of whose extents is greater. */
        Kind resized(Shape to);
    }

    /** Values that are written to the device: data and parameters. */
    record Given(Shape shape, DType dtype, List<Double> values) implements Shaped {
        static Given of(Shape shape, DType dtype, double... values) {
            return new Given(shape, dtype, Arrays.stream(values).boxed().toList());
        }

        /** The elements at the places of {@code to}. */
        @Override
        public Given resized(Shape to) {
            List<Double> kept = new ArrayList<>();
            Places.each(to, (_, at) -> kept.add(values.get(Places.of(shape, at))));
            return new Given(to, dtype, kept);
        }

        double[] elements() {
            return values.stream().mapToDouble(Double::doubleValue).toArray();
        }

        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return s.tensor(shape, dtype, elements());
        }

        @Override
        public String code(List<String> in) {
            return "s.tensor(" + text(shape) + ", " + text(dtype)
                    + values.stream().map(v -> ", " + number(v)).collect(Collectors.joining()) + ")";
        }
    }

    record Constant(Shape shape, DType dtype, double value) implements Shaped {
        @Override
        public Constant resized(Shape to) {
            return new Constant(to, dtype, value);
        }

        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return s.constant(shape, dtype, value);
        }

        @Override
        public String code(List<String> in) {
            return "s.constant(" + text(shape) + ", " + text(dtype) + ", " + number(value) + ")";
        }
    }

    /** {@code first}, and an eighth more in each further run. */
    record HostScalar(DType dtype, double first) implements Kind {
        double in(int run) {
            return first + run / 8.0;
        }

        /** A scalar that follows {@code run}, the number of the run. */
        Tensor on(Session s, IntSupplier run) {
            return s.hostScalar(dtype, () -> in(run.getAsInt()));
        }

        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return on(s, () -> 0);
        }

        @Override
        public String code(List<String> in) {
            return "s.hostScalar(" + text(dtype) + ", () -> " + number(first) + " + run++ / 8.0)";
        }
    }

    record Random(Op.Distribution distribution, DType dtype, Shape shape, long seed) implements Shaped {
        @Override
        public Random resized(Shape to) {
            return new Random(distribution, dtype, to, seed);
        }

        /** What run number {@code run} draws. */
        double[] in(int run) {
            return HostRandom.of(distribution, dtype, seed, run, Math.toIntExact(shape.size()));
        }

        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return switch (distribution) {
                case UNIFORM -> s.uniform(Rng.of(seed), dtype, shape);
                case NORMAL -> s.normal(Rng.of(seed), dtype, shape);
            };
        }

        @Override
        public String code(List<String> in) {
            return "s." + distribution.name().toLowerCase(Locale.ROOT) + "(Rng.of(" + seed + "), " + text(dtype) + ", "
                    + text(shape) + ")";
        }
    }

    /** An op of the table. */
    record Pointwise(String op) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return Tensor.map(Ops.named(op), in.toArray(Tensor[]::new));
        }

        @Override
        public String code(List<String> in) {
            return "Tensor.map(Ops." + op.toUpperCase(Locale.ROOT) + ", " + String.join(", ", in) + ")";
        }
    }

    record Where() implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.get(0).where(in.get(1), in.get(2));
        }

        @Override
        public String code(List<String> in) {
            return in.get(0) + ".where(" + in.get(1) + ", " + in.get(2) + ")";
        }
    }

    /** {@code scale · x + shift} with literals. */
    record Affine(double scale, double shift) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.getFirst().times(scale).plus(shift);
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + ".times(" + number(scale) + ").plus(" + number(shift) + ")";
        }
    }

    record Clamp(double lo, double hi) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.getFirst().maximum(lo).minimum(hi);
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + ".maximum(" + number(lo) + ").minimum(" + number(hi) + ")";
        }
    }

    record Cast(DType to) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.getFirst().to(to);
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + ".to(" + text(to) + ")";
        }
    }

    record Reduce(Op.Reduction how, List<Integer> axes, boolean keep) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            Axes a = Axes.of(ints(axes));
            Axes over = keep ? a.keep() : a;
            Tensor x = in.getFirst();
            return switch (how) {
                case SUM -> x.sum(over);
                case PROD -> x.prod(over);
                case MAX -> x.max(over);
                case MIN -> x.min(over);
            };
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + "." + how.name().toLowerCase(Locale.ROOT) + "(Axes.of(" + text(axes) + ")"
                    + (keep ? ".keep()" : "") + ")";
        }
    }

    record ArgReduce(boolean greatest, int axis, boolean keep) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            Axes a = keep ? Axes.of(axis).keep() : Axes.of(axis);
            return greatest ? in.getFirst().argmax(a) : in.getFirst().argmin(a);
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + (greatest ? ".argmax" : ".argmin") + "(Axes.of(" + axis + ")"
                    + (keep ? ".keep()" : "") + ")";
        }
    }

    /** The greatest or least element along an axis, found by its position. */
    record Extreme(boolean greatest, int axis) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            Tensor x = in.getFirst();
            return (greatest ? x.maxAlong(axis) : x.minAlong(axis)).value();
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + (greatest ? ".maxAlong(" : ".minAlong(") + axis + ").value()";
        }
    }

    record CumulativeSum(int axis) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.getFirst().cumsum(axis);
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + ".cumsum(" + axis + ")";
        }
    }

    record MatMul() implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.get(0).matmul(in.get(1));
        }

        @Override
        public String code(List<String> in) {
            return in.get(0) + ".matmul(" + in.get(1) + ")";
        }
    }

    record Permute(List<Integer> order) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.getFirst().permute(ints(order));
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + ".permute(" + text(order) + ")";
        }
    }

    record Reshape(Shape shape) implements Shaped {
        @Override
        public Reshape resized(Shape to) {
            return new Reshape(to);
        }

        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.getFirst().reshape(shape);
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + ".reshape(" + text(shape) + ")";
        }
    }

    record Expand(Shape shape) implements Shaped {
        @Override
        public Expand resized(Shape to) {
            return new Expand(to);
        }

        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.getFirst().expandTo(shape);
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + ".expandTo(" + text(shape) + ")";
        }
    }

    record Slice(int axis, int start, int end, int step) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.getFirst().slice(axis, start, end, step);
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + ".slice(" + axis + ", " + start + ", " + end + ", " + step + ")";
        }
    }

    record Flip(List<Integer> axes) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.getFirst().flip(ints(axes));
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + ".flip(" + text(axes) + ")";
        }
    }

    record Pad(int axis, int before, int after, double value) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.getFirst().pad(axis, before, after, value);
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + ".pad(" + axis + ", " + before + ", " + after + ", " + number(value) + ")";
        }
    }

    /** Reads the coordinates of elements. */
    record Triangle(boolean lower, int diagonal) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return lower ? in.getFirst().tril(diagonal) : in.getFirst().triu(diagonal);
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + (lower ? ".tril(" : ".triu(") + diagonal + ")";
        }
    }

    record Concat(int axis) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return Tensor.concat(axis, in.toArray(Tensor[]::new));
        }

        @Override
        public String code(List<String> in) {
            return "Tensor.concat(" + axis + ", " + String.join(", ", in) + ")";
        }
    }

    record Gather(int axis) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.get(0).gather(axis, in.get(1));
        }

        @Override
        public String code(List<String> in) {
            return in.get(0) + ".gather(" + axis + ", " + in.get(1) + ")";
        }
    }

    /** Gathers by a vector that is expanded to the shape of the result. */
    record IndexSelect(int axis) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.get(0).indexSelect(axis, in.get(1));
        }

        @Override
        public String code(List<String> in) {
            return in.get(0) + ".indexSelect(" + axis + ", " + in.get(1) + ")";
        }
    }

    record ScatterAdd(int axis) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.get(0).scatterAdd(axis, in.get(1), in.get(2));
        }

        @Override
        public String code(List<String> in) {
            return in.get(0) + ".scatterAdd(" + axis + ", " + in.get(1) + ", " + in.get(2) + ")";
        }
    }

    record Softmax(int axis) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.getFirst().softmax(axis);
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + ".softmax(" + axis + ")";
        }
    }

    record LogSoftmax(int axis) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.getFirst().logSoftmax(axis);
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + ".logSoftmax(" + axis + ")";
        }
    }

    record Normalize(double eps) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.getFirst().normalize(eps);
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + ".normalize(" + number(eps) + ")";
        }
    }

    record StopGradient() implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return in.getFirst().stopGradient();
        }

        @Override
        public String code(List<String> in) {
            return in.getFirst() + ".stopGradient()";
        }
    }

    /** The operands are as many outputs, their cotangents, and the tensor with respect to which the gradient is taken. */
    record Gradient(int outputs) implements Kind {
        @Override
        public Tensor on(Session s, List<Tensor> in) {
            return Tensor.gradients(in.subList(0, outputs), in.subList(outputs, 2 * outputs), List.of(in.getLast()))
                    .getFirst();
        }

        @Override
        public String code(List<String> in) {
            return "Tensor.gradients(List.of(" + String.join(", ", in.subList(0, outputs)) + "), List.of("
                    + String.join(", ", in.subList(outputs, 2 * outputs)) + "), List.of(" + in.getLast()
                    + ")).getFirst()";
        }
    }

    private static int[] ints(List<Integer> l) {
        return l.stream().mapToInt(Integer::intValue).toArray();
    }

    private static String text(List<Integer> l) {
        return l.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String text(Shape s) {
        return s.rank() == 0 ? "Shape.SCALAR"
                : "Shape.of(" + Arrays.stream(s.dims()).mapToObj(String::valueOf).collect(Collectors.joining(", "))
                        + ")";
    }

    private static String text(DType t) {
        return "DType." + t;
    }

    private static String number(double v) {
        if (Double.isNaN(v)) return "Double.NaN";
        if (Double.isInfinite(v)) return v > 0 ? "Double.POSITIVE_INFINITY" : "Double.NEGATIVE_INFINITY";
        return v == Math.rint(v) && Math.abs(v) < 1e9 && (v != 0 || 1 / v > 0) ? Long.toString((long) v)
                : Double.toString(v);
    }
}
