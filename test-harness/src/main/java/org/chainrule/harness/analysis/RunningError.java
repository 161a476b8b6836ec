package org.chainrule.harness.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Expr;
import org.chainrule.graph.Op;
import org.chainrule.harness.Target;

/**
 * Running error analysis of a graph (Wilkinson; Higham, "Accuracy and Stability of Numerical Algorithms", 3.3): for each
 * element of a tensor its value in double precision and every value that computing it in an {@link Arithmetic} may give.
 * Errors of arguments are carried through each function by its values at the ends of their intervals, so no term of any
 * order is dropped; sums and products of n terms may be taken in any order and are off by {@code γₙ₋₁ Σ|terms|}; where the
 * outcome of a comparison is not certain both branches count. Random numbers are the {@linkplain HostRandom host's}.
 */
public final class RunningError {
    /**
     * The elements of a tensor, row-major.
     *
     * @param value in double precision
     * @param range every value that the arithmetic may give
     */
    record Elements(Shape shape, double[] value, Interval[] range) {
        Elements(Shape shape) {
            this(shape, new double[Math.toIntExact(shape.size())], new Interval[Math.toIntExact(shape.size())]);
        }

        void set(int i, double v, Interval r) {
            value[i] = v;
            range[i] = r;
        }

        Elements as(Shape other) {
            return new Elements(other, value, range);
        }
    }

    private final Function<DType, Arithmetic> arithmetic;
    private final Map<Tensor, Elements> known = new IdentityHashMap<>();

    private RunningError(Function<DType, Arithmetic> arithmetic) {
        this.arithmetic = arithmetic;
    }

    /** An analysis of what {@code session} may give: {@code reference} computes in double precision whatever the dtype. */
    public static RunningError on(Session session) {
        return Target.isExact(session.backend()) ? in(Arithmetic.F64) : ofEachDtype();
    }

    /**
     * An analysis of each tensor in the arithmetic of its dtype; it remembers as {@link #in} does. Whole numbers are exact as
     * far as doubles hold them.
     */
    public static RunningError ofEachDtype() {
        return new RunningError(type -> type == DType.F64 || type.isInteger() ? Arithmetic.F64 : Arithmetic.F32);
    }

    /** An analysis in {@code arithmetic}; it remembers the tensors it has been asked about, and asks the host once for each of its scalars. */
    public static RunningError in(Arithmetic arithmetic) {
        return new RunningError(_ -> arithmetic);
    }

    /**
     * The analysis that follows where each key of {@code assigned} has been given its value: the key's elements are in
     * double precision what those of the value are here, and may be all that those may be. All other leaves are read anew.
     */
    public RunningError after(Map<Tensor, Tensor> assigned) {
        RunningError next = new RunningError(arithmetic);
        assigned.forEach((target, value) -> next.known.put(target, of(value)));
        return next;
    }

    /** Takes {@code values} for the elements of {@code leaf}: what was written to it, whatever the device holds now. */
    public RunningError given(Tensor leaf, double... values) {
        known.put(leaf, exact(leaf.shape(), values));
        return this;
    }

    /** The bound of each element, row-major. */
    public List<Bound> bounds(Tensor t) {
        Elements e = of(t);
        List<Bound> r = new ArrayList<>();
        for (int i = 0; i < e.value.length; i++) {
            Interval x = e.range[i];
            r.add(new Bound(x.isEmpty() ? Double.NaN : x.lo(), e.value[i], x.isEmpty() ? Double.NaN : x.hi(), x.nan()));
        }
        return r;
    }

    Elements of(Tensor t) {
        Elements seen = known.get(t);
        if (seen != null) return seen;
        Elements made = analyse(t);
        if (t.dtype().isInteger()) wrap(t.dtype(), made);
        known.put(t, made);
        return made;
    }

    private Elements analyse(Tensor t) {
        List<Tensor> in = t.inputs();
        Shape s = t.shape();
        Arithmetic arithmetic = this.arithmetic.apply(t.dtype());
        return switch (t.op()) {
            case Op.Leaf _ -> exact(s, t.toDoubles());
            case Op.HostScalar(DoubleSupplier value) -> supplied(arithmetic, t, value.getAsDouble());
            case Op.Random(Op.Distribution d, Rng rng, long stream) ->
                    exact(s, HostRandom.of(d, t.dtype(), rng.seed(), stream, Math.toIntExact(s.size())));
            case Op.Constant(double v) -> filled(s, t.dtype().isFloat() ? v : t.dtype().round(v),
                    Interval.of(t.dtype().isFloat() ? arithmetic.nearest(v) : t.dtype().round(v)));
            case Op.Map(String _, Expr e) -> map(this.arithmetic.apply(operands(t)), s, e,
                    in.stream().map(this::of).toList());
            case Op.Cast _ -> cast(arithmetic, t, of(in.getFirst()));
            case Op.Reduce(Op.Reduction kind, List<Integer> axes) ->
                    Reductions.reduce(arithmetic, kind, axes, of(in.getFirst()), s);
            case Op.ArgReduce(boolean greatest, int axis) -> Reductions.argReduce(greatest, axis, of(in.getFirst()), s);
            case Op.CumulativeSum(int axis) -> Reductions.cumulativeSum(arithmetic, axis, of(in.getFirst()));
            case Op.MatMul _ -> Reductions.matmul(arithmetic, of(in.getFirst()), of(in.getLast()), s);
            case Op.ScatterAdd(int axis) ->
                    Reductions.scatterAdd(arithmetic, axis, of(in.getFirst()), of(in.getLast()), s);
            case Op.Permute(List<Integer> order) -> moved(s, of(in.getFirst()), (to, from) -> {
                for (int a = 0; a < to.length; a++) from[order.get(a)] = to[a];
            });
            case Op.Expand _ -> moved(s, of(in.getFirst()), (to, from) -> {
                for (int a = 0; a < to.length; a++) from[a] = in.getFirst().shape().dim(a) == 1 ? 0 : to[a];
            });
            case Op.Slice(List<Integer> start, List<Integer> step) -> moved(s, of(in.getFirst()), (to, from) -> {
                for (int a = 0; a < to.length; a++) from[a] = start.get(a) + to[a] * step.get(a);
            });
            case Op.Reshape _, Op.StopGradient _ -> of(in.getFirst()).as(s);
            case Op.Embed(List<Integer> start, List<Integer> step) -> embed(s, start, step, of(in.getFirst()));
            case Op.Concat(int axis) -> concat(s, axis, in.stream().map(this::of).toList());
            case Op.Gather(int axis) -> Reductions.gather(axis, of(in.getFirst()), of(in.getLast()), s);
            case Op.Composite(String _, List<Double> _, Tensor body, Op.GradientRule _) -> of(body);
        };
    }

    /** The dtype that a formula computes in: a comparison's is that of what is compared. */
    private static DType operands(Tensor t) {
        return t.dtype() != DType.BOOL ? t.dtype()
                : t.inputs().stream().map(Tensor::dtype).filter(d -> d != DType.BOOL).findFirst().orElse(DType.BOOL);
    }

    private static Elements exact(Shape s, double[] values) {
        return new Elements(s, values, Arrays.stream(values).mapToObj(Interval::of).toArray(Interval[]::new));
    }

    private static Elements supplied(Arithmetic arithmetic, Tensor t, double v) {
        return filled(t.shape(), v, Interval.of(arithmetic.nearest(t.dtype().round(v))));
    }

    private static Elements filled(Shape s, double v, Interval range) {
        Elements r = new Elements(s);
        Arrays.fill(r.value, v);
        Arrays.fill(r.range, range);
        return r;
    }

    private static Elements map(Arithmetic arithmetic, Shape s, Expr e, List<Elements> in) {
        Elements r = new Elements(s);
        ExprIntervals formula = new ExprIntervals(e, arithmetic);
        Places.each(s, (i, at) -> {
            formula.evaluate(in, i, at);
            r.set(i, formula.value(), formula.range());
        });
        return r;
    }

    private static Elements cast(Arithmetic arithmetic, Tensor t, Elements in) {
        DType to = t.dtype();
        Elements r = new Elements(t.shape());
        for (int i = 0; i < r.value.length; i++) {
            double v = in.value[i];
            Interval x = in.range[i];
            switch (to) {
                case F32, F64 -> r.set(i, v, arithmetic.rounded(x, true));
                case F16, BF16 -> r.set(i, to.round(v), x.isEmpty() ? x : stored(to, x).orNaN(x.nan()));
                case I32, I64, BOOL -> {
                    Interval whole = x.isEmpty() ? Interval.of(to.round(Double.NaN)) : stored(to, x);
                    r.set(i, to.round(v), x.lo() < 0 && x.hi() > 0 ? whole.or(Interval.of(0)) : whole);
                }
            }
        }
        return r;
    }

    /** Integers wrap: what is beyond their range and not known exactly may be any of them. */
    private static void wrap(DType type, Elements e) {
        for (int i = 0; i < e.value.length; i++) {
            Interval x = e.range[i];
            if (fits(type, x)) continue;
            boolean known = x.isPoint() && Math.abs(x.lo()) <= 0x1p53;
            e.set(i, type.round(e.value[i]), known ? Interval.of(type.round(x.lo())) : any(type));
        }
    }

    private static boolean fits(DType type, Interval x) {
        return x.lo() >= any(type).lo() && x.hi() <= any(type).hi();
    }

    private static Interval any(DType type) {
        return type == DType.I32 ? new Interval(Integer.MIN_VALUE, Integer.MAX_VALUE, false)
                : new Interval(Long.MIN_VALUE, Long.MAX_VALUE, false);
    }

    private static Interval stored(DType to, Interval x) {
        boolean wraps = to == DType.I32 && x.lo() != x.hi() && !fits(to, x);
        return wraps ? any(to) : Interval.hull(to.round(x.lo()), to.round(x.hi()));
    }

    /** Tells for a place of the result the place of the input that stands there. */
    private interface Source {
        void find(int[] to, int[] from);
    }

    private static Elements moved(Shape s, Elements in, Source source) {
        Elements r = new Elements(s);
        int[] from = new int[in.shape.rank()];
        Places.each(s, (i, at) -> {
            source.find(at, from);
            int k = Places.of(in.shape, from);
            r.set(i, in.value[k], in.range[k]);
        });
        return r;
    }

    private static Elements embed(Shape s, List<Integer> start, List<Integer> step, Elements in) {
        Elements r = filled(s, 0, Interval.of(0));
        int[] to = new int[s.rank()];
        Places.each(in.shape, (i, at) -> {
            for (int a = 0; a < to.length; a++) to[a] = start.get(a) + at[a] * step.get(a);
            r.set(Places.of(s, to), in.value[i], in.range[i]);
        });
        return r;
    }

    private static Elements concat(Shape s, int axis, List<Elements> parts) {
        Elements r = new Elements(s);
        int before = 0;
        for (Elements part : parts) {
            int offset = before;
            Places.each(part.shape, (i, at) -> r.set(Places.of(s, Places.moved(at, axis, at[axis] + offset)),
                    part.value[i], part.range[i]));
            before += part.shape.dim(axis);
        }
        return r;
    }
}
