package org.chainrule.kernels;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;
import org.chainrule.plan.Program.Instruction;

/**
 * A kernel as steps for which there are finitely many functions, so that a device without a compiler computes it by those that were compiled beforehand. Each
 * instruction of a formula is a step of its own, over intermediate results in scratch memory; sums, products and the other structures have no formulas
 * around them; what has more axes than functions walk over is copied first, and half precision is widened by copies. Values are rounded where the fused
 * kernel rounds them, so they have its bits.
 */
final class FixedSteps {
    /** Slots from this one on stand for scratch memory. */
    private static final int SCRATCH = 1 << 30;

    private final Kernel.Label label;
    private final Hardware hardware;
    private final List<Command> commands = new ArrayList<>();
    private final List<Recipe.Scratch> scratch = new ArrayList<>();
    /** Scratch memory that nothing reads any more. */
    private final Map<Recipe.Scratch, Deque<Integer>> free = new HashMap<>();

    private FixedSteps(Kernel.Label label, Hardware hardware) {
        this.label = label;
        this.hardware = hardware;
    }

    static Recipe of(Kernel kernel, Hardware hardware) {
        FixedSteps s = new FixedSteps(kernel.label(), hardware);
        switch (kernel) {
            case Kernel.Map k -> s.map(k.shape(), k.program(), k.in(), k.out());
            case Kernel.Reduce k -> s.reduce(k);
            case Kernel.MatMul k -> s.product(k);
            case Kernel.ArgReduce k ->
                    s.run(new Kernel.ArgReduce(k.label(), k.greatest(), k.axis(), s.simple(k.in()), k.result()));
            case Kernel.CumulativeSum k ->
                    s.run(new Kernel.CumulativeSum(k.label(), k.axis(), s.simple(k.in()), k.result()));
            case Kernel.Gather k ->
                    s.run(new Kernel.Gather(k.label(), k.axis(), s.simple(k.source()), s.simple(k.index()),
                            k.result()));
            case Kernel.ScatterAdd k -> s.scatterAdd(k);
            case Kernel.Random k -> s.run(k);
            case Kernel.Composite k -> s.run(new Kernel.Composite(k.label(), k.name(), k.attributes(),
                    k.in().stream().map(s::simple).toList(), k.result()));
        }
        return new Recipe(s.commands, s.scratch);
    }

    /** Adds the commands of a kernel that is one step. */
    private void run(Kernel step) {
        Recipe r = Recipes.whole(step, hardware);
        int first = scratch.size();
        scratch.addAll(r.scratch());
        for (Command c : r.commands()) {
            List<Argument> arguments = c.arguments().stream().map(a -> moved(a, first)).toList();
            commands.add(switch (c) {
                case Launch l -> new Launch(l.source(), arguments, l.groups(), l.items());
                case LibraryProduct p -> new LibraryProduct(p.in(), p.out(), p.rows(), p.columns(), p.depth(), p.a(),
                        p.b(), p.c(), p.count(), arguments);
            });
        }
    }

    private static Argument moved(Argument a, int first) {
        return switch (a) {
            case Argument.Slot(int slot) when slot >= SCRATCH -> new Argument.Scratch(slot - SCRATCH);
            case Argument.Scratch(int number) -> new Argument.Scratch(first + number);
            case Argument.Slot _, Argument.I32 _, Argument.I64 _, Argument.Constant _, Argument.Stream _, Argument.FaultWords _, Argument.FaultOwner _ ->
                    a;
        };
    }

    /** Scratch memory for elements of {@code shape}, in rows. */
    private Operand temporary(DType type, Shape shape) {
        Recipe.Scratch memory = new Recipe.Scratch(type, Math.max(1, Math.toIntExact(shape.size())));
        Deque<Integer> unused = free.getOrDefault(memory, new ArrayDeque<>());
        if (unused.isEmpty()) {
            scratch.add(memory);
            unused.add(scratch.size() - 1);
        }
        return new Operand(SCRATCH + unused.pop(), type, Layout.of(shape));
    }

    private void release(Operand o) {
        if (o.slot() < SCRATCH) return;
        int number = o.slot() - SCRATCH;
        free.computeIfAbsent(scratch.get(number), _ -> new ArrayDeque<>()).push(number);
    }

    private void copy(Operand from, Operand to) {
        run(new Kernel.Map(label, to.layout().shape(), Program.identity(from.dtype()), List.of(from), List.of(to)));
    }

    private Operand copied(Operand from, DType type) {
        Operand to = temporary(type, from.layout().shape());
        copy(from, to);
        return to;
    }

    /** {@code o}, copied where it has more axes than functions walk over. */
    private Operand simple(Operand o) {
        return o.layout().shape().rank() <= Style.AXES ? o : copied(o, o.dtype());
    }

    /** {@code o} in the dtype that arithmetic is done in. */
    private Operand widened(Operand o) {
        return o.dtype() == o.dtype().arithmetic() ? o : copied(o, o.dtype().arithmetic());
    }

    private static boolean isBare(Program p, List<Operand> out, DType type) {
        return p.isCopy() && p.results().equals(List.of(0)) && out.size() == 1 && out.getFirst().dtype() == type;
    }

    private void reduce(Kernel.Reduce k) {
        int rank = k.shape().rank();
        DType type = k.dtype().arithmetic();
        Operand in = k.prologue().isCopy() ? widened(k.in().getFirst()) : temporary(type, k.shape());
        if (!k.prologue().isCopy()) map(k.shape(), k.prologue(), k.in(), List.of(in));
        Shape folded = Shape.of(IntStream.range(0, rank).map(a -> k.axes().contains(a) ? 1 : k.shape().dim(a))
                .toArray());
        Operand to = isBare(k.epilogue(), k.out(), type) ? k.out().getFirst() : temporary(type, folded);
        Operand from = in, into = to;
        List<Integer> axes = k.axes();
        if (rank > Style.AXES) {
            List<Integer> order = new ArrayList<>(Elementwise.axes(rank));
            order.sort((a, b) -> Boolean.compare(k.axes().contains(a), k.axes().contains(b)));
            from = copied(permuted(in, order), type);
            into = permuted(to, order);
            axes = Elementwise.axes(rank).subList(rank - k.axes().size(), rank);
        }
        run(new Kernel.Reduce(label, k.kind(), from.layout().shape(), axes, type, Program.identity(type),
                List.of(from), Program.identity(type), List.of(), List.of(into)));
        follow(k.epilogue(), folded, to, k.extra(), k.out());
    }

    private static Operand permuted(Operand o, List<Integer> order) {
        return new Operand(o.slot(), o.dtype(), o.layout().permute(order));
    }

    /** Where lines lie beside the updates the whole is zero first, and the part that has updates is like a result of their extents. */
    private void scatterAdd(Kernel.ScatterAdd k) {
        Operand result = k.result();
        Layout all = result.layout();
        int[] part = k.updates().layout().shape().dims();
        part[k.axis()] = all.shape().dim(k.axis());
        Shape covered = Shape.of(part);
        if (!covered.equals(all.shape())) {
            DType type = result.dtype().arithmetic();
            map(all.shape(), new Program(List.of(), List.of(new Instruction.Const(0, type)), List.of(0)), List.of(),
                    List.of(result));
            result = new Operand(result.slot(), result.dtype(), new Layout(covered, all.offset(), all.stride()));
        }
        run(new Kernel.ScatterAdd(label, k.axis(), simple(k.index()), simple(k.updates()), result));
    }

    private void product(Kernel.MatMul k) {
        DType type = k.dtype().arithmetic();
        boolean hasFewAxes = k.shape().rank() - 2 <= Style.AXES;
        Operand a = widened(hasFewAxes ? k.a() : simple(k.a())), b = widened(hasFewAxes ? k.b() : simple(k.b()));
        Operand to = isBare(k.epilogue(), k.out(), type) ? k.out().getFirst() : temporary(type, k.shape());
        run(new Kernel.MatMul(label, type, k.shape(), a, b, Program.identity(type), List.of(), List.of(to)));
        follow(k.epilogue(), k.shape(), to, k.extra(), k.out());
    }

    /** What follows a step, computed from {@code value}; nothing where that is the result already. */
    private void follow(Program epilogue, Shape shape, Operand value, List<Operand> extra, List<Operand> out) {
        if (value.slot() < SCRATCH) return;
        List<Operand> in = new ArrayList<>(List.of(value));
        in.addAll(extra);
        map(shape, epilogue, in, out);
    }

    private void map(Shape shape, Program program, List<Operand> in, List<Operand> out) {
        if (shape.size() > 0) new Formula(shape, program, in, out).run();
    }

    /** A program, instruction by instruction. */
    private final class Formula {
        private final Shape shape;
        private final Program program;
        private final List<Operand> out;
        /** Where registers lie; constants lie nowhere. */
        private final Map<Integer, Operand> registers = new HashMap<>();
        private final int arguments, last;

        Formula(Shape shape, Program program, List<Operand> in, List<Operand> out) {
            this.shape = shape;
            this.program = program;
            this.out = out;
            this.arguments = program.args().size();
            this.last = arguments + program.code().size() - 1;
            for (int i = 0; i < arguments; i++) registers.put(i, in.get(i));
        }

        void run() {
            int[] uses = lastUses();
            boolean isStored = false;
            for (int r = arguments; r <= last; r++) {
                Instruction i = program.code().get(r - arguments);
                if (i instanceof Instruction.Const) continue;
                // what comes last may take the place of what it reads, for it reads and writes one element after the other
                isStored = r == last && program.results().equals(List.of(r)) && isWritable(i);
                Operand to = isStored ? out.getFirst() : temporary(i.type(), shape);
                compute(i, to);
                registers.put(r, to);
                for (int used : i.reads()) {
                    if (uses[used] != r || used < arguments || !registers.containsKey(used)) continue;
                    release(at(used));
                    uses[used] = 0;
                }
            }
            if (!isStored) store();
        }

        private boolean isWritable(Instruction i) {
            Operand to = out.getFirst();
            return to.dtype() == i.type() && isRow(to) && !(i instanceof Instruction.Index);
        }

        /** Results may take the place of arguments, so those that are results are read first. */
        private void store() {
            if (out.size() > 1)
                for (int r : program.results())
                    if (r < arguments) registers.computeIfPresent(r, (_, o) -> o.slot() >= SCRATCH ? o
                            : copied(o, o.dtype()));
            for (int i = 0; i < out.size(); i++) {
                int r = program.results().get(i);
                copy(registers.containsKey(r) ? at(r) : filled(constant(r)), out.get(i));
            }
        }

        private Operand at(int register) {
            return Optional.ofNullable(registers.get(register)).orElseThrow();
        }

        /** For each register the one that reads it last; results are read after all. */
        private int[] lastUses() {
            int[] uses = new int[last + 1];
            for (int r = arguments; r <= last; r++)
                for (int o : program.code().get(r - arguments).reads()) uses[o] = r;
            program.results().forEach(r -> uses[r] = Integer.MAX_VALUE);
            return uses;
        }

        /** Constants are arguments of a function, but where nothing else is: there must be an element to compute from, and a condition is one. */
        private void compute(Instruction i, Operand to) {
            if (i instanceof Instruction.Index(int axis)) {
                index(axis, to);
                return;
            }
            List<Integer> operands = i.reads();
            int[] numbers = new int[operands.size()];
            List<Integer> read = new ArrayList<>();
            List<Instruction> code = new ArrayList<>();
            for (int n = 0; n < numbers.length; n++) {
                if (isConstant(operands.get(n), i, n)) continue;
                numbers[n] = read.size();
                read.add(operands.get(n));
                prepare(operands.get(n));
            }
            for (int n = 0; n < numbers.length; n++) {
                if (!isConstant(operands.get(n), i, n)) continue;
                numbers[n] = read.size() + code.size();
                code.add(program.code().get(operands.get(n) - arguments));
            }
            code.add(i.reading(numbers));
            List<Operand> all = new ArrayList<>(read.stream().map(this::at).toList());
            all.add(to);
            if (axes(all) > Style.AXES) for (int r : read) registers.computeIfPresent(r, (_, o) -> isRow(o) ? o
                    : copied(o, o.dtype()));
            List<Operand> in = read.stream().map(this::at).toList();
            Program one = new Program(in.stream().map(Operand::dtype).toList(), code,
                    List.of(in.size() + code.size() - 1));
            FixedSteps.this.run(new Kernel.Map(label, shape, one, in, List.of(to)));
        }

        private boolean isConstant(int register, Instruction reader, int n) {
            return !registers.containsKey(register)
                    && (n > 0 || reader instanceof Instruction.Binary(var _, int _, int b, DType _)
                            && registers.containsKey(b));
        }

        /** Has a register lie where a step can read it. */
        private void prepare(int register) {
            if (!registers.containsKey(register)) registers.put(register, filled(constant(register)));
            registers.computeIfPresent(register, (_, o) -> widened(o));
        }

        private Instruction.Const constant(int register) {
            return (Instruction.Const) program.code().get(register - arguments);
        }

        /** One element that stands for all of the shape. */
        private Operand filled(Instruction.Const c) {
            Operand one = temporary(c.type(), Shape.of(1));
            FixedSteps.this.run(new Kernel.Map(label, Shape.of(1), new Program(List.of(), List.of(c), List.of(0)),
                    List.of(), List.of(one)));
            return new Operand(one.slot(), one.dtype(), new Layout(shape, 0, new int[shape.rank()]));
        }

        /** The coordinate along {@code axis}, the middle one of three. */
        private void index(int axis, Operand to) {
            int[] d = shape.dims();
            Shape three = Shape.of(product(d, 0, axis), d[axis], product(d, axis + 1, d.length));
            FixedSteps.this.run(new Kernel.Map(label, three,
                    new Program(List.of(), List.of(new Instruction.Index(1)), List.of(0)), List.of(),
                    List.of(new Operand(to.slot(), to.dtype(), Layout.of(three)))));
        }

        private static int product(int[] d, int from, int to) {
            return Arrays.stream(d, from, to).reduce(1, (a, b) -> a * b);
        }

        private int axes(List<Operand> operands) {
            return Space.of(Elementwise.axes(shape.rank()), Text.layouts(operands), true, shape.dims()).extents()
                    .size();
        }

        /** Whether its elements lie in one row. */
        private boolean isRow(Operand o) {
            return axes(List.of(o)) <= 1
                    && (o.layout().isPlain() || Arrays.stream(o.layout().stride()).allMatch(s -> s == 0));
        }
    }
}
