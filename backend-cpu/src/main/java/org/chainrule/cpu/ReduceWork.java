package org.chainrule.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.chainrule.Shape;
import org.chainrule.graph.Op;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;
import org.chainrule.plan.Program.Instruction;

/**
 * A reduction as {@code [outer, folded, inner]}: rows are folded element by element where {@code inner} is 1, row upon row
 * where it is more; axes that do not lie so are permuted first. The order of the additions depends on the shape alone: never on the
 * number of threads.
 */
final class ReduceWork implements CpuExecutable.Work, IntConsumer {
    /** Elements of a part: the unit of work, and of the tree of partial sums over a long row. */
    private static final int PART = 1 << 15;
    /** Rows that are added up before their sum is added to the total. */
    private static final int ROWS = 64;

    private final Op.Reduction kind;
    private final Threads threads;
    private final Tape prologue;
    private final Tape epilogue;
    private final Frame[] frames;
    private final Frame last;
    private final int outer, folded, inner;
    private final int rowParts, columnParts, tasks;
    private final Register partial;
    private final Register[] rows;
    private final Register total;
    private HostBuffer[] memory = {};

    ReduceWork(Kernel.Reduce k, Threads threads) {
        this.kind = k.kind();
        this.threads = threads;
        List<Integer> axes = new ArrayList<>(k.axes());
        axes.removeIf(a -> k.shape().dim(a) == 1);
        Shape shape = k.shape();
        List<Operand> in = k.in();
        Program program = k.prologue();
        if (!adjacent(shape, axes)) {
            List<Integer> order = new ArrayList<>();
            for (int a = 0; a < shape.rank(); a++) if (!axes.contains(a)) order.add(a);
            order.addAll(axes);
            shape = Layout.of(shape).permute(order).shape();
            in = in.stream().map(o -> new Operand(o.slot(), o.dtype(), o.layout().permute(order))).toList();
            program = permuted(program, order);
            int kept = shape.rank() - axes.size();
            axes = new ArrayList<>(java.util.stream.IntStream.range(kept, shape.rank()).boxed().toList());
        }
        int first = axes.isEmpty() ? shape.rank() : axes.getFirst(),
                end = axes.isEmpty() ? shape.rank() : axes.getLast() + 1;
        this.outer = product(shape, 0, first);
        this.folded = product(shape, first, end);
        this.inner = product(shape, end, shape.rank());
        this.prologue = new Tape(program, shape, 0, in, List.of());
        Shape kept = k.shape().keeping(k.axes().stream().mapToInt(Integer::intValue).toArray());
        this.epilogue = new Tape(k.epilogue(), kept, 1, k.extra(), k.out());
        this.rowParts = inner == 1 ? Math.max(1, (folded + PART - 1) / PART) : 1;
        this.columnParts =
                inner == 1 ? 1 : Math.max(1, Math.min((inner + 63) / 64, (int) ((long) folded * inner / PART)));
        int threadsWorth = MapWork.parts(prologue, threads);
        int units = inner == 1 && rowParts == 1 ? outer : outer * rowParts * columnParts;
        this.tasks = Math.clamp(threadsWorth, 1, Math.max(1, units));
        this.frames = new Frame[tasks];
        this.rows = new Register[tasks];
        Carrier carrier = Carrier.of(k.dtype());
        for (int i = 0; i < tasks; i++) {
            frames[i] = new Frame(prologue, -1, prologue.size);
            rows[i] = new Register(carrier);
            rows[i].scratch(inner == 1 ? 1 : 2 * inner);
        }
        this.partial = new Register(carrier);
        partial.scratch(rowParts == 1 ? 0 : outer * rowParts);
        this.total = new Register(carrier);
        total.scratch(epilogue.size);
        this.last = new Frame(epilogue, -1, epilogue.size);
    }

    private static boolean adjacent(Shape shape, List<Integer> axes) {
        for (int i = 1; i < axes.size(); i++) {
            for (int a = axes.get(i - 1) + 1; a < axes.get(i); a++) if (shape.dim(a) != 1) return false;
        }
        return true;
    }

    private static Program permuted(Program p, List<Integer> order) {
        List<Instruction> code = p.code().stream()
                .<Instruction>map(
                        i -> i instanceof Instruction.Index(int axis) ? new Instruction.Index(order.indexOf(axis)) : i)
                .toList();
        return new Program(p.args(), code, p.results());
    }

    private static int product(Shape s, int from, int to) {
        int n = 1;
        for (int a = from; a < to; a++) n *= s.dim(a);
        return n;
    }

    @Override
    public void run(HostBuffer[] memory, long[] streams) {
        this.memory = memory;
        if (epilogue.size > 0) {
            if (prologue.size == 0) total.fill(identity(), epilogue.size);
            else if (tasks == 1) accept(0);
            else threads.parallel(tasks, this);
            if (rowParts > 1) for (int o = 0; o < outer; o++) fold(partial, o * rowParts, rowParts, total, o, true);
        }
        last.begin(memory);
        last.given(0).at = 0;
        last.given(0).share(total);
        last.run(0, epilogue.size);
    }

    private double identity() {
        return switch (kind) {
            case SUM -> 0;
            case PROD -> 1;
            case MAX -> Double.NEGATIVE_INFINITY;
            case MIN -> Double.POSITIVE_INFINITY;
        };
    }

    @Override
    public void accept(int task) {
        Frame f = frames[task];
        f.begin(memory);
        if (inner > 1) {
            int units = outer * columnParts;
            for (int u = (int) ((long) units * task / tasks); u < (int) ((long) units * (task + 1) / tasks); u++)
                columns(f, rows[task], u / columnParts, u % columnParts);
        } else if (rowParts == 1) {
            shortRows(f, (int) ((long) outer * task / tasks), (int) ((long) outer * (task + 1) / tasks));
        } else {
            int units = outer * rowParts;
            for (int u = (int) ((long) units * task / tasks); u < (int) ((long) units * (task + 1) / tasks); u++) {
                int from = u % rowParts * PART, n = Math.min(PART, folded - from);
                foldBlocks(f, u / rowParts * folded + from, n, partial, u);
            }
        }
    }

    /** Rows from {@code first} to {@code end}, as many in a block as fit. */
    private void shortRows(Frame f, int first, int end) {
        if (folded > Tape.BLOCK) {
            for (int o = first; o < end; o++) foldBlocks(f, o * folded, folded, total, o);
            return;
        }
        int many = Tape.BLOCK / folded;
        for (int o = first; o < end; o += many) {
            int n = Math.min(many, end - o);
            f.step(o * folded, n * folded);
            Register r = f.result(0);
            for (int i = 0; i < n; i++) fold(r, i * folded, folded, total, o + i, true);
        }
    }

    private void foldBlocks(Frame f, int start, int n, Register to, int at) {
        for (int done = 0; done < n; done += Tape.BLOCK) {
            int length = Math.min(Tape.BLOCK, n - done);
            f.step(start + done, length);
            fold(f.result(0), 0, length, to, at, done == 0);
        }
    }

    /** Folds {@code n} elements of {@code r} into element {@code at} of {@code to}. */
    private void fold(Register r, int from, int n, Register to, int at, boolean first) {
        int o = r.at + from;
        switch (r.carrier) {
            case FLOAT -> {
                float v = switch (kind) {
                    case SUM -> Lanes.best().sum(r.floats, o, n);
                    case MAX -> Lanes.best().max(r.floats, o, n);
                    case MIN -> Lanes.best().min(r.floats, o, n);
                    case PROD -> {
                        float p = 1;
                        for (int i = 0; i < n; i++) p *= r.floats[o + i];
                        yield p;
                    }
                };
                to.floats[at] = first ? v : (float) combine(to.floats[at], v);
            }
            case DOUBLE -> {
                double v = switch (kind) {
                    case SUM -> Doubles.sum(r.doubles, o, n);
                    case MAX -> Doubles.max(r.doubles, o, n);
                    case MIN -> Doubles.min(r.doubles, o, n);
                    case PROD -> {
                        double p = 1;
                        for (int i = 0; i < n; i++) p *= r.doubles[o + i];
                        yield p;
                    }
                };
                to.doubles[at] = first ? v : combine(to.doubles[at], v);
            }
            case LONG -> {
                long v = r.longs[o];
                for (int i = 1; i < n; i++) v = combine(v, r.longs[o + i]);
                to.longs[at] = first ? v : combine(to.longs[at], v);
            }
        }
    }

    /** In double; for floats the sum and the product of two are rounded once more, which gives the float result. */
    private double combine(double a, double b) {
        return switch (kind) {
            case SUM -> a + b;
            case PROD -> a * b;
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
        };
    }

    private long combine(long a, long b) {
        return switch (kind) {
            case SUM -> a + b;
            case PROD -> a * b;
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
        };
    }

    /** Columns of part {@code part} under {@code o}: rows added up, {@link #ROWS} at a time. */
    private void columns(Frame f, Register sums, int o, int part) {
        int first = (int) ((long) inner * part / columnParts), end = (int) ((long) inner * (part + 1) / columnParts);
        if (first == 0 && end == inner && inner <= Tape.BLOCK / 2) {
            int many = Tape.BLOCK / inner;
            for (int r = 0; r < folded; r += many) {
                int n = Math.min(many, folded - r);
                f.step((o * folded + r) * inner, n * inner);
                for (int i = 0; i < n; i++) row(f.result(0), i * inner, sums, 0, inner, r + i);
            }
            finish(sums, 0, inner, o * inner);
            return;
        }
        for (int c = first; c < end; c += Tape.BLOCK) {
            int n = Math.min(Tape.BLOCK, end - c);
            for (int r = 0; r < folded; r++) {
                f.step((o * folded + r) * inner + c, n);
                row(f.result(0), 0, sums, c, n, r);
            }
            finish(sums, c, n, o * inner + c);
        }
    }

    /** Folds row {@code r} into the sums of its bundle, and full bundles into the totals behind them. */
    private void row(Register v, int from, Register sums, int c, int n, int r) {
        if (r % ROWS == 0 && r > 0) merge(sums, c, sums, inner + c, n, r == ROWS);
        merge(v, v.at + from, sums, c, n, r % ROWS == 0);
    }

    private void finish(Register sums, int c, int n, int at) {
        if (folded > ROWS) {
            merge(sums, c, sums, inner + c, n, false);
            merge(sums, inner + c, total, at, n, true);
        } else {
            merge(sums, c, total, at, n, true);
        }
    }

    private void merge(Register from, int o, Register to, int at, int n, boolean first) {
        switch (from.carrier) {
            case FLOAT -> {
                if (first) System.arraycopy(from.floats, o, to.floats, at, n);
                else switch (kind) {
                    case SUM -> Lanes.best().add(to.floats, at, from.floats, o, to.floats, at, n);
                    case PROD -> Lanes.best().mul(to.floats, at, from.floats, o, to.floats, at, n);
                    case MAX -> Lanes.best().max(to.floats, at, from.floats, o, to.floats, at, n);
                    case MIN -> Lanes.best().min(to.floats, at, from.floats, o, to.floats, at, n);
                }
            }
            case DOUBLE -> {
                for (int i = 0; i < n; i++)
                    to.doubles[at + i] = first ? from.doubles[o + i] : combine(to.doubles[at + i], from.doubles[o + i]);
            }
            case LONG -> {
                for (int i = 0; i < n; i++)
                    to.longs[at + i] = first ? from.longs[o + i] : combine(to.longs[at + i], from.longs[o + i]);
            }
        }
    }
}
