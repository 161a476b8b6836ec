package org.chainrule.cuda;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.chainrule.DType;
import org.chainrule.Origin;
import org.chainrule.Shape;
import org.chainrule.expr.Expr.Fn;
import org.chainrule.expr.Expr.Fn2;
import org.chainrule.graph.Op;
import org.chainrule.kernels.Hardware;
import org.chainrule.kernels.Launch;
import org.chainrule.kernels.Recipes;
import org.chainrule.kernels.Source;
import org.chainrule.kernels.Tuning;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;
import org.chainrule.plan.Program.Instruction;

/** All functions that a device without a compiler needs: kernels of every kind, instruction and dtype, in the sizes that choose other launches. */
final class FixedFunctions {
    /** Small and large: the one divides what the other leaves whole. */
    static final List<Hardware> KINDS = List.of(new Hardware(false, 2, 4, 48 << 10, 1024, false, false, Tuning.none()),
            new Hardware(false, 132, 4, 48 << 10, 1024, false, false, Tuning.none()));

    private static final Kernel.Label LABEL = new Kernel.Label("fixed", Origin.UNKNOWN);
    /** What registers hold. */
    private static final List<DType> ARITHMETIC =
            Arrays.stream(DType.values()).filter(d -> d == d.arithmetic()).toList();
    private static final List<DType> REAL = List.of(DType.F32, DType.F64);

    private final Map<String, Source> found = new TreeMap<>();

    private FixedFunctions() {}

    /** In an order of their own. */
    static List<Source> all() {
        FixedFunctions f = new FixedFunctions();
        f.instructions();
        f.copies();
        f.folds();
        f.products();
        f.indices();
        f.rows();
        return List.copyOf(f.found.values());
    }

    private void add(Kernel kernel) {
        for (Hardware h : KINDS) Recipes.of(kernel, h).launches().stream().map(Launch::source)
                .forEach(s -> found.putIfAbsent(s.entry() + " " + s.text(), s));
    }

    private static Operand operand(int slot, DType type, int... dims) {
        return new Operand(slot, type, Layout.of(Shape.of(dims)));
    }

    private static Operand permuted(Operand o, Integer... order) {
        return new Operand(o.slot(), o.dtype(), o.layout().permute(List.of(order)));
    }

    /** {@code code} over arguments of {@code args}. */
    private void map(List<DType> args, Instruction... code) {
        Shape shape = Shape.of(5);
        List<Operand> in = IntStream.range(0, args.size()).mapToObj(i -> operand(i, args.get(i), 5)).toList();
        add(new Kernel.Map(LABEL, shape, new Program(args, List.of(code), List.of(args.size() + code.length - 1)), in,
                List.of(operand(args.size(), code[code.length - 1].type(), 5))));
    }

    private void instructions() {
        for (DType t : ARITHMETIC) {
            Instruction.Const c = new Instruction.Const(3, t);
            map(List.of(), c);
            for (Fn fn : Fn.values()) map(List.of(t), new Instruction.Unary(fn, 0, t));
            for (Fn2 fn : Fn2.values()) {
                map(List.of(t, t), new Instruction.Binary(fn, 0, 1, t));
                map(List.of(t), c, new Instruction.Binary(fn, 0, 1, t));
                map(List.of(t), c, new Instruction.Binary(fn, 1, 0, t));
            }
            DType b = DType.BOOL;
            map(List.of(b, t, t), new Instruction.Where(0, 1, 2, t));
            map(List.of(b, t), c, new Instruction.Where(0, 1, 2, t));
            map(List.of(b, t), c, new Instruction.Where(0, 2, 1, t));
            map(List.of(b), c, new Instruction.Const(4, t), new Instruction.Where(0, 1, 2, t));
            for (DType to : ARITHMETIC) if (to != t) map(List.of(t), new Instruction.Cast(0, t, to));
        }
        map(List.of(), new Instruction.Index(0));
    }

    private void copies() {
        for (DType from : DType.values()) for (DType to : DType.values()) {
            if (from.arithmetic() != to.arithmetic()) continue;
            for (int rank : new int[] {1, 4}) {
                int[] dims = IntStream.range(0, rank).map(a -> a + 2).toArray();
                Operand out = operand(1, to, dims);
                Integer[] back = IntStream.range(0, rank).mapToObj(a -> rank - 1 - a).toArray(Integer[]::new);
                int[] reversed = IntStream.range(0, rank).map(a -> dims[rank - 1 - a]).toArray();
                add(new Kernel.Map(LABEL, Shape.of(dims), Program.identity(from),
                        List.of(permuted(operand(0, from, reversed), back)), List.of(out)));
            }
        }
    }

    private void folds() {
        for (DType t : ARITHMETIC) for (Op.Reduction kind : Op.Reduction.values())
            for (int[] size : new int[][] {{3, 5}, {1, 100}, {1, 20_000}})
                add(new Kernel.Reduce(LABEL, kind, Shape.of(size), List.of(1), t, Program.identity(t),
                        List.of(operand(0, t, size)), Program.identity(t), List.of(),
                        List.of(operand(1, t, size[0], 1))));
    }

    private void products() {
        for (DType t : REAL)
            for (int size : new int[] {2, 64, 128, 256}) for (int transposed = 0; transposed < 4; transposed++) {
                Operand a = operand(0, t, size, size), b = operand(1, t, size, size);
                add(new Kernel.MatMul(LABEL, t, Shape.of(size, size), (transposed & 1) == 0 ? a : permuted(a, 1, 0),
                        (transposed & 2) == 0 ? b : permuted(b, 1, 0), Program.identity(t), List.of(),
                        List.of(operand(2, t, size, size))));
            }
    }

    private void indices() {
        for (DType t : DType.values()) {
            Operand x = operand(0, t, 4, 5), y = operand(1, t, 4, 5);
            for (DType index : List.of(DType.I32, DType.I64)) {
                add(new Kernel.Gather(LABEL, 0, x, operand(2, index, 4, 5), y));
                add(new Kernel.ScatterAdd(LABEL, 0, operand(2, index, 4, 5), x, y));
                // lines beside the updates, which keep the axes of the others apart
                add(new Kernel.ScatterAdd(LABEL, 0, operand(2, index, 2, 2, 2, 2, 2), operand(0, t, 2, 2, 2, 2, 2),
                        operand(1, t, 2, 3, 3, 3, 3)));
            }
            for (boolean greatest : new boolean[] {true, false})
                add(new Kernel.ArgReduce(LABEL, greatest, 1, x, operand(1, DType.I64, 4)));
            add(new Kernel.CumulativeSum(LABEL, 1, x, y));
        }
    }

    private void rows() {
        for (Op.Distribution d : Op.Distribution.values()) for (DType t : DType.values())
            if (t.isFloat()) add(new Kernel.Random(LABEL, d, 1, 0, operand(0, t, 5)));
        for (DType t : REAL) for (String name : Recipes.COMPOSITES)
            add(new Kernel.Composite(LABEL, name, List.of(name.equals("normalize") ? 1e-5 : 1.0),
                    List.of(operand(0, t, 4, 5)), operand(1, t, 4, 5)));
    }
}
