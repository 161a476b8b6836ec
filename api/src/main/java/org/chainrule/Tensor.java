package org.chainrule;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.chainrule.expr.Expr;
import org.chainrule.expr.Ops;
import org.chainrule.expr.Pointwise;
import org.chainrule.graph.Op;
import org.chainrule.spi.Buffer;

/**
 * A node of a graph: an op, its inputs, and the shape and dtype of its value. Making one checks shapes, dtypes and
 * arguments and computes nothing; the value is computed when it is observed ({@link #item()}, {@link #toFloats()}, …),
 * by an optimizer's step or in a compiled step. Binary ops broadcast as NumPy does; both sides must have the same
 * dtype (a Java number takes the tensor's), and {@link #to} converts. Not thread-safe: a session and its tensors belong
 * to one thread at a time.
 */
public final class Tensor {
    private final Session session;
    private final Op op;
    private final List<Tensor> inputs;
    private final Shape shape;
    private final DType dtype;
    private final Origin origin;
    private final Optional<String> label;
    private Buffer buffer = Buffer.NONE;

    Tensor(Session session, Op op, Shape shape, DType dtype, Tensor... inputs) {
        this(session, op, Optional.empty(), shape, dtype, inputs);
    }

    private Tensor(Session session, Op op, Optional<String> label, Shape shape, DType dtype, Tensor... inputs) {
        if (shape.size() > Integer.MAX_VALUE) throw new ShapeMismatchException("a tensor of shape " + shape
                + " would have " + shape.size() + " elements; the most is " + Integer.MAX_VALUE);
        session.requireOpen();
        this.session = session;
        this.op = op;
        this.label = label;
        this.inputs = List.of(inputs);
        this.shape = shape;
        this.dtype = dtype;
        this.origin = Origin.here();
        for (Tensor t : inputs) if (t.session != session) throw new InvalidArgumentException(
                name() + ": an input belongs to another session; make all tensors of a graph in one");
    }

    // ---- the node

    public Session session() {
        return session;
    }

    public Op op() {
        return op;
    }

    public List<Tensor> inputs() {
        return inputs;
    }

    public Shape shape() {
        return shape;
    }

    public DType dtype() {
        return dtype;
    }

    /** The caller's line that made this node. */
    public Origin origin() {
        return origin;
    }

    /** Where the value lives, {@link Buffer#NONE} while it has not been computed. */
    public Buffer buffer() {
        return buffer;
    }

    void buffer(Buffer value) {
        buffer = value;
    }

    /** The op's name as messages give it. */
    public String name() {
        return label.orElseGet(this::opName);
    }

    private String opName() {
        return switch (op) {
            case Op.Map m -> m.name();
            case Op.Composite c -> c.name();
            case Op.Leaf l -> l.label();
            case Op.Reduce r -> r.kind().name().toLowerCase(Locale.ROOT);
            default -> op.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        };
    }

    Tensor node(Op op, Shape shape, Tensor... inputs) {
        return new Tensor(session, op, shape, dtype, inputs);
    }

    Tensor constant(Shape shape, double value) {
        return session.constant(shape, dtype, value);
    }

    boolean isConstant() {
        return op instanceof Op.Constant;
    }

    // ---- element by element

    /** {@code op} of each element. */
    public Tensor map(Pointwise op) {
        return map(op, this);
    }

    /** {@code op} of the elements of {@code args}, broadcast together; all args have the same dtype. */
    public static Tensor map(Pointwise op, Tensor... args) {
        if (args.length != op.arity())
            throw new InvalidArgumentException(op.name() + " takes " + op.arity() + " arguments, not " + args.length);
        return map(op.name(), op.forward(), args);
    }

    static Tensor map(String name, Expr expr, Tensor... args) {
        return Mapping.node(name, expr, args);
    }

    static void requireSameType(String name, DType a, DType b) {
        if (a != b) throw new InvalidArgumentException(name + ": dtypes " + a + " and " + b
                + " differ; convert one, as in x.to(DType." + (a.loses(b) ? b : a) + ")");
    }

    private Tensor map2(Pointwise op, Tensor o) {
        return map(op, this, o);
    }

    private Tensor like(double v) {
        if (dtype.isInteger() && v != Math.rint(v)) throw new InvalidArgumentException(
                "the number " + v + " is not a " + dtype + "; convert the tensor, as in x.to(DType.F32)");
        return session.constant(Shape.SCALAR, dtype.arithmetic(), v);
    }

    public Tensor plus(Tensor o) {
        return map2(Ops.ADD, o);
    }

    public Tensor plus(double v) {
        return plus(like(v));
    }

    public Tensor minus(Tensor o) {
        return map2(Ops.SUB, o);
    }

    public Tensor minus(double v) {
        return minus(like(v));
    }

    public Tensor times(Tensor o) {
        return map2(Ops.MUL, o);
    }

    public Tensor times(double v) {
        return times(like(v));
    }

    /**
     * The quotients. Those of whole numbers are cut off toward zero and computed in 64 bits: by 0 they are the greatest, the least number or 0, by
     * the sign of what is divided, and the least number by -1 is itself. {@link DType#I32} keeps the low 32 bits of that, so a positive number
     * by 0 is -1 there and others are 0. It is the same on every backend, and none traps.
     */
    public Tensor over(Tensor o) {
        return map2(Ops.DIV, o);
    }

    public Tensor over(double v) {
        return over(like(v));
    }

    /** The greater of both, NaN where either is; a tie gives half of the gradient to each. */
    public Tensor maximum(Tensor o) {
        return map2(Ops.MAXIMUM, o);
    }

    public Tensor maximum(double v) {
        return maximum(like(v));
    }

    /** The lesser of both, NaN where either is; a tie gives half of the gradient to each. */
    public Tensor minimum(Tensor o) {
        return map2(Ops.MINIMUM, o);
    }

    public Tensor minimum(double v) {
        return minimum(like(v));
    }

    public Tensor pow(Tensor exponent) {
        return map2(Ops.POW, exponent);
    }

    public Tensor pow(double exponent) {
        return exponent == 2 ? square() : exponent == 1 ? map(Ops.IDENTITY) : pow(like(exponent));
    }

    /** The angle of the point ({@code x}, this), in radians. */
    public Tensor atan2(Tensor x) {
        return map2(Ops.ATAN2, x);
    }

    public Tensor lt(Tensor o) {
        return map2(Ops.LT, o);
    }

    public Tensor lt(double v) {
        return lt(like(v));
    }

    public Tensor le(Tensor o) {
        return map2(Ops.LE, o);
    }

    public Tensor le(double v) {
        return le(like(v));
    }

    public Tensor gt(Tensor o) {
        return o.lt(this);
    }

    public Tensor gt(double v) {
        return gt(like(v));
    }

    public Tensor ge(Tensor o) {
        return o.le(this);
    }

    public Tensor ge(double v) {
        return ge(like(v));
    }

    public Tensor eq(Tensor o) {
        return map2(Ops.EQ, o);
    }

    public Tensor eq(double v) {
        return eq(like(v));
    }

    public Tensor ne(Tensor o) {
        return map2(Ops.NE, o);
    }

    public Tensor ne(double v) {
        return ne(like(v));
    }

    public Tensor and(Tensor o) {
        return map2(Ops.AND, o);
    }

    public Tensor or(Tensor o) {
        return map2(Ops.OR, o);
    }

    public Tensor not() {
        return map(Ops.NOT);
    }

    /** {@code then} where this (bool) is true, {@code otherwise} elsewhere; all broadcast together. */
    public Tensor where(Tensor then, Tensor otherwise) {
        return map("where", Expr.arg(0).where(Expr.arg(1), Expr.arg(2)), this, then, otherwise);
    }

    public Tensor where(Tensor then, double otherwise) {
        return where(then, then.like(otherwise));
    }

    public Tensor where(double then, Tensor otherwise) {
        return where(otherwise.like(then), otherwise);
    }

    /** This with {@code value} where {@code mask} (bool, broadcast) is true. */
    public Tensor maskedFill(Tensor mask, double value) {
        return mask.where(value, this);
    }

    public Tensor negate() {
        return map(Ops.NEG);
    }

    public Tensor abs() {
        return map(Ops.ABS);
    }

    public Tensor sign() {
        return map(Ops.SIGN);
    }

    public Tensor floor() {
        return map(Ops.FLOOR);
    }

    /** To the nearest integer, ties to even. */
    public Tensor round() {
        return map(Ops.ROUND);
    }

    /** Toward zero. */
    public Tensor trunc() {
        return map(Ops.TRUNC);
    }

    public Tensor square() {
        return map(Ops.SQUARE);
    }

    public Tensor sqrt() {
        return map(Ops.SQRT);
    }

    public Tensor rsqrt() {
        return map(Ops.RSQRT);
    }

    public Tensor reciprocal() {
        return map(Ops.RECIPROCAL);
    }

    public Tensor exp() {
        return map(Ops.EXP);
    }

    public Tensor expm1() {
        return map(Ops.EXPM1);
    }

    public Tensor log() {
        return map(Ops.LOG);
    }

    public Tensor log1p() {
        return map(Ops.LOG1P);
    }

    public Tensor sin() {
        return map(Ops.SIN);
    }

    public Tensor cos() {
        return map(Ops.COS);
    }

    public Tensor tanh() {
        return map(Ops.TANH);
    }

    public Tensor erf() {
        return map(Ops.ERF);
    }

    public Tensor sigmoid() {
        return map(Ops.SIGMOID);
    }

    public Tensor relu() {
        return map(Ops.RELU);
    }

    public Tensor gelu() {
        return map(Ops.GELU);
    }

    public Tensor silu() {
        return map(Ops.SILU);
    }

    public Tensor softplus() {
        return map(Ops.SOFTPLUS);
    }

    public Tensor logSigmoid() {
        return map(Ops.LOG_SIGMOID);
    }

    /** Held within {@code [lo, hi]}; either may be infinite. */
    public Tensor clamp(double lo, double hi) {
        return map(Ops.clamp(lo, hi));
    }

    /** The same values as {@code type}: float to integer truncates toward zero, anything to bool is {@code != 0}. */
    public Tensor to(DType type) {
        if (type == dtype) return this;
        if (op instanceof Op.Constant(double v)) return session.constant(shape, type, type.round(v));
        return new Tensor(session, new Op.Cast(), shape, type, this);
    }

    // ---- reductions

    private Tensor reduce(Op.Reduction kind, Axes axes) {
        int[] a = axes.in(kind.name().toLowerCase(Locale.ROOT), shape);
        if (dtype == DType.BOOL) throw new InvalidArgumentException(
                kind + ": dtype BOOL cannot be reduced; convert it, as in x.to(DType.I64)");
        if (dtype.arithmetic() != dtype) return to(dtype.arithmetic()).reduce(kind, axes);
        if ((kind == Op.Reduction.MAX || kind == Op.Reduction.MIN))
            requireExtents(kind.name().toLowerCase(Locale.ROOT), a);
        boolean trivial = true;
        for (int i : a) trivial &= shape.dim(i) == 1;
        Tensor r = trivial ? this : node(new Op.Reduce(kind, list(a)), shape.keeping(a), this);
        return axes.keeps() ? r : r.reshape(shape.without(a));
    }

    private void requireExtents(String name, int[] axes) {
        for (int a : axes) if (shape.dim(a) == 0) throw new ShapeMismatchException(
                name + ": axis " + a + " of shape " + shape + " has no elements to choose from");
    }

    /** Sum over {@code axes}, which are dropped; over all where none is given. */
    public Tensor sum(int... axes) {
        return sum(Axes.of(axes));
    }

    public Tensor sum(Axes axes) {
        return reduce(Op.Reduction.SUM, axes);
    }

    /** Arithmetic mean; NaN over no elements. */
    public Tensor mean(int... axes) {
        return mean(Axes.of(axes));
    }

    public Tensor mean(Axes axes) {
        if (!dtype.isFloat()) throw new InvalidArgumentException(
                "mean: dtype " + dtype + " is not a float type; convert it, as in x.to(DType.F32)");
        int[] over = axes.in("mean", shape);
        Tensor kept = sum(axes.keep()).over(count(over));
        return axes.keeps() ? kept : kept.reshape(shape.without(over));
    }

    private double count(int[] axes) {
        double n = 1;
        for (int a : axes) n *= shape.dim(a);
        return n;
    }

    /** Product; its gradient, and theirs in turn, are right where elements are zero. */
    public Tensor prod(int... axes) {
        return prod(Axes.of(axes));
    }

    public Tensor prod(Axes axes) {
        return reduce(Op.Reduction.PROD, axes);
    }

    /** Greatest element; NaN where any is NaN. Ties share the gradient equally. */
    public Tensor max(int... axes) {
        return max(Axes.of(axes));
    }

    public Tensor max(Axes axes) {
        return reduce(Op.Reduction.MAX, axes);
    }

    /** Least element; NaN where any is NaN. Ties share the gradient equally. */
    public Tensor min(int... axes) {
        return min(Axes.of(axes));
    }

    public Tensor min(Axes axes) {
        return reduce(Op.Reduction.MIN, axes);
    }

    /** A value along an axis and its position (i64). */
    public record Extreme(Tensor value, Tensor index) {}

    /** The first greatest element along {@code axis}, which is dropped, and its position; the gradient goes to that element. */
    public Extreme maxAlong(int axis) {
        return extreme(true, axis);
    }

    /** The first least element along {@code axis}, which is dropped, and its position; the gradient goes to that element. */
    public Extreme minAlong(int axis) {
        return extreme(false, axis);
    }

    private Extreme extreme(boolean greatest, int axis) {
        if (shape.rank() == 0) return new Extreme(this, argReduce(greatest, Axes.of(axis)));
        shape.axis(greatest ? "maxAlong" : "minAlong", axis);
        Tensor index = argReduce(greatest, Axes.of(axis).keep());
        return new Extreme(gather(axis, index).squeeze(axis), index.squeeze(axis));
    }

    /** Position (i64) of the first greatest element along {@code axis}, which is dropped. */
    public Tensor argmax(int axis) {
        return argReduce(true, Axes.of(axis));
    }

    /** Position (i64) of the first greatest element in row-major order. */
    public Tensor argmax() {
        return flatten().argmax(0);
    }

    public Tensor argmax(Axes axis) {
        return argReduce(true, axis);
    }

    /** Position (i64) of the first least element along {@code axis}, which is dropped. */
    public Tensor argmin(int axis) {
        return argReduce(false, Axes.of(axis));
    }

    /** Position (i64) of the first least element in row-major order. */
    public Tensor argmin() {
        return flatten().argmin(0);
    }

    public Tensor argmin(Axes axis) {
        return argReduce(false, axis);
    }

    private Tensor argReduce(boolean greatest, Axes axes) {
        String name = greatest ? "argmax" : "argmin";
        if (axes.axes().length != 1)
            throw new InvalidArgumentException(name + " takes one axis, not " + Arrays.toString(axes.axes()));
        if (shape.rank() == 0) return session.constant(Shape.SCALAR, DType.I64, 0);
        if (dtype.arithmetic() != dtype) return to(dtype.arithmetic()).argReduce(greatest, axes);
        int a = shape.axis(name, axes.axes()[0]);
        requireExtents(name, new int[] {a});
        Tensor r = new Tensor(session, new Op.ArgReduce(greatest, a), shape.keeping(a), DType.I64, this);
        return axes.keeps() ? r : r.squeeze(a);
    }

    /** Variance with {@code n - correction} in the denominator: 1 for a sample's, 0 for a population's. */
    public Tensor var(double correction, Axes axes) {
        int[] over = axes.in("var", shape);
        Tensor r = minus(mean(axes.keep())).square().sum(axes.keep()).over(Math.max(0, count(over) - correction));
        return axes.keeps() ? r : r.reshape(shape.without(over));
    }

    /** Sample variance (correction 1). */
    public Tensor var(int... axes) {
        return var(1, Axes.of(axes));
    }

    /** Standard deviation, the root of {@link #var(double, Axes)}; its gradient is 0 where it is 0. */
    public Tensor std(double correction, Axes axes) {
        axes.in("std", shape);
        return var(correction, axes).safeSqrt();
    }

    /** Sample standard deviation (correction 1). */
    public Tensor std(int... axes) {
        return std(1, Axes.of(axes));
    }

    /** Square root with gradient 0 at 0. */
    Tensor safeSqrt() {
        Tensor zero = eq(0);
        return zero.where(0, zero.where(1, this).sqrt());
    }

    /** {@code log Σ exp(x)} with the maximum taken out. */
    public Tensor logSumExp(int... axes) {
        return logSumExp(Axes.of(axes));
    }

    public Tensor logSumExp(Axes axes) {
        int[] over = axes.in("logSumExp", shape);
        Tensor r;
        if (shape.size() == 0) {
            r = exp().sum(axes.keep()).log();
        } else {
            Tensor m = max(axes.keep()).stopGradient();
            m = m.abs().eq(Double.POSITIVE_INFINITY).where(0, m);
            r = minus(m).exp().sum(axes.keep()).log().plus(m);
        }
        return axes.keeps() ? r : r.reshape(shape.without(over));
    }

    /** Vector norm of order {@code p}: {@code (Σ |x|^p)^(1/p)}; the greatest |x| for ∞, the least for -∞, the count of non-zeros for 0. */
    public Tensor norm(double p, Axes axes) {
        axes.in("norm", shape);
        if (p == Double.POSITIVE_INFINITY) return abs().max(axes);
        if (p == Double.NEGATIVE_INFINITY) return abs().min(axes);
        if (p == 0) return ne(0).to(dtype).sum(axes);
        if (p == 1) return abs().sum(axes);
        if (p == 2) return square().sum(axes).safeSqrt();
        Tensor a = abs(), zero = a.eq(0), sum = zero.where(0, zero.where(1, a).pow(p)).sum(axes), none = sum.eq(0);
        return none.where(0, none.where(1, sum).pow(1 / p));
    }

    /** Euclidean norm of all elements. */
    public Tensor norm() {
        return norm(2, Axes.all());
    }

    /** Running sums along {@code axis}. */
    public Tensor cumsum(int axis) {
        if (shape.rank() == 0) return this;
        if (dtype == DType.BOOL) throw new InvalidArgumentException(
                "cumsum: dtype BOOL cannot be added up; convert it, as in x.to(DType.I64)");
        if (dtype.arithmetic() != dtype) return to(dtype.arithmetic()).cumsum(axis);
        return node(new Op.CumulativeSum(shape.axis("cumsum", axis)), shape, this);
    }

    /** {@code exp(x) / Σ exp(x)} along {@code axis}. */
    public Tensor softmax(int axis) {
        return Composites.softmax(this, axis);
    }

    /** {@code x - log Σ exp(x)} along {@code axis}. */
    public Tensor logSoftmax(int axis) {
        return Composites.logSoftmax(this, axis);
    }

    /** {@code (x - mean) / √(variance + eps)} along the last axis, with the population's variance. */
    public Tensor normalize(double eps) {
        return Composites.normalize(this, eps);
    }

    // ---- matrix product

    /**
     * Matrix product as NumPy's: {@code [b…, m, k] · [b…, k, n] → [b…, m, n]} with batch axes broadcast; a vector on the
     * left counts as one row, on the right as one column, and that axis is dropped.
     */
    public Tensor matmul(Tensor o) {
        requireSameType("matmul", dtype, o.dtype);
        if (dtype.arithmetic() != dtype) return to(DType.F32).matmul(o.to(DType.F32));
        if (!dtype.isFloat()) throw new InvalidArgumentException(
                "matmul: dtype " + dtype + " is not a float type; convert it, as in x.to(DType.F32)");
        if (shape.rank() == 0 || o.shape.rank() == 0) throw new ShapeMismatchException(
                "matmul: shapes " + shape + " and " + o.shape + ": a scalar has no matrix product; use times");
        if (shape.rank() == 1) return unsqueeze(0).matmul(o).squeeze(o.shape.rank() == 1 ? 0 : -2);
        if (o.shape.rank() == 1) return matmul(o.unsqueeze(1)).squeeze(-1);
        int m = shape.dim(-2), k = shape.dim(-1), n = o.shape.dim(-1);
        if (o.shape.dim(-2) != k) throw new ShapeMismatchException("matmul: shapes " + shape + " and " + o.shape
                + ": the inner extents " + k + " and " + o.shape.dim(-2) + " differ");
        if (o.shape.rank() == 2 && shape.rank() > 2) {
            int[] d = shape.dims();
            d[d.length - 1] = n;
            return reshape(Math.toIntExact(shape.size() / Math.max(1, k) == 0 ? rows() : shape.size() / Math.max(1, k)),
                    k).matmul(o).reshape(Shape.of(d));
        }
        Shape batch;
        try {
            batch = Shape.broadcast("matmul", shape.without(-2, -1), o.shape.without(-2, -1));
        } catch (ShapeMismatchException e) {
            throw new ShapeMismatchException(
                    "matmul: shapes " + shape + " and " + o.shape + ": the batch axes do not broadcast", e);
        }
        Tensor a = expandTo(join(batch, m, k)), b = o.expandTo(join(batch, k, n));
        return node(new Op.MatMul(), join(batch, m, n), a, b);
    }

    private int rows() {
        long r = 1;
        for (int i = 0; i < shape.rank() - 1; i++) r *= shape.dim(i);
        return Math.toIntExact(r);
    }

    private static Shape join(Shape batch, int m, int n) {
        int[] d = Arrays.copyOf(batch.dims(), batch.rank() + 2);
        d[d.length - 2] = m;
        d[d.length - 1] = n;
        return Shape.of(d);
    }

    /** Outer product of two vectors: {@code [m], [n] → [m, n]}. */
    public Tensor outer(Tensor o) {
        if (shape.rank() != 1 || o.shape.rank() != 1)
            throw new ShapeMismatchException("outer: shapes " + shape + " and " + o.shape + " are not two vectors");
        return unsqueeze(1).times(o.unsqueeze(0));
    }

    // ---- movement: no copies where strides can tell it

    /** The same elements, row-major, under another shape; one extent may be -1. */
    public Tensor reshape(int... dims) {
        return Movement.reshape(this, dims);
    }

    public Tensor reshape(Shape to) {
        return Movement.reshape(this, to);
    }

    /** Axis {@code i} of the result is axis {@code order[i]} of this. */
    public Tensor permute(int... order) {
        return Movement.permute(this, order);
    }

    /** With two axes exchanged. */
    public Tensor transpose(int a, int b) {
        return Movement.transpose(this, a, b);
    }

    /** With the last two axes exchanged. */
    public Tensor t() {
        return transpose(-2, -1);
    }

    /** Extents of 1, and axes missing in front, repeated to {@code to}; -1 keeps an extent. */
    public Tensor expand(int... to) {
        return Movement.expand(this, to);
    }

    /** This broadcast to {@code to} under NumPy's rules. */
    public Tensor expandTo(Shape to) {
        return Movement.expandTo(this, to);
    }

    /** Without axes of extent 1: those given, or all. Given axes of another extent stay. */
    public Tensor squeeze(int... axes) {
        return Movement.squeeze(this, axes);
    }

    /** With an axis of extent 1 put in at {@code axis}. */
    public Tensor unsqueeze(int axis) {
        return Movement.unsqueeze(this, axis);
    }

    /** As one axis. */
    public Tensor flatten() {
        return reshape(Shape.of(Math.toIntExact(shape.size())));
    }

    /** With axes {@code from … to} (inclusive) made one. */
    public Tensor flatten(int from, int to) {
        return Movement.flatten(this, from, to);
    }

    /**
     * Elements {@code start, start + step, …} before {@code end} along {@code axis}. Negative {@code start} and
     * {@code end} count from the end and both are held within the axis; {@code step} is positive.
     */
    public Tensor slice(int axis, int start, int end, int step) {
        return Movement.slice(this, axis, start, end, step);
    }

    public Tensor slice(int axis, int start, int end) {
        return slice(axis, start, end, 1);
    }

    Tensor sliced(Shape to, List<Integer> starts, List<Integer> steps) {
        return node(new Op.Slice(starts, steps), to, this);
    }

    Tensor embedded(Shape to, List<Integer> starts, List<Integer> steps) {
        return node(new Op.Embed(starts, steps), to, this);
    }

    /** {@code length} elements from {@code start} along {@code axis}. */
    public Tensor narrow(int axis, int start, int length) {
        return Movement.narrow(this, axis, start, length);
    }

    /** The part at {@code index} along {@code axis}, which is dropped; a negative index counts from the end. */
    public Tensor select(int axis, int index) {
        return Movement.select(this, axis, index);
    }

    /** In reverse order along each of {@code axes}. */
    public Tensor flip(int... axes) {
        return Movement.flip(this, axes);
    }

    /** With {@code before} and {@code after} elements of {@code value} put along {@code axis}; negative counts cut off. */
    public Tensor pad(int axis, int before, int after, double value) {
        return Movement.pad(this, axis, before, after, value);
    }

    /** {@code parts} one after the other along {@code axis}. */
    public static Tensor concat(int axis, Tensor... parts) {
        return Movement.concat(axis, parts);
    }

    /** {@code parts}, all of one shape, along a new axis put in at {@code axis}. */
    public static Tensor stack(int axis, Tensor... parts) {
        return Movement.stack(axis, parts);
    }

    /** Parts of the given lengths along {@code axis}. */
    public List<Tensor> split(int axis, int... lengths) {
        return Movement.split(this, axis, lengths);
    }

    /** At most {@code n} parts of equal length along {@code axis}; the last may be shorter. */
    public List<Tensor> chunk(int axis, int n) {
        return Movement.chunk(this, axis, n);
    }

    /** Shifted by {@code shift} along {@code axis}; what leaves one end enters at the other. */
    public Tensor roll(int axis, int shift) {
        return Movement.roll(this, axis, shift);
    }

    /** Repeated {@code times[i]} times along axis {@code i}, counted from the last; more counts than axes put axes in front. */
    public Tensor tile(int... times) {
        return Movement.tile(this, times);
    }

    /** Each element {@code times} times in a row along {@code axis}. */
    public Tensor repeatInterleave(int axis, int times) {
        return Movement.repeatInterleave(this, axis, times);
    }

    /** The elements on and below diagonal {@code k} of the last two axes, zeros above. */
    public Tensor tril(int k) {
        return Movement.tril(this, k);
    }

    /** The elements on and above diagonal {@code k} of the last two axes, zeros below. */
    public Tensor triu(int k) {
        return Movement.triu(this, k);
    }

    /** The diagonal of a matrix: {@code [m, n] → [min(m, n)]}. */
    public Tensor diagonal() {
        return Movement.diagonal(this);
    }

    /** Windows of {@code size} elements each {@code step} apart along {@code axis}, which counts windows; elements go last. */
    public Tensor unfold(int axis, int size, int step) {
        return Movement.unfold(this, axis, size, step);
    }

    // ---- indexing

    /** {@code out[i…] = this[i… with index[i…] at axis]}; {@code index} (i64) has this rank and the shape of the result. */
    public Tensor gather(int axis, Tensor index) {
        return gather(axis, index, "gather");
    }

    /** As {@link #gather(int, Tensor)}, as a part of {@code function}: that is what messages name. */
    public Tensor gather(int axis, Tensor index, String function) {
        int a = requireIndex(function, axis, index);
        for (int i = 0; i < shape.rank(); i++)
            if (i != a && index.shape.dim(i) > shape.dim(i)) throw new ShapeMismatchException(
                    function + ": index shape " + index.shape + " exceeds source shape " + shape + " at axis " + i);
        return new Tensor(session, new Op.Gather(a), Optional.of(function), index.shape, dtype, this, index);
    }

    private int requireIndex(String name, int axis, Tensor index) {
        if (index.dtype != DType.I64) throw new InvalidArgumentException(
                name + ": the index has dtype " + index.dtype + ", not I64; convert it, as in i.to(DType.I64)");
        if (index.shape.rank() != shape.rank()) throw new ShapeMismatchException(
                name + ": index shape " + index.shape + " and tensor shape " + shape + " differ in rank");
        return shape.axis(name, axis);
    }

    /** This plus, at {@code [i… with index[i…] at axis]}, {@code updates[i…]}; the same place may occur often. */
    public Tensor scatterAdd(int axis, Tensor index, Tensor updates) {
        int a = requireIndex("scatterAdd", axis, index);
        if (!updates.shape.equals(index.shape)) throw new ShapeMismatchException(
                "scatterAdd: index shape " + index.shape + " and updates shape " + updates.shape + " differ");
        requireSameType("scatterAdd", dtype, updates.dtype);
        return plus(scatter(shape, a, index, updates));
    }

    /** Sums in the dtype of arithmetic, as other sums are taken. */
    static Tensor scatter(Shape to, int axis, Tensor index, Tensor given) {
        Tensor updates = given.to(given.dtype.arithmetic());
        return new Tensor(updates.session, new Op.ScatterAdd(axis), to, updates.dtype, index, updates);
    }

    /** The parts of this at each of {@code index} (i64 vector) along {@code axis}. */
    public Tensor indexSelect(int axis, Tensor index) {
        int a = shape.axis("indexSelect", axis);
        return gather(a, along(a, index, shape.with(a, index.requireVector("indexSelect"))));
    }

    /** This plus the parts of {@code updates} at each of {@code index} (i64 vector) along {@code axis}. */
    public Tensor indexAdd(int axis, Tensor index, Tensor updates) {
        int a = shape.axis("indexAdd", axis);
        return scatterAdd(a, along(a, index, shape.with(a, index.requireVector("indexAdd"))), updates);
    }

    private int requireVector(String name) {
        if (shape.rank() != 1) throw new ShapeMismatchException(name + ": index shape " + shape + " is not a vector");
        return shape.dim(0);
    }

    private static Tensor along(int axis, Tensor index, Shape to) {
        int[] d = new int[to.rank()];
        Arrays.fill(d, 1);
        d[axis] = to.dim(axis);
        return index.reshape(Shape.of(d)).expandTo(to);
    }

    /** Rows of this table {@code [v, d…]} at each of {@code index} (i64, any shape): {@code [index…, d…]}. */
    public Tensor embedding(Tensor index) {
        int[] d = new int[index.shape.rank() + shape.rank() - 1];
        for (int i = 0; i < d.length; i++)
            d[i] = i < index.shape.rank() ? index.shape.dim(i) : shape.dim(i - index.shape.rank() + 1);
        return indexSelect(0, index.flatten()).reshape(Shape.of(d));
    }

    /** 1 where the class along a new last axis of extent {@code classes} is this (i64), 0 elsewhere, as {@code type}. */
    public Tensor oneHot(int classes, DType type) {
        if (dtype != DType.I64) throw new InvalidArgumentException("oneHot: dtype " + dtype + " is not I64");
        int[] d = Arrays.copyOf(shape.dims(), shape.rank() + 1);
        d[d.length - 1] = classes;
        return map("one_hot", Expr.arg(0).eq(new Expr.Index(d.length - 1)), unsqueeze(-1).expandTo(Shape.of(d)))
                .to(type);
    }

    // ---- gradients

    /** This, through which no gradient flows. */
    public Tensor stopGradient() {
        return node(new Op.StopGradient(), shape, this);
    }

    /**
     * Gradients of this scalar with respect to each of {@code wrt}, as nodes of the graph: they can be differentiated
     * again. Zeros where this does not depend on one.
     */
    public List<Tensor> gradients(List<Tensor> wrt) {
        if (shape.size() != 1) throw new ShapeMismatchException(
                "gradients: shape " + shape + " is not a scalar; sum it, or give a cotangent");
        return gradients(constant(shape, 1), wrt);
    }

    public List<Tensor> gradients(Tensor... wrt) {
        return gradients(List.of(wrt));
    }

    /** Gradients of {@code Σ this · cotangent} with respect to each of {@code wrt}. */
    public List<Tensor> gradients(Tensor cotangent, List<Tensor> wrt) {
        return Vjp.gradients(List.of(this), List.of(cotangent), wrt);
    }

    /** Gradients of {@code Σₖ Σ outputs[k] · cotangents[k]} with respect to each of {@code wrt}. */
    public static List<Tensor> gradients(List<Tensor> outputs, List<Tensor> cotangents, List<Tensor> wrt) {
        return Vjp.gradients(outputs, cotangents, wrt);
    }

    /**
     * An op of the caller's own: {@code body} is its value, computed from {@code inputs} in other ops; {@code rule} its
     * gradients.
     */
    public static Tensor custom(String name, Tensor body, Op.GradientRule rule, Tensor... inputs) {
        return new Tensor(body.session, new Op.Composite(name, List.of(), body, rule), body.shape, body.dtype, inputs);
    }

    static Tensor composite(String name, List<Double> attributes, Tensor body, Op.GradientRule rule, Tensor... inputs) {
        return new Tensor(body.session, new Op.Composite(name, attributes, body, rule), body.shape, body.dtype, inputs);
    }

    // ---- values

    /** The only element, as a double. */
    public double item() {
        if (shape.size() != 1)
            throw new ShapeMismatchException("item: shape " + shape + " has " + shape.size() + " elements, not one");
        return toDoubles()[0];
    }

    /** The elements, row-major. */
    public double[] toDoubles() {
        return session.download(this).doubles();
    }

    /** The elements, row-major, each rounded to float. */
    public float[] toFloats() {
        return session.download(this).floats();
    }

    /** The elements, row-major; of an integer or bool tensor. */
    public long[] toLongs() {
        if (dtype.isFloat()) throw new InvalidArgumentException(
                "toLongs: dtype " + dtype + " is not an integer type or bool; convert it, as in x.to(DType.I64)");
        return session.download(this).longs();
    }

    /** The elements, row-major; of an integer or bool tensor whose values fit an int. */
    public int[] toInts() {
        return Arrays.stream(toLongs()).mapToInt(Math::toIntExact).toArray();
    }

    /** The elements, row-major; of a bool tensor. */
    public boolean[] toBooleans() {
        long[] v = to(DType.BOOL).toLongs();
        boolean[] r = new boolean[v.length];
        for (int i = 0; i < r.length; i++) r[i] = v[i] != 0;
        return r;
    }

    /** Writes the elements to all of {@code target}: row-major, packed, native byte order, in this dtype. */
    public void copyTo(MemorySegment target) {
        long need = Math.multiplyExact(shape.size(), dtype.bytes());
        if (target.byteSize() != need) throw new ShapeMismatchException("copyTo: shape " + shape + " of " + dtype
                + " takes " + need + " bytes, the target has " + target.byteSize());
        if (target.isReadOnly()) throw new InvalidArgumentException("copyTo: the target is read-only");
        session.copy(this, target);
    }

    /** Writes the elements to the remaining bytes of {@code target}, as {@link #copyTo(MemorySegment)}; its position stays. */
    public void copyTo(ByteBuffer target) {
        copyTo(MemorySegment.ofBuffer(target));
    }

    /** Computes the value where it has not been; returns this. */
    public Tensor eval() {
        session.eval(this);
        return this;
    }

    /** The value as nested brackets with shape and dtype; long axes are shortened. Computes the value. */
    @Override
    public String toString() {
        return session.isOpen() ? TensorText.of(this) : "Tensor" + shape + " " + dtype + " of a closed session";
    }

    static List<Integer> list(int... v) {
        return Arrays.stream(v).boxed().toList();
    }
}
