package org.chainrule.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.chainrule.Shape;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;

/** A kernel of one work-item for each element of a space: what maps, gathers and scans have in common. */
final class Elementwise {
    /** Items of a group. Compiling for a size costs time, so there is one; on processors fewer would not fill a vector loop. */
    static final int ITEMS = 256;

    final Text text;
    private final int size;
    final Text.Walk walk;

    /** By {@code text}, over {@code axes} of {@code shape}, in which operands lie as {@code layouts} say; {@code shape} is not empty along them. */
    private Elementwise(Text text, Shape shape, List<Integer> axes, List<Layout> layouts, boolean merges) {
        this.text = text;
        Space space = Space.of(axes, layouts, merges, shape.dims()).asRows();
        this.size = Math.toIntExact(space.size());
        text.items(size, ITEMS);
        this.walk = text.new Walk(space, "i");
        walk.coordinates("i");
    }

    Recipe recipe(Entry entry) {
        return Recipe.of(text.launch(entry, Launch.Extent.of((size - 1) / ITEMS + 1), Launch.Extent.of(ITEMS)));
    }

    static List<Integer> axes(int rank) {
        return IntStream.range(0, rank).boxed().toList();
    }

    static List<Integer> axesBut(int rank, int axis) {
        return IntStream.range(0, rank).filter(a -> a != axis).boxed().toList();
    }

    /** {@code out = program(in)}. */
    static Recipe map(Kernel.Map k, Hardware hardware) {
        if (k.shape().size() == 0) return Recipe.NOTHING;
        List<Operand> all = new ArrayList<>(k.in());
        all.addAll(k.out());
        int rank = k.shape().rank();
        Elementwise e = new Elementwise(new Text(hardware), k.shape(), axes(rank), Text.layouts(all),
                !ProgramText.hasCoordinates(k.program()));
        ProgramText program = new ProgramText(e.text, k.program(), "r", e.walk::coordinate);
        for (int i = 0; i < k.in().size(); i++) {
            Operand o = k.in().get(i);
            String name = "in" + i;
            String memory = e.text.memory(o, name, false);
            e.text.line(program.argument(i, ScalarType.load(o.dtype(), memory,
                    Text.place(e.text.offset(o, name), e.walk.terms(i, name)))));
        }
        program.declare();
        for (int i = 0; i < k.out().size(); i++) {
            Operand o = k.out().get(i);
            String name = "out" + i;
            String memory = e.text.memory(o, name, true);
            e.text.line(ScalarType.store(o.dtype(), memory,
                    Text.place(e.text.offset(o, name), e.walk.terms(k.in().size() + i, name)), program.result(i)));
        }
        return e.recipe(Entry.MAP);
    }

    /** {@code result[i…] = source[i… with index[i…] at axis]}. */
    static Recipe gather(Kernel.Gather k, Hardware hardware) {
        Shape shape = k.result().layout().shape();
        if (shape.size() == 0) return Recipe.NOTHING;
        int axis = k.axis(), extent = k.source().layout().shape().dim(axis);
        int[] across = k.source().layout().stride().clone();
        across[axis] = 0;
        Layout others = new Layout(shape, k.source().layout().offset(), across);
        Elementwise e = new Elementwise(new Text(hardware), shape, axes(shape.rank()),
                List.of(k.index().layout(), others, k.result().layout()), true);
        String at = index(e.text, k.index(), Text.place(e.text.offset(k.index(), "index"), e.walk.terms(0, "index")),
                extent);
        String source = e.text.memory(k.source(), "source", false), result = e.text.memory(k.result(), "result", true);
        List<String> along = e.text.term(at, "source_stride", k.source().layout().stride()[axis]);
        String value = ScalarType.load(k.source().dtype(), source,
                Text.place(e.text.offset(k.source(), "source"), e.walk.terms(1, "source"), along));
        String place = Text.place(e.text.offset(k.result(), "result"), e.walk.terms(2, "result"));
        // an axis without elements has nothing to read in an index's stead
        e.text.line("if (" + at + " < 0) return;");
        e.text.line(ScalarType.store(k.result().dtype(), result, place, value));
        return e.recipe(Entry.GATHER);
    }

    /**
     * {@code result = 0}, then {@code result[i… with index[i…] at axis] += updates[i…]}: a line along the axis belongs to one work-item, so that
     * sums have one order.
     */
    static Recipe scatterAdd(Kernel.ScatterAdd k, Hardware hardware) {
        Shape result = k.result().layout().shape(), updates = k.updates().layout().shape();
        if (result.size() == 0 && updates.size() == 0) return Recipe.NOTHING;
        int axis = k.axis(), extent = result.dim(axis), count = updates.dim(axis);
        List<Integer> others = axesBut(result.rank(), axis);
        if (others.stream().anyMatch(a -> result.dim(a) == 0)) return Recipe.NOTHING;
        boolean covers = others.stream().allMatch(a -> result.dim(a) == updates.dim(a));
        Elementwise e = new Elementwise(Text.strided(hardware), result, others,
                List.of(k.index().layout(), k.updates().layout(), k.result().layout()), covers);
        Text t = e.text;
        String sums = t.memory(k.result(), "result", true), added = t.memory(k.updates(), "updates", false);
        List<String> line = e.walk.terms(2, "result");
        List<String> offset = t.offset(k.result(), "result");
        String stride = t.number("result_stride", k.result().layout().stride()[axis]);
        t.line("for (i32 j = 0; j < " + t.number("extent", extent) + "; j++) {");
        t.line(ScalarType.store(k.result().dtype(), sums, Text.place(offset, line, List.of("j * " + stride)),
                ScalarType.literal(0, k.result().dtype())));
        t.line("}");
        // lines beside the updates stay zero
        for (int i = 0; !covers && i < others.size(); i++)
            t.line("if (" + e.walk.coordinate(i) + " >= " + t.number("updates_extent" + i, updates.dim(others.get(i)))
                    + ") return;");
        t.line("for (i32 j = 0; j < " + t.number("count", count) + "; j++) {");
        String at = index(t, k.index(), Text.place(t.offset(k.index(), "index"), e.walk.terms(0, "index"),
                List.of("j * " + t.number("index_stride", k.index().layout().stride()[axis]))), extent);
        String value = ScalarType.load(k.updates().dtype(), added,
                Text.place(t.offset(k.updates(), "updates"), e.walk.terms(1, "updates"),
                        List.of("j * " + t.number("updates_stride", k.updates().layout().stride()[axis]))));
        String place = Text.place(offset, line, List.of(at + " * " + stride));
        t.line("if (" + at + " < 0) continue;");
        t.line(ScalarType.store(k.result().dtype(), sums, place, ProgramText.fold(org.chainrule.graph.Op.Reduction.SUM,
                ScalarType.load(k.result().dtype(), sums, place), value, k.result().dtype())));
        t.line("}");
        return e.recipe(Entry.SCATTER_ADD);
    }

    /** Declares an index read from memory; it is -1, and reported, where it lies outside {@code extent}. */
    private static String index(Text t, Operand index, String place, int extent) {
        String memory = t.memory(index, "index", false);
        t.parameter("GLOBAL u32 *fault", "fault", new Argument.FaultWords());
        t.parameter("const i32 owner", "owner", new Argument.FaultOwner());
        String limit = t.number("limit", extent);
        t.line("i64 at = " + ScalarType.load(index.dtype(), memory, place) + ";");
        t.line("if (at < 0 || at >= " + limit + ") {");
        t.line("report(fault, owner, at, " + limit + ");");
        t.line("at = -1;");
        t.line("}");
        return "(i32)at";
    }

    /** Position of the first greatest or least element along the axis, NaN counting as such. */
    static Recipe argReduce(Kernel.ArgReduce k, Hardware hardware) {
        Shape in = k.in().layout().shape(), result = k.result().layout().shape();
        if (result.size() == 0) return Recipe.NOTHING;
        Elementwise e = new Elementwise(Text.strided(hardware), result, axesBut(in.rank(), k.axis()),
                List.of(k.in().layout(), k.result().layout()), true);
        Text t = e.text;
        String memory = t.memory(k.in(), "in", false), to = t.memory(k.result(), "result", true);
        List<String> line = new ArrayList<>(t.offset(k.in(), "in"));
        line.addAll(e.walk.terms(0, "in"));
        String stride = t.number("in_stride", k.in().layout().stride()[k.axis()]);
        String type = ScalarType.register(k.in().dtype());
        t.line(type + " best = " + ScalarType.load(k.in().dtype(), memory, Text.place(line)) + ";");
        t.line("i32 at = 0;");
        t.line("for (i32 j = 1; j < " + t.number("extent", in.dim(k.axis())) + "; j++) {");
        t.line("const " + type + " x = "
                + ScalarType.load(k.in().dtype(), memory, Text.place(line, List.of("j * " + stride))) + ";");
        String better = k.greatest() ? "x > best" : "x < best";
        if (k.in().dtype().isFloat()) better = "best == best && (x != x || " + better + ")";
        t.line("if (" + better + ") {");
        t.line("best = x;");
        t.line("at = j;");
        t.line("}");
        t.line("}");
        t.line(ScalarType.store(k.result().dtype(), to,
                Text.place(t.offset(k.result(), "result"), e.walk.terms(1, "result")), "at"));
        return e.recipe(Entry.ARG_REDUCE);
    }

    /** Running sums along the axis. */
    static Recipe cumulativeSum(Kernel.CumulativeSum k, Hardware hardware) {
        Shape shape = k.in().layout().shape();
        if (shape.size() == 0) return Recipe.NOTHING;
        Elementwise e = new Elementwise(Text.strided(hardware), shape, axesBut(shape.rank(), k.axis()),
                List.of(k.in().layout(), k.result().layout()), true);
        Text t = e.text;
        String memory = t.memory(k.in(), "in", false), to = t.memory(k.result(), "result", true);
        List<String> from = new ArrayList<>(t.offset(k.in(), "in")), line =
                new ArrayList<>(t.offset(k.result(), "result"));
        from.addAll(e.walk.terms(0, "in"));
        line.addAll(e.walk.terms(1, "result"));
        String along = t.number("in_stride", k.in().layout().stride()[k.axis()]);
        String stride = t.number("result_stride", k.result().layout().stride()[k.axis()]);
        t.line(ScalarType.register(k.in().dtype()) + " sum = "
                + ScalarType.literal(-0.0, k.in().dtype().arithmetic()) + ";");
        t.line("for (i32 j = 0; j < " + t.number("extent", shape.dim(k.axis())) + "; j++) {");
        String x = ScalarType.load(k.in().dtype(), memory, Text.place(from, List.of("j * " + along)));
        t.line("sum = " + ProgramText.fold(org.chainrule.graph.Op.Reduction.SUM, "sum", x, k.in().dtype()) + ";");
        t.line(ScalarType.store(k.result().dtype(), to, Text.place(line, List.of("j * " + stride)), "sum"));
        t.line("}");
        return e.recipe(Entry.CUMULATIVE_SUM);
    }
}
