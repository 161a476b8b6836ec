package org.chainrule.harness.onnx;

import static java.util.Map.entry;
import static org.chainrule.harness.onnx.OnnxOp.one;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;

/** Ops that move elements, and those that make tensors of a shape. */
final class OnnxMovement {
    static final Map<String, OnnxOp> TABLE = Map.ofEntries(
            entry("Concat", one(c -> Tensor.concat(HostValues.clamped(c.attributes().integer("axis", 1)),
                    c.all().toArray(Tensor[]::new)).map(Ops.IDENTITY))),
            entry("Constant", one(OnnxMovement::constant)),
            entry("ConstantOfShape", one(c -> {
                Optional<TensorProto> value = c.attributes().tensor("value");
                Shape s = Shape.of(c.ints(0).orElseThrow(() -> c.unsupported("no shape")));
                return c.session().constant(s, value.map(TensorProto::dtype).orElse(DType.F32),
                        value.map(v -> v.values()[0]).orElse(0.0));
            })),
            entry("DepthToSpace", one(OnnxMovement::depthToSpace)),
            entry("Expand", one(c -> {
                Shape s = Shape.of(c.ints(1).orElseThrow(() -> c.unsupported("no shape")));
                return c.in(0).expandTo(Shape.broadcast("Expand", c.in(0).shape(), s)).map(Ops.IDENTITY);
            })),
            entry("EyeLike", one(c -> {
                int k = HostValues.clamped(c.attributes().integer("k", 0));
                DType type = c.attributes().integer("dtype").map(t -> ElementType.required(t).dtype())
                        .orElse(c.in(0).dtype());
                return c.session().constant(c.in(0).shape(), type, 1).triu(k).tril(k);
            })),
            entry("Flatten", one(c -> {
                Shape s = c.in(0).shape();
                int axis = HostValues.clamped(c.attributes().integer("axis", 1)), a = axis < 0 ? axis + s.rank() : axis;
                int rows = 1;
                for (int i = 0; i < a; i++) rows *= s.dim(i);
                int columns = 1;
                for (int i = a; i < s.rank(); i++) columns *= s.dim(i);
                return c.in(0).reshape(Shape.of(rows, columns)).map(Ops.IDENTITY);
            })),
            entry("Pad", one(OnnxMovement::pad)),
            entry("Range", one(OnnxMovement::range)),
            entry("Reshape", one(OnnxMovement::reshape)),
            entry("Shape", one(c -> {
                int[] dims = c.in(0).shape().dims();
                int from = within(c.attributes().integer("start", 0), dims.length),
                        to = within(c.attributes().integer("end", dims.length), dims.length);
                return longs(c, Arrays.stream(dims, from, Math.max(from, to)).asLongStream().toArray());
            })),
            entry("Size", one(c -> c.session().tensor(Shape.SCALAR, new long[] {c.in(0).shape().size()}))),
            entry("Slice", one(OnnxMovement::slice)),
            entry("SpaceToDepth", one(c -> {
                int b = HostValues.clamped(c.attributes().integer("blocksize", 1));
                int[] d = c.in(0).shape().dims();
                return c.in(0).reshape(d[0], d[1], d[2] / b, b, d[3] / b, b).permute(0, 3, 5, 1, 2, 4)
                        .reshape(d[0], d[1] * b * b, d[2] / b, d[3] / b).map(Ops.IDENTITY);
            })),
            entry("Split", OnnxMovement::split),
            entry("Squeeze", one(c -> {
                int[] axes = c.ints("axes", 1).orElse(new int[0]);
                return c.in(0).squeeze(axes).map(Ops.IDENTITY);
            })),
            entry("Tile", one(c -> c.in(0).tile(c.ints(1).orElseThrow(() -> c.unsupported("no repeats")))
                    .map(Ops.IDENTITY))),
            entry("Transpose", one(c -> {
                int rank = c.in(0).shape().rank();
                return c.in(0).permute(c.attributes().integers("perm")
                        .orElseGet(() -> IntStream.range(0, rank).map(i -> rank - 1 - i).toArray()))
                        .map(Ops.IDENTITY);
            })),
            entry("Trilu", one(c -> {
                int k = c.has(1) ? (int) c.number(1) : 0;
                return c.attributes().flag("upper", true) ? c.in(0).triu(k) : c.in(0).tril(k);
            })),
            entry("Unsqueeze", one(OnnxMovement::unsqueeze)));

    private OnnxMovement() {}

    private static int within(long end, int rank) {
        return Math.clamp(end < 0 ? end + rank : end, 0, rank);
    }

    private static Tensor longs(Call c, long[] v) {
        return c.session().tensor(v);
    }

    private static Tensor constant(Call c) {
        NodeAttributes a = c.attributes();
        Optional<TensorProto> value = a.tensor("value");
        if (value.isPresent()) {
            Tensor t = value.get().on(c.session());
            c.host().record(t, value.get());
            return t;
        }
        Optional<Double> number = a.number("value_float");
        if (number.isPresent()) return c.session().scalar(number.get());
        Optional<double[]> numbers = a.numbers("value_floats");
        if (numbers.isPresent())
            return c.session().tensor(Shape.of(numbers.get().length), DType.F32, numbers.get());
        Optional<Long> integer = a.integer("value_int");
        if (integer.isPresent()) return c.session().tensor(Shape.SCALAR, new long[] {integer.get()});
        return longs(c,
                a.longs("value_ints").orElseThrow(() -> c.unsupported("a constant that is no tensor or number")));
    }

    private static Tensor depthToSpace(Call c) {
        int b = HostValues.clamped(c.attributes().integer("blocksize", 1));
        int[] d = c.in(0).shape().dims();
        int depth = d[1] / (b * b);
        String mode = c.attributes().text("mode", "DCR");
        Tensor moved = switch (mode) {
            case "DCR" -> c.in(0).reshape(d[0], b, b, depth, d[2], d[3]).permute(0, 3, 4, 1, 5, 2);
            case "CRD" -> c.in(0).reshape(d[0], depth, b, b, d[2], d[3]).permute(0, 1, 4, 2, 5, 3);
            default -> throw c.unsupported("mode '" + mode + "'");
        };
        return moved.reshape(d[0], depth, d[2] * b, d[3] * b).map(Ops.IDENTITY);
    }

    /** Counts before each axis and then after each; negative ones cut off. */
    private static Tensor pad(Call c) {
        Tensor x = c.in(0);
        int[] counts = c.ints("pads", 1).orElseThrow(() -> c.unsupported("no pads"));
        int[] axes = c.ints(3).map(a -> OnnxReductions.from0(a, x.shape().rank()))
                .orElseGet(() -> IntStream.range(0, x.shape().rank()).toArray());
        String mode = c.attributes().text("mode", "constant");
        double value = c.attributes().number("value", 0);
        if (c.has(2)) value = c.number(2);
        Tensor t = x;
        for (int i = 0; i < axes.length; i++) {
            int a = axes[i], before = counts[i], after = counts[i + axes.length], d = x.shape().dim(a);
            t = switch (mode) {
                case "constant" -> t.pad(a, before, after, value);
                case "edge" -> taken(c, t, a, before, after, k -> Math.clamp(k, 0, d - 1));
                case "reflect" -> taken(c, t, a, before, after, k -> reflected(k, d));
                case "wrap" -> taken(c, t, a, before, after, k -> Math.floorMod(k, d));
                default -> throw c.unsupported("mode '" + mode + "'");
            };
        }
        return t.map(Ops.IDENTITY);
    }

    /** Mirrored at the ends, which are not repeated, as often as need be. */
    private static long reflected(long k, int d) {
        if (d == 1) return 0;
        long m = Math.floorMod(k, 2L * (d - 1));
        return m < d ? m : 2L * (d - 1) - m;
    }

    private static Tensor taken(Call c, Tensor t, int axis, int before, int after, LongUnaryOperator from) {
        return t.indexSelect(axis,
                longs(c, IntStream.range(-before, t.shape().dim(axis) + after).asLongStream().map(from).toArray()));
    }

    private static Tensor range(Call c) {
        double start = c.number(0), limit = c.number(1), delta = c.number(2);
        int n = (int) Math.max(0, Math.ceil((limit - start) / delta));
        c.attributes().ignore("stash_type");
        return c.session().arange(n).to(c.in(0).dtype()).times(c.in(2)).plus(c.in(0));
    }

    /** 0 keeps an extent, unless {@code allowzero}; -1 takes what is left. */
    private static Tensor reshape(Call c) {
        int[] d = c.ints("shape", 1).orElseThrow(() -> c.unsupported("no shape"));
        boolean zero = c.attributes().flag("allowzero", false);
        Shape s = c.in(0).shape();
        for (int i = 0; i < d.length; i++) if (d[i] == 0 && !zero) d[i] = s.dim(i);
        return c.in(0).reshape(d).map(Ops.IDENTITY);
    }

    private static Tensor slice(Call c) {
        Tensor t = c.in(0);
        int[] starts = c.ints("starts", 1).orElseThrow(() -> c.unsupported("no starts")),
                ends = c.ints("ends", 2).orElseThrow(() -> c.unsupported("no ends")),
                axes = c.ints("axes", 3).orElseGet(() -> IntStream.range(0, starts.length).toArray()),
                steps = c.ints(4).orElseGet(() -> IntStream.range(0, starts.length).map(_ -> 1).toArray());
        for (int i = 0; i < axes.length; i++) t = sliced(t, axes[i], starts[i], ends[i], steps[i]);
        return t.map(Ops.IDENTITY);
    }

    /** As NumPy's {@code start:end:step}. */
    private static Tensor sliced(Tensor t, int axis, long start, long end, int step) {
        int d = t.shape().dim(axis);
        if (step > 0) return t.slice(axis, (int) start, (int) end, step);
        long s = Math.clamp(start < 0 ? start + d : start, -1, d - 1),
                e = Math.clamp(end < 0 ? end + d : end, -1, d - 1);
        int n = (int) Math.max(0, Math.ceilDiv(s - e, -(long) step));
        if (n == 0) return t.slice(axis, 0, 0);
        int last = (int) (s + (n - 1L) * step);
        return t.slice(axis, last, (int) s + 1, n == 1 ? 1 : -step).flip(axis);
    }

    /** Parts of given lengths, or as many as asked for, all of one length but the last, which may be shorter. */
    private static List<Tensor> split(Call c) {
        int axis = HostValues.clamped(c.attributes().integer("axis", 0)), d = c.in(0).shape().dim(axis);
        int parts = HostValues.clamped(c.attributes().integer("num_outputs", c.outputs()));
        int each = Math.ceilDiv(d, parts);
        int[] lengths = c.ints("split", 1).orElseGet(
                () -> IntStream.range(0, parts).map(i -> Math.clamp(d - (long) i * each, 0, each)).toArray());
        return c.in(0).split(axis, lengths).stream().map(t -> t.map(Ops.IDENTITY)).toList();
    }

    private static Tensor unsqueeze(Call c) {
        int[] axes = c.ints("axes", 1).orElseThrow(() -> c.unsupported("no axes"));
        Tensor t = c.in(0);
        for (int a : Arrays.stream(OnnxReductions.from0(axes, t.shape().rank() + axes.length)).sorted().toArray())
            t = t.unsqueeze(a);
        return t.map(Ops.IDENTITY);
    }
}
