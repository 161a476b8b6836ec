package org.chainrule.cpu.reference;

import java.util.List;
import org.chainrule.DType;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Philox;
import org.chainrule.Shape;
import org.chainrule.UnsupportedOpException;
import org.chainrule.expr.Expr;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;
import org.chainrule.plan.Program.Instruction;

/** Each kernel as its definition says it: loops over indices, sums from the first element to the last. */
final class Interpreter {
    private final Memory[] memory;
    private final long[] streams;

    Interpreter(Memory[] memory, long[] streams) {
        this.memory = memory;
        this.streams = streams;
    }

    void run(Kernel kernel) {
        switch (kernel) {
            case Kernel.Map k ->
                    each(k.shape(), i -> {
                        if (k.program().isCopy() && !k.in().getFirst().dtype().isFloat())
                            setInteger(k.out().getFirst(), i, getInteger(k.in().getFirst(), i));
                        else store(k.out(), i, evaluate(k.program(), load(k.in(), i, new double[0]), i));
                    });
            case Kernel.Reduce k -> reduce(k);
            case Kernel.MatMul k -> matmul(k);
            case Kernel.ArgReduce k ->
                    each(k.result().layout().shape(), i -> setInteger(k.result(), i, argReduce(k, i)));
            case Kernel.CumulativeSum k -> each(k.result().layout().shape(), i -> {
                double before = i[k.axis()] == 0 ? 0 : get(k.result(), moved(i, k.axis(), i[k.axis()] - 1));
                set(k.result(), i, before + get(k.in(), i));
            });
            case Kernel.Gather k -> each(k.result().layout().shape(), i -> {
                int[] from =
                        moved(i, k.axis(), index(k.label(), k.index(), i, k.source().layout().shape().dim(k.axis())));
                if (k.source().dtype().isFloat()) set(k.result(), i, get(k.source(), from));
                else setInteger(k.result(), i, getInteger(k.source(), from));
            });
            case Kernel.ScatterAdd k -> {
                each(k.result().layout().shape(), i -> set(k.result(), i, 0));
                each(k.index().layout().shape(), i -> {
                    int[] to = moved(i, k.axis(),
                            index(k.label(), k.index(), i, k.result().layout().shape().dim(k.axis())));
                    set(k.result(), to, get(k.result(), to) + get(k.updates(), i));
                });
            }
            case Kernel.Random k -> random(k);
            case Kernel.Composite k ->
                    throw new UnsupportedOpException("reference has no kernel for the composite " + k.name());
        }
    }

    private void reduce(Kernel.Reduce k) {
        Shape kept = k.shape().keeping(k.axes().stream().mapToInt(Integer::intValue).toArray());
        int[] folded = new int[k.shape().rank()];
        for (int a : k.axes()) folded[a] = k.shape().dim(a);
        for (int a = 0; a < folded.length; a++) if (!k.axes().contains(a)) folded[a] = 1;
        each(kept, i -> {
            double[] sum = {switch (k.kind()) {
                case SUM -> 0;
                case PROD -> 1;
                case MAX -> Double.NEGATIVE_INFINITY;
                case MIN -> Double.POSITIVE_INFINITY;
            }};
            each(Shape.of(folded), j -> {
                int[] at = i.clone();
                for (int a : k.axes()) at[a] = j[a];
                double v = evaluate(k.prologue(), load(k.in(), at, new double[0]), at)[0];
                sum[0] = switch (k.kind()) {
                    case SUM -> sum[0] + v;
                    case PROD -> sum[0] * v;
                    case MAX -> Math.max(sum[0], v);
                    case MIN -> Math.min(sum[0], v);
                };
            });
            store(k.out(), i, evaluate(k.epilogue(), load(k.extra(), i, sum), i));
        });
    }

    private void matmul(Kernel.MatMul k) {
        int r = k.shape().rank(), depth = k.a().layout().shape().dim(r - 1);
        each(k.shape(), i -> {
            double sum = 0;
            for (int p = 0; p < depth; p++) sum += get(k.a(), moved(i, r - 1, p)) * get(k.b(), moved(i, r - 2, p));
            store(k.out(), i, evaluate(k.epilogue(), load(k.extra(), i, new double[] {sum}), i));
        });
    }

    private long argReduce(Kernel.ArgReduce k, int[] i) {
        int best = 0;
        double most = get(k.in(), moved(i, k.axis(), 0));
        for (int p = 1; p < k.in().layout().shape().dim(k.axis()) && !Double.isNaN(most); p++) {
            double v = get(k.in(), moved(i, k.axis(), p));
            if (Double.isNaN(v) || (k.greatest() ? v > most : v < most)) {
                best = p;
                most = v;
            }
        }
        return best;
    }

    private void random(Kernel.Random k) {
        Memory to = memory[k.result().slot()];
        long stream = streams[k.number()];
        Layout l = k.result().layout();
        for (int i = 0; i < l.shape().size(); i++) {
            to.set(l.place(i), switch (k.distribution()) {
                case UNIFORM -> k.result().dtype() == DType.F64 ? Philox.uniform53(k.seed(), stream, i)
                        : Philox.uniform24(k.seed(), stream, i);
                case NORMAL -> Philox.normal(k.seed(), stream, i);
            });
        }
    }

    // ---- elements

    private interface Body {
        void at(int[] index);
    }

    private static void each(Shape shape, Body body) {
        int[] i = new int[shape.rank()];
        for (long n = shape.size(); n > 0; n--) {
            body.at(i);
            for (int a = i.length - 1; a >= 0 && ++i[a] == shape.dim(a); a--) i[a] = 0;
        }
    }

    private static int[] moved(int[] index, int axis, int to) {
        int[] r = index.clone();
        r[axis] = to;
        return r;
    }

    private static int place(Layout l, int[] index) {
        int at = l.offset();
        for (int a = 0; a < index.length; a++) at += index[a] * l.stride()[a];
        return at;
    }

    private double get(Operand o, int[] index) {
        return memory[o.slot()].number(place(o.layout(), index));
    }

    private long getInteger(Operand o, int[] index) {
        return memory[o.slot()].integers()[place(o.layout(), index)];
    }

    private void set(Operand o, int[] index, double v) {
        memory[o.slot()].set(place(o.layout(), index), v);
    }

    private void setInteger(Operand o, int[] index, long v) {
        memory[o.slot()].setInteger(place(o.layout(), index), v);
    }

    private int index(Kernel.Label label, Operand o, int[] i, int extent) {
        long v = getInteger(o, i);
        if (v < 0 || v >= extent)
            throw new InvalidArgumentException(label.ops() + ": index " + v + " is outside an axis of extent " + extent
                    + "\n  op made at " + label.origin());
        return (int) v;
    }

    /** {@code first} followed by the elements of {@code operands} at {@code index}. Integers stay exact below 2⁵³. */
    private double[] load(List<Operand> operands, int[] index, double[] first) {
        double[] r = java.util.Arrays.copyOf(first, first.length + operands.size());
        for (int i = 0; i < operands.size(); i++) r[first.length + i] = get(operands.get(i), index);
        return r;
    }

    private void store(List<Operand> out, int[] index, double[] values) {
        for (int i = 0; i < values.length; i++) set(out.get(i), index, values[i]);
    }

    private static double[] evaluate(Program p, double[] args, int[] index) {
        double[] r = java.util.Arrays.copyOf(args, args.length + p.code().size());
        for (int i = 0; i < p.code().size(); i++) {
            r[args.length + i] = switch (p.code().get(i)) {
                case Instruction.Const(double value, DType type) -> type == DType.F32 ? value : type.round(value);
                case Instruction.Index(int axis) -> index[axis];
                case Instruction.Unary(Expr.Fn fn, int x, DType type) -> wrapped(type, fn.apply(r[x]));
                case Instruction.Binary(Expr.Fn2 fn, int a, int b, DType operands) ->
                        fn.isPredicate() ? fn.apply(r[a], r[b]) : wrapped(operands, fn.apply(r[a], r[b]));
                case Instruction.Where(int c, int t, int o, DType _) -> r[c] != 0 ? r[t] : r[o];
                case Instruction.Cast(int x, DType _, DType to) -> to == DType.F32 ? r[x] : to.round(r[x]);
            };
        }
        double[] results = new double[p.results().size()];
        for (int i = 0; i < results.length; i++) results[i] = r[p.results().get(i)];
        return results;
    }

    private static double wrapped(DType type, double v) {
        return type.isInteger() ? type.round(v) : v;
    }
}
