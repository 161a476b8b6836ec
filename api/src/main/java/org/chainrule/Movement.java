package org.chainrule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.chainrule.expr.Expr;
import org.chainrule.graph.Op;

/** The nodes of {@link Tensor}'s movement methods: the same elements in other places. */
final class Movement {
    private Movement() {}

    static Tensor reshape(Tensor source, int... dims) {
        int[] d = dims.clone();
        int free = -1;
        long known = 1;
        for (int i = 0; i < d.length; i++) {
            if (d[i] == -1 && free < 0) free = i;
            else if (d[i] < 0) throw new ShapeMismatchException("reshape: extents " + Arrays.toString(dims)
                    + " of shape " + source.shape() + ": one -1 at most, and nothing below it");
            else known *= d[i];
        }
        if (free >= 0) {
            if (known == 0 || source.shape().size() % known != 0)
                throw new ShapeMismatchException("reshape: shape " + source.shape()
                        + " with " + source.shape().size() + " elements does not fit " + Arrays.toString(dims));
            d[free] = Math.toIntExact(source.shape().size() / known);
        }
        return source.reshape(Shape.of(d));
    }

    static Tensor reshape(Tensor source, Shape to) {
        if (to.size() != source.shape().size()) throw new ShapeMismatchException(
                "reshape: shape " + source.shape() + " has " + source.shape().size() + " elements, " + to + " has "
                        + to.size());
        if (to.equals(source.shape())) return source;
        if (source.op() instanceof Op.Constant(double v)) return source.constant(to, v);
        if (source.op() instanceof Op.Reshape) return source.inputs().getFirst().reshape(to);
        return source.node(new Op.Reshape(), to, source);
    }

    static Tensor permute(Tensor source, int... order) {
        int[] o = Arrays.stream(order).map(a -> source.shape().axis("permute", a)).toArray();
        int[] sorted = o.clone();
        Arrays.sort(sorted);
        boolean complete = o.length == source.shape().rank(), same = true;
        for (int i = 0; complete && i < sorted.length; i++) complete = sorted[i] == i;
        if (!complete) throw new ShapeMismatchException(
                "permute: " + Arrays.toString(order) + " does not name each axis of shape " + source.shape() + " once");
        int[] d = new int[o.length];
        for (int i = 0; i < o.length; i++) {
            d[i] = source.shape().dim(o[i]);
            same &= o[i] == i;
        }
        if (same) return source;
        if (source.op() instanceof Op.Constant(double v)) return source.constant(Shape.of(d), v);
        if (source.op() instanceof Op.Permute(List<Integer> inner))
            return source.inputs().getFirst().permute(Arrays.stream(o).map(inner::get).toArray());
        return source.node(new Op.Permute(Tensor.list(o)), Shape.of(d), source);
    }

    static Tensor transpose(Tensor source, int a, int b) {
        if (source.shape().rank() == 0) return source;
        int[] order = Axes.all().in("transpose", source.shape());
        order[source.shape().axis("transpose", a)] = source.shape().axis("transpose", b);
        order[source.shape().axis("transpose", b)] = source.shape().axis("transpose", a);
        return source.permute(order);
    }

    static Tensor expand(Tensor source, int... to) {
        int[] d = to.clone();
        int lead = d.length - source.shape().rank();
        for (int i = 0; i < d.length; i++) if (d[i] == -1 && i >= lead) d[i] = source.shape().dim(i - lead);
        return source.expandTo(Shape.of(d));
    }

    static Tensor expandTo(Tensor source, Shape to) {
        if (to.equals(source.shape())) return source;
        if (to.rank() < source.shape().rank() || !Shape.broadcast("expand", source.shape(), to).equals(to))
            throw new ShapeMismatchException("expand: shape " + source.shape() + " does not broadcast to " + to);
        if (source.op() instanceof Op.Constant(double v)) return source.constant(to, v);
        Tensor t = source;
        if (to.rank() > source.shape().rank()) {
            int[] d = new int[to.rank()];
            Arrays.fill(d, 1);
            System.arraycopy(source.shape().dims(), 0, d, to.rank() - source.shape().rank(), source.shape().rank());
            t = source.reshape(Shape.of(d));
        }
        return to.equals(t.shape()) ? t : t.node(new Op.Expand(), to, t);
    }

    static Tensor squeeze(Tensor source, int... axes) {
        int[] a = Arrays.stream(axes.length == 0 ? Axes.all().in("squeeze", source.shape()) : axes)
                .map(i -> source.shape().axis("squeeze", i))
                .filter(i -> source.shape().dim(i) == 1).toArray();
        return source.reshape(source.shape().without(a));
    }

    static Tensor unsqueeze(Tensor source, int axis) {
        int a = axis < 0 ? axis + source.shape().rank() + 1 : axis;
        if (a < 0 || a > source.shape().rank())
            throw new ShapeMismatchException("unsqueeze: axis " + axis + " cannot be put into shape " + source.shape());
        int[] d = new int[source.shape().rank() + 1];
        for (int i = 0; i < d.length; i++)
            d[i] = i < a ? source.shape().dim(i) : i == a ? 1 : source.shape().dim(i - 1);
        return source.reshape(Shape.of(d));
    }

    static Tensor flatten(Tensor source, int from, int to) {
        if (source.shape().rank() == 0) return source.reshape(1);
        int f = source.shape().axis("flatten", from), t = source.shape().axis("flatten", to);
        if (f > t)
            throw new ShapeMismatchException(
                    "flatten: axis " + from + " is behind axis " + to + " in shape " + source.shape());
        int[] d = new int[source.shape().rank() - (t - f)];
        int n = 1;
        for (int i = f; i <= t; i++) n *= source.shape().dim(i);
        for (int i = 0; i < d.length; i++)
            d[i] = i < f ? source.shape().dim(i) : i == f ? n : source.shape().dim(i + t - f);
        return source.reshape(Shape.of(d));
    }

    static Tensor slice(Tensor source, int axis, int start, int end, int step) {
        int a = source.shape().axis("slice", axis), d = source.shape().dim(a);
        if (step < 1)
            throw new InvalidArgumentException("slice: step " + step + " is not positive; flip reverses an axis");
        int s = Math.clamp(start < 0 ? (long) start + d : start, 0, d),
                e = Math.clamp(end < 0 ? (long) end + d : end, s, d);
        int n = Math.ceilDiv(e - s, step);
        if (n == d && step == 1) return source;
        int[] starts = new int[source.shape().rank()], steps = new int[source.shape().rank()];
        Arrays.fill(steps, 1);
        starts[a] = s;
        steps[a] = step;
        return sliced(source, source.shape().with(a, n), starts, steps);
    }

    private static Tensor sliced(Tensor source, Shape to, int[] starts, int[] steps) {
        if (source.op() instanceof Op.Constant(double v)) return source.constant(to, v);
        return source.node(new Op.Slice(Tensor.list(starts), Tensor.list(steps)), to, source);
    }

    static Tensor narrow(Tensor source, int axis, int start, int length) {
        int d = source.shape().dim(source.shape().axis("narrow", axis));
        if (start < 0 || length < 0 || start + length > d) throw new ShapeMismatchException("narrow: elements " + start
                + " to " + (start + length) + " are not within axis " + axis + " of shape " + source.shape());
        return source.slice(axis, start, start + length, 1);
    }

    static Tensor select(Tensor source, int axis, int index) {
        int d = source.shape().dim(source.shape().axis("select", axis)), i = index < 0 ? index + d : index;
        if (i < 0 || i >= d) throw new ShapeMismatchException(
                "select: index " + index + " is not within axis " + axis + " of shape " + source.shape());
        return source.narrow(axis, i, 1).squeeze(source.shape().axis("select", axis));
    }

    static Tensor flip(Tensor source, int... axes) {
        int[] starts = new int[source.shape().rank()], steps = new int[source.shape().rank()];
        Arrays.fill(steps, 1);
        for (int axis : axes) {
            int a = source.shape().axis("flip", axis);
            starts[a] = Math.max(0, source.shape().dim(a) - 1);
            steps[a] = -1;
        }
        return sliced(source, source.shape(), starts, steps);
    }

    static Tensor pad(Tensor source, int axis, int before, int after, double value) {
        int a = source.shape().axis("pad", axis);
        long left = source.shape().dim(a) + Math.min(0L, before) + Math.min(0L, after);
        if (left < 0) throw new ShapeMismatchException("pad: " + before + " before and " + after
                + " after cut more than there is off axis " + axis + " of shape " + source.shape());
        Tensor t = source.slice(a, Math.max(0, -before), source.shape().dim(a) - Math.max(0, -after), 1);
        int b = Math.max(0, before), n = t.shape().dim(a);
        if (b == 0 && after <= 0) return t;
        int[] starts = new int[source.shape().rank()], steps = new int[source.shape().rank()];
        Arrays.fill(steps, 1);
        starts[a] = b;
        Shape to = t.shape().with(a, b + n + Math.max(0, after));
        if (value == 0) return t.embedded(to, Tensor.list(starts), Tensor.list(steps));
        return Tensor.concat(a, source.constant(t.shape().with(a, b), value), t,
                source.constant(t.shape().with(a, Math.max(0, after)), value));
    }

    static Tensor concat(int axis, Tensor... parts) {
        if (parts.length == 0) throw new InvalidArgumentException("concat needs at least one tensor");
        for (Tensor p : parts) Tensor.requireSameType("concat", parts[0].dtype(), p.dtype());
        Shape first = parts[0].shape();
        int a = first.axis("concat", axis), n = 0;
        for (Tensor p : parts) {
            if (p.shape().rank() != first.rank() || !p.shape().with(a, 0).equals(first.with(a, 0)))
                throw new ShapeMismatchException(
                        "concat: shapes " + first + " and " + p.shape() + " differ beside axis " + axis);
            n += p.shape().dim(a);
        }
        Tensor[] live = Arrays.stream(parts).filter(p -> p.shape().dim(a) > 0).toArray(Tensor[]::new);
        if (live.length == 0) return parts[0];
        return live.length == 1 ? live[0] : live[0].node(new Op.Concat(a), first.with(a, n), live);
    }

    static Tensor stack(int axis, Tensor... parts) {
        return Tensor.concat(axis < 0 && parts.length > 0 ? axis + parts[0].shape().rank() + 1 : axis,
                Arrays.stream(parts).map(p -> p.unsqueeze(axis)).toArray(Tensor[]::new));
    }

    static List<Tensor> split(Tensor source, int axis, int... lengths) {
        if (Arrays.stream(lengths).sum() != source.shape().dim(source.shape().axis("split", axis)))
            throw new ShapeMismatchException(
                    "split: lengths " + Arrays.toString(lengths) + " do not add up to axis " + axis + " of shape "
                            + source.shape());
        List<Tensor> parts = new ArrayList<>();
        int at = 0;
        for (int n : lengths) {
            parts.add(source.narrow(axis, at, n));
            at += n;
        }
        return parts;
    }

    static List<Tensor> chunk(Tensor source, int axis, int n) {
        if (n < 1) throw new InvalidArgumentException("chunk: " + n + " parts; at least 1 is needed");
        int d = source.shape().dim(source.shape().axis("chunk", axis)), each = Math.max(1, Math.ceilDiv(d, n));
        List<Tensor> parts = new ArrayList<>();
        for (int at = 0; at < d; at += each) parts.add(source.narrow(axis, at, Math.min(each, d - at)));
        return parts;
    }

    static Tensor roll(Tensor source, int axis, int shift) {
        int d = source.shape().dim(source.shape().axis("roll", axis));
        if (d == 0) return source;
        int s = Math.floorMod(shift, d);
        return s == 0 ? source : Tensor.concat(axis, source.narrow(axis, d - s, s), source.narrow(axis, 0, d - s));
    }

    static Tensor tile(Tensor source, int... times) {
        int rank = Math.max(times.length, source.shape().rank());
        int[] d = new int[2 * rank], e = new int[2 * rank], f = new int[rank];
        for (int i = 0; i < rank; i++) {
            int n = i < rank - source.shape().rank() ? 1 : source.shape().dim(i - (rank - source.shape().rank())),
                    t = i < rank - times.length ? 1 : times[i - (rank - times.length)];
            d[2 * i] = 1;
            d[2 * i + 1] = n;
            e[2 * i] = t;
            e[2 * i + 1] = n;
            f[i] = Math.multiplyExact(t, n);
        }
        return source.reshape(Shape.of(d)).expandTo(Shape.of(e)).reshape(Shape.of(f));
    }

    static Tensor repeatInterleave(Tensor source, int axis, int times) {
        int a = source.shape().axis("repeatInterleave", axis);
        int[] e = source.unsqueeze(a + 1).shape().dims();
        e[a + 1] = times;
        return source.unsqueeze(a + 1).expandTo(Shape.of(e))
                .reshape(source.shape().with(a, source.shape().dim(a) * times));
    }

    static Tensor tril(Tensor source, int k) {
        return triangle(source, "tril",
                Expr.of(-k).plus(new Expr.Index(source.shape().axis("tril", -1)))
                        .le(new Expr.Index(source.shape().axis("tril", -2))));
    }

    static Tensor triu(Tensor source, int k) {
        return triangle(source, "triu",
                new Expr.Index(source.shape().axis("triu", -2))
                        .le(Expr.of(-k).plus(new Expr.Index(source.shape().axis("triu", -1)))));
    }

    private static Tensor triangle(Tensor source, String name, Expr kept) {
        if (source.op() instanceof Op.Constant(double v) && v == 0) return source;
        Tensor x = source.isConstant() ? source.session().materialised(source) : source;
        return Tensor.map(name, kept.where(Expr.arg(0), Expr.of(0)), x);
    }

    static Tensor diagonal(Tensor source) {
        if (source.shape().rank() != 2)
            throw new ShapeMismatchException("diagonal: shape " + source.shape() + " is not a matrix");
        int n = source.shape().dim(1), k = Math.min(source.shape().dim(0), n);
        return k == 0 ? source.reshape(0) : source.flatten().slice(0, 0, (k - 1) * (n + 1) + 1, n + 1);
    }

    static Tensor unfold(Tensor source, int axis, int size, int step) {
        int a = source.shape().axis("unfold", axis), n = (source.shape().dim(a) - size) / step + 1;
        if (size < 1 || step < 1 || size > source.shape().dim(a)) throw new ShapeMismatchException(
                "unfold: windows of " + size + " by " + step + " do not fit axis " + axis + " of shape "
                        + source.shape());
        Tensor[] at = new Tensor[size];
        for (int i = 0; i < size; i++) at[i] = source.slice(a, i, i + (n - 1) * step + 1, step);
        return Tensor.stack(-1, at);
    }
}
