package org.chainrule.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.chainrule.DType;
import org.chainrule.expr.Expr;
import org.chainrule.graph.Op;
import org.chainrule.plan.Value.Ref;

/** Writes the kernels of a group: fusion is substitution of formulas, here into one program with shared registers. */
final class Emission {
    private final Table<Value, Group> groupOf;
    private final Table<Value, Integer> slotOf;
    private final List<Plan.Stream> streams;

    Emission(Table<Value, Group> groupOf, Table<Value, Integer> slotOf, List<Plan.Stream> streams) {
        this.groupOf = groupOf;
        this.slotOf = slotOf;
        this.streams = streams;
    }

    /** Whether {@code v}, computed by {@code g}, must be in memory: something outside reads it. */
    static boolean isStored(Value v, Group g, Table<Value, Group> groupOf) {
        if (v.observed) return true;
        for (Value u : v.users) if (groupOf.get(u) != g) return true;
        return false;
    }

    static Kernel copy(Value v, int from, int to) {
        Layout l = Layout.of(v.shape);
        return new Kernel.Map(new Kernel.Label("assign", v.tensor.origin()), v.shape, Program.identity(v.dtype),
                List.of(new Operand(from, v.dtype, l)), List.of(new Operand(to, v.dtype, l)));
    }

    List<Kernel> kernels(Group g) {
        return g.root.isEmpty() ? List.of(map(g)) : root(g, g.root.get());
    }

    private static Kernel.Label label(Group g) {
        List<Value> all = g.values();
        return new Kernel.Label(all.stream().map(v -> v.tensor.name()).distinct().collect(Collectors.joining("+")),
                all.getLast().tensor.origin());
    }

    private Operand read(Ref r) {
        return switch (r) {
            case Ref.View(Value of, Layout l) -> new Operand(slotOf.get(of), of.dtype, l);
            case Ref.Literal l -> throw new IllegalStateException("a literal " + l.value() + " has no memory");
        };
    }

    private Operand written(Value v) {
        return new Operand(slotOf.get(v), v.dtype, Layout.of(v.shape));
    }

    private List<Kernel> root(Group g, Value v) {
        Kernel.Label label = label(g);
        List<Ref> in = v.inputs;
        return switch (v.op) {
            case Op.MatMul _ -> {
                Body b = new Body(g.members, v, g);
                yield List.of(new Kernel.MatMul(label, v.dtype, v.shape, read(in.getFirst()), read(in.getLast()),
                        b.program, b.operands, b.out));
            }
            case Op.Reduce(Op.Reduction kind, List<Integer> axes) -> {
                Body b = new Body(g.members, v, g);
                Ref x = in.getFirst();
                Value source = ((Ref.View) x).of();
                Body p = g.prologue.isEmpty() ? new Body(x, source) : new Body(g.prologue, source);
                yield List.of(new Kernel.Reduce(label, kind, ((Ref.View) x).layout().shape(), axes, v.dtype, p.program,
                        p.operands, b.program, b.operands, b.out));
            }
            case Op.ArgReduce(boolean greatest, int axis) ->
                    List.of(new Kernel.ArgReduce(label, greatest, axis, read(in.getFirst()), written(v)));
            case Op.CumulativeSum(int axis) ->
                    List.of(new Kernel.CumulativeSum(label, axis, read(in.getFirst()), written(v)));
            case Op.Gather(int axis) ->
                    List.of(new Kernel.Gather(label, axis, read(in.getFirst()), read(in.getLast()), written(v)));
            case Op.ScatterAdd(int axis) ->
                    List.of(new Kernel.ScatterAdd(label, axis, read(in.getFirst()), read(in.getLast()), written(v)));
            case Op.Random(Op.Distribution d, org.chainrule.Rng rng, long first) -> {
                streams.add(new Plan.Stream(rng, first));
                yield List.of(new Kernel.Random(label, d, rng.seed(), streams.size() - 1, written(v)));
            }
            case Op.Composite(String name, List<Double> attributes, org.chainrule.Tensor _, Op.GradientRule _) ->
                    List.of(new Kernel.Composite(label, name, attributes, in.stream().map(this::read).toList(),
                            written(v)));
            case Op.Embed(List<Integer> start, List<Integer> step) -> {
                Operand from = read(in.getFirst()), to = written(v);
                Layout part = to.layout().slice(from.layout().shape(), start, step);
                yield List.of(fill(label, to), move(label, from, new Operand(to.slot(), to.dtype(), part)));
            }
            case Op.Concat(int axis) -> {
                List<Kernel> parts = new ArrayList<>();
                Operand to = written(v);
                int at = 0;
                for (Ref r : in) {
                    Operand from = read(r);
                    Integer[] start = new Integer[v.shape.rank()], step = new Integer[v.shape.rank()];
                    java.util.Arrays.fill(start, 0);
                    java.util.Arrays.fill(step, 1);
                    start[axis] = at;
                    at += from.layout().shape().dim(axis);
                    parts.add(move(label, from, new Operand(to.slot(), to.dtype(),
                            to.layout().slice(from.layout().shape(), List.of(start), List.of(step)))));
                }
                yield parts;
            }
            case Op.Leaf _, Op.Constant _, Op.HostScalar _, Op.Map _, Op.Cast _, Op.Permute _, Op.Reshape _, Op.Expand _, Op.Slice _, Op.StopGradient _ ->
                    throw new IllegalStateException(v + " is not the root of a kernel");
        };
    }

    private static Kernel fill(Kernel.Label label, Operand to) {
        Program.Builder b = new Program.Builder(List.of());
        int zero = b.constant(0, to.dtype().arithmetic());
        return new Kernel.Map(label, to.layout().shape(), b.build(List.of(zero)), List.of(), List.of(to));
    }

    private static Kernel move(Kernel.Label label, Operand from, Operand to) {
        return new Kernel.Map(label, from.layout().shape(), Program.identity(from.dtype()), List.of(from), List.of(to));
    }

    private Kernel map(Group g) {
        Body b = new Body(g.members, g);
        return new Kernel.Map(label(g), g.shape, b.program, b.operands, b.out);
    }

    /** The program over pointwise values, what it reads from memory and what it writes. */
    private final class Body {
        final List<Operand> operands = new ArrayList<>();
        final List<Operand> out = new ArrayList<>();
        final Program program;
        private final Table<Value, Integer> registers = new Table<>();
        private final Map<Operand, Integer> arguments = new LinkedHashMap<>();

        /** The members of a kernel without a root. */
        Body(List<Value> members, Group g) {
            this.program = build(members, List.of(), stored(members, g));
        }

        /** The members after {@code root}, whose value is the first argument. */
        Body(List<Value> members, Value root, Group g) {
            registers.put(root, 0);
            List<Value> stored = stored(members, g);
            if (isStored(root, g, groupOf)) stored.addFirst(root);
            this.program = build(members, List.of(root.dtype), stored);
        }

        /** The members before a reduction that folds {@code result}. */
        Body(List<Value> members, Value result) {
            this.program = build(members, List.of(), List.of(result));
            this.out.clear();
        }

        /** Nothing before a reduction of {@code r}. */
        Body(Ref r, Value source) {
            operands.add(read(r));
            this.program = Program.identity(source.dtype);
        }

        private List<Value> stored(List<Value> members, Group g) {
            return members.stream().filter(m -> isStored(m, g, groupOf))
                    .collect(Collectors.toCollection(ArrayList::new));
        }

        private Program build(List<Value> members, List<DType> first, List<Value> stored) {
            List<DType> args = new ArrayList<>(first);
            for (Value m : members) {
                for (Ref r : m.inputs) {
                    if (!(r instanceof Ref.View(Value of, Layout _)) || registers.has(of) || members.contains(of))
                        continue;
                    Operand o = read(r);
                    if (arguments.putIfAbsent(o, args.size()) == null) {
                        args.add(o.dtype());
                        operands.add(o);
                    }
                }
            }
            Program.Builder b = new Program.Builder(args);
            for (Value m : members) registers.put(m, lower(b, m));
            for (Value v : stored) if (slotOf.has(v)) out.add(written(v));
            return b.build(stored.stream().map(registers::get).toList());
        }

        private int lower(Program.Builder b, Value m) {
            DType type = m.dtype.arithmetic();
            int[] regs = new int[m.inputs.size()];
            for (int i = 0; i < regs.length; i++) {
                regs[i] = switch (m.inputs.get(i)) {
                    case Ref.Literal(double v, DType of) -> b.constant(v, of.arithmetic());
                    case Ref.View(Value of, Layout l) -> registers.has(of) ? registers.get(of)
                            : arguments.getOrDefault(read(new Ref.View(of, l)), -1);
                };
            }
            return switch (m.op) {
                case Op.Map(String _, Expr e) -> b.lower(e, regs, type);
                case Op.Cast _ -> b.cast(regs[0], m.dtype);
                default -> throw new IllegalStateException(m + " is not pointwise");
            };
        }
    }
}
