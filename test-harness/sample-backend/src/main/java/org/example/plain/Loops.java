package org.example.plain;

import java.util.List;
import org.chainrule.DType;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Philox;
import org.chainrule.Shape;
import org.chainrule.UnsupportedOpException;
import org.chainrule.graph.Op;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;

/** The nine kinds of kernel, each a loop over the indices of a shape. A new kind makes {@link #run} fail to compile. */
final class Loops {
    private final PlainBuffer[] memory;
    private final long[] streams;

    /**
     * @param memory  by slot
     * @param streams by number of the random kernel
     */
    Loops(PlainBuffer[] memory, long[] streams) {
        this.memory = memory;
        this.streams = streams;
    }

    void run(Kernel kernel) {
        switch (kernel) {
            case Kernel.Map k -> map(k);
            case Kernel.Reduce k -> reduce(k);
            case Kernel.MatMul k -> matmul(k);
            case Kernel.ArgReduce k -> argReduce(k);
            case Kernel.CumulativeSum k -> cumulativeSum(k);
            case Kernel.Gather k -> gather(k);
            case Kernel.ScatterAdd k -> scatterAdd(k);
            case Kernel.Random k -> random(k);
            // never planned: the device's traits name no composite
            case Kernel.Composite k -> throw new UnsupportedOpException("plain has no kernel for " + k.name());
        }
    }

    private void map(Kernel.Map k) {
        Registers r = new Registers(k.program());
        each(k.shape(), i -> {
            load(k.in(), i, r, 0);
            r.run(i);
            store(r, k.out(), i);
        });
    }

    /** Sums and products in double precision; the fold is rounded to its dtype once. */
    private void reduce(Kernel.Reduce k) {
        Registers element = new Registers(k.prologue()), folded = new Registers(k.epilogue());
        int[] kept = k.shape().dims().clone(), across = new int[kept.length];
        for (int a = 0; a < kept.length; a++) {
            across[a] = k.axes().contains(a) ? kept[a] : 1;
            if (k.axes().contains(a)) kept[a] = 1;
        }
        int x = k.prologue().results().getFirst();
        each(Shape.of(kept), i -> {
            Fold fold = new Fold(k.kind());
            each(Shape.of(across), j -> {
                int[] at = new int[i.length];
                for (int a = 0; a < at.length; a++) at[a] = i[a] + j[a];
                load(k.in(), at, element, 0);
                element.run(at);
                if (k.dtype().isInteger()) fold.add(element.integer(x));
                else fold.add(element.number(x));
            });
            if (k.dtype().isInteger()) folded.set(0, fold.integer());
            else folded.set(0, fold.number());
            load(k.extra(), i, folded, 1);
            folded.run(i);
            store(folded, k.out(), i);
        });
    }

    private void matmul(Kernel.MatMul k) {
        int row = k.shape().rank() - 2, column = row + 1, depth = k.a().layout().shape().dim(column);
        int alongA = k.a().layout().stride()[column], alongB = k.b().layout().stride()[row];
        PlainBuffer a = memory[k.a().slot()], b = memory[k.b().slot()];
        Registers r = new Registers(k.epilogue());
        each(k.shape(), i -> {
            int atA = place(k.a(), moved(i, column, 0)), atB = place(k.b(), moved(i, row, 0));
            double sum = 0;
            for (int p = 0; p < depth; p++) sum += a.number(atA + p * alongA) * b.number(atB + p * alongB);
            r.set(0, sum);
            load(k.extra(), i, r, 1);
            r.run(i);
            store(r, k.out(), i);
        });
    }

    private void argReduce(Kernel.ArgReduce k) {
        int extent = k.in().layout().shape().dim(k.axis());
        each(k.result().layout().shape(), i -> {
            int best = 0;
            for (int p = 1; p < extent; p++)
                if (isBetter(k, moved(i, k.axis(), p), moved(i, k.axis(), best))) best = p;
            setInteger(k.result(), i, best);
        });
    }

    private boolean isBetter(Kernel.ArgReduce k, int[] at, int[] best) {
        if (k.in().dtype().isFloat()) {
            double v = number(k.in(), at), b = number(k.in(), best);
            return !Double.isNaN(b) && (Double.isNaN(v) || (k.greatest() ? v > b : v < b));
        }
        long v = integer(k.in(), at), b = integer(k.in(), best);
        return k.greatest() ? v > b : v < b;
    }

    private void cumulativeSum(Kernel.CumulativeSum k) {
        each(k.result().layout().shape(), i -> {
            if (i[k.axis()] == 0) copy(k.in(), i, k.result(), i);
            else sum(k.result(), moved(i, k.axis(), i[k.axis()] - 1), k.in(), i, k.result(), i);
        });
    }

    private void gather(Kernel.Gather k) {
        each(k.result().layout().shape(),
                i -> copy(k.source(), moved(i, k.axis(), index(k.label(), k.index(), i, k.source(), k.axis())),
                        k.result(), i));
    }

    private void scatterAdd(Kernel.ScatterAdd k) {
        each(k.result().layout().shape(), i -> set(k.result(), i, 0));
        each(k.index().layout().shape(), i -> {
            int[] to = moved(i, k.axis(), index(k.label(), k.index(), i, k.result(), k.axis()));
            sum(k.result(), to, k.updates(), i, k.result(), to);
        });
    }

    /** An index into {@code of} along {@code axis}; outside of it is the user's mistake, told with his line. */
    private int index(Kernel.Label label, Operand index, int[] i, Operand of, int axis) {
        long v = integer(index, i);
        int extent = of.layout().shape().dim(axis);
        if (v < 0 || v >= extent) throw new InvalidArgumentException(label.ops() + ": index " + v
                + " is outside an axis of extent " + extent + "\n  op made at " + label.origin());
        return (int) v;
    }

    /** Element {@code i} in row-major order depends on seed, stream and {@code i} alone: every backend draws the same bits. */
    private void random(Kernel.Random k) {
        Layout l = k.result().layout();
        PlainBuffer to = memory[k.result().slot()];
        long stream = streams[k.number()];
        for (int i = 0; i < l.shape().size(); i++)
            to.set(l.place(i), draw(k.distribution(), k.result().dtype(), k.seed(), stream, i));
    }

    private static double draw(Op.Distribution distribution, DType dtype, long seed, long stream, int i) {
        return switch (distribution) {
            case UNIFORM ->
                    dtype == DType.F64 ? Philox.uniform53(seed, stream, i) : Philox.uniform24(seed, stream, i);
            case NORMAL -> Philox.normal(seed, stream, i);
        };
    }

    // ---- indices and elements

    private interface Body {
        void at(int[] index);
    }

    /** {@code body} for every index of {@code shape} in row-major order. */
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

    /** Views are layouts: slices, transposes, broadcasts and reversals need nothing but this. */
    private static int place(Operand o, int[] index) {
        int at = o.layout().offset();
        for (int a = 0; a < index.length; a++) at += index[a] * o.layout().stride()[a];
        return at;
    }

    private double number(Operand o, int[] index) {
        return memory[o.slot()].number(place(o, index));
    }

    private long integer(Operand o, int[] index) {
        return memory[o.slot()].integer(place(o, index));
    }

    private void set(Operand o, int[] index, double v) {
        memory[o.slot()].set(place(o, index), v);
    }

    private void setInteger(Operand o, int[] index, long v) {
        memory[o.slot()].setInteger(place(o, index), v);
    }

    private void copy(Operand from, int[] i, Operand to, int[] j) {
        if (from.dtype().isFloat()) set(to, j, number(from, i));
        else setInteger(to, j, integer(from, i));
    }

    /** {@code to[k] = a[i] + b[j]}. */
    private void sum(Operand a, int[] i, Operand b, int[] j, Operand to, int[] k) {
        if (to.dtype().isFloat()) set(to, k, number(a, i) + number(b, j));
        else setInteger(to, k, integer(a, i) + integer(b, j));
    }

    /** Puts an element of each operand into registers from {@code first} on. */
    private void load(List<Operand> operands, int[] index, Registers r, int first) {
        for (int i = 0; i < operands.size(); i++) {
            Operand o = operands.get(i);
            if (o.dtype().isInteger()) r.set(first + i, integer(o, index));
            else r.set(first + i, number(o, index));
        }
    }

    /** Results in order; all operands were read before, so one of them may be written in place. */
    private void store(Registers r, List<Operand> out, int[] index) {
        Program p = r.program();
        for (int i = 0; i < out.size(); i++) {
            int x = p.results().get(i);
            if (p.type(x).isInteger()) setInteger(out.get(i), index, r.integer(x));
            else set(out.get(i), index, r.number(x));
        }
    }
}
