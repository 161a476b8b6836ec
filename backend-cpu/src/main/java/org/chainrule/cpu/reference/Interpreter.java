package org.chainrule.cpu.reference;

import java.util.List;
import org.chainrule.DType;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Philox;
import org.chainrule.Shape;
import org.chainrule.UnsupportedOpException;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;

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
                    each(k.shape(), i -> store(k.out(), i, k.program(), load(k.program(), 0, k.in(), i), i));
            case Kernel.Reduce k -> reduce(k);
            case Kernel.MatMul k -> matmul(k);
            case Kernel.ArgReduce k ->
                    each(k.result().layout().shape(), i -> setInteger(k.result(), i, argReduce(k, i)));
            case Kernel.CumulativeSum k -> each(k.result().layout().shape(), i -> {
                if (i[k.axis()] == 0) copy(k.in(), i, k.result(), i);
                else add(k.in(), i, k.result(), moved(i, k.axis(), i[k.axis()] - 1), i);
            });
            case Kernel.Gather k -> each(k.result().layout().shape(), i -> {
                int[] from =
                        moved(i, k.axis(), index(k.label(), k.index(), i, k.source().layout().shape().dim(k.axis())));
                copy(k.source(), from, k.result(), i);
            });
            case Kernel.ScatterAdd k -> {
                each(k.result().layout().shape(), i -> set(k.result(), i, 0));
                each(k.index().layout().shape(), i -> {
                    int[] to = moved(i, k.axis(),
                            index(k.label(), k.index(), i, k.result().layout().shape().dim(k.axis())));
                    add(k.updates(), i, k.result(), to, to);
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
            Registers total = new Registers(k.epilogue());
            total.begin(k.kind());
            each(Shape.of(folded), j -> {
                int[] at = i.clone();
                for (int a : k.axes()) at[a] = j[a];
                Registers r = load(k.prologue(), 0, k.in(), at);
                r.run(at);
                total.fold(k.kind(), r, k.prologue().results().getFirst());
            });
            load(total, 1, k.extra(), i);
            store(k.out(), i, k.epilogue(), total, i);
        });
    }

    private void matmul(Kernel.MatMul k) {
        int r = k.shape().rank(), depth = k.a().layout().shape().dim(r - 1);
        each(k.shape(), i -> {
            double sum = 0;
            for (int p = 0; p < depth; p++) sum += get(k.a(), moved(i, r - 1, p)) * get(k.b(), moved(i, r - 2, p));
            Registers product = load(k.epilogue(), 1, k.extra(), i);
            product.set(0, sum);
            store(k.out(), i, k.epilogue(), product, i);
        });
    }

    private long argReduce(Kernel.ArgReduce k, int[] i) {
        int best = 0;
        for (int p = 1; p < k.in().layout().shape().dim(k.axis()); p++)
            if (isBefore(k, moved(i, k.axis(), p), moved(i, k.axis(), best))) best = p;
        return best;
    }

    /** Whether the element at {@code a} is to be chosen in place of that at {@code b}, which stands before it. */
    private boolean isBefore(Kernel.ArgReduce k, int[] a, int[] b) {
        if (!k.in().dtype().isFloat()) {
            int order = Long.compare(getInteger(k.in(), a), getInteger(k.in(), b));
            return k.greatest() ? order > 0 : order < 0;
        }
        double v = get(k.in(), a), most = get(k.in(), b);
        return !Double.isNaN(most) && (Double.isNaN(v) || (k.greatest() ? v > most : v < most));
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

    private void copy(Operand from, int[] at, Operand to, int[] index) {
        if (from.dtype().isFloat()) set(to, index, get(from, at));
        else setInteger(to, index, getInteger(from, at));
    }

    /** {@code to[index] = to[before] + from[at]}. */
    private void add(Operand from, int[] at, Operand to, int[] before, int[] index) {
        if (to.dtype().isFloat()) set(to, index, get(to, before) + get(from, at));
        else setInteger(to, index, getInteger(to, before) + getInteger(from, at));
    }

    /** Registers of {@code program} with the elements of {@code operands} at {@code index} from register {@code first} on. */
    private Registers load(Program program, int first, List<Operand> operands, int[] index) {
        Registers r = new Registers(program);
        load(r, first, operands, index);
        return r;
    }

    private void load(Registers r, int first, List<Operand> operands, int[] index) {
        for (int i = 0; i < operands.size(); i++) {
            Operand o = operands.get(i);
            if (o.dtype().isInteger()) r.set(first + i, getInteger(o, index));
            else r.set(first + i, get(o, index));
        }
    }

    /** Runs {@code program} and writes its results. */
    private void store(List<Operand> out, int[] to, Program program, Registers r, int[] index) {
        r.run(index);
        for (int i = 0; i < out.size(); i++) {
            int from = program.results().get(i);
            if (program.type(from).isInteger()) setInteger(out.get(i), to, r.integer(from));
            else set(out.get(i), to, r.number(from));
        }
    }
}
