package org.chainrule.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.chainrule.DType;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Operand;

/**
 * Folds over axes. Many results: a work-item folds one each. Few: the elements of a result are shared out among groups, each of which
 * folds its part in local memory, and the parts are folded by a second launch. How the elements are shared out depends on
 * shapes alone, so the same sums have the same bits in each run.
 */
final class Reduction {
    /** Elements folded one after the other before they join the whole, which bounds the error of long sums. */
    private static final int RUN = 128;
    /** Items of a group that folds one result. */
    private static final int TOGETHER = 64;
    /** Elements of a part at least. */
    private static final int PART = 4096;

    private final Kernel.Reduce k;
    private final Hardware hardware;
    private final List<Integer> kept, across;
    private final int results, count;
    private final DType type;

    private Reduction(Kernel.Reduce k, Hardware hardware) {
        this.hardware = hardware;
        this.k = k;
        int rank = k.shape().rank();
        this.across = Elementwise.axes(rank).stream().filter(k.axes()::contains).toList();
        this.kept = Elementwise.axes(rank).stream().filter(a -> !k.axes().contains(a)).toList();
        this.results = size(kept);
        this.count = size(across);
        this.type = k.dtype().arithmetic();
    }

    private int size(List<Integer> axes) {
        return axes.stream().mapToInt(a -> k.shape().dim(a)).reduce(1, (a, b) -> a * b);
    }

    static Recipe of(Kernel.Reduce k, Hardware hardware) {
        Reduction r = new Reduction(k, hardware);
        if (r.results == 0) return Recipe.NOTHING;
        if (r.results >= 4 * TOGETHER * hardware.units() || r.count < (hardware.isCpu() ? PART : TOGETHER))
            return Recipe.of(r.byItems());
        int parts = Math.clamp(r.count / PART, 1, Math.max(1, 4 * hardware.units() / r.results));
        if (parts == 1) return Recipe.of(r.byGroups(1));
        return new Recipe(List.of(r.byGroups(parts), r.joining(parts)),
                List.of(new Recipe.Scratch(r.type, Math.multiplyExact(r.results, parts))));
    }

    /** A work-item for each result. */
    private Launch byItems() {
        Text t = Text.strided(hardware);
        t.items(results, TOGETHER);
        Text.Walk outer = outer(t);
        outer.coordinates("i");
        String total = t.number("count", count);
        Elements elements = new Elements(t, outer);
        fold(t, "0", total, "1", elements);
        finish(t, "value", outer);
        return t.launch(Entry.REDUCE_BY_ITEMS, Launch.Extent.of((results - 1) / TOGETHER + 1),
                Launch.Extent.of(TOGETHER));
    }

    /** A group for each part of a result; a processor's items take neighbouring elements each, a GPU's take them together. */
    private Launch byGroups(int parts) {
        Text t = Text.strided(hardware);
        t.line("LOCAL " + ScalarType.register(type) + " shared[" + TOGETHER + "];");
        t.line("const i32 i = (i32)GROUP(0);");
        Text.Walk outer = outer(t);
        outer.coordinates("i");
        int share = (count - 1) / parts + 1;
        String total = t.number("count", count), length = t.number("share", share);
        t.line("const i32 first = (i32)GROUP(1) * " + length + ";");
        t.line("const i32 last = first + " + length + " < " + total + " ? first + " + length + " : " + total + ";");
        Elements elements = new Elements(t, outer);
        if (hardware.isCpu()) {
            t.line("const i32 each = (last - first + " + (TOGETHER - 1) + ") / " + TOGETHER + ";");
            t.line("const i32 begin = first + (i32)ITEM(0) * each;");
            t.line("const i32 end = begin + each < last ? begin + each : last;");
            fold(t, "begin", "end", "1", elements);
        } else {
            fold(t, "first + (i32)ITEM(0)", "last", "" + TOGETHER, elements);
        }
        t.line("shared[ITEM(0)] = value;");
        t.foldShared(k.kind(), type, TOGETHER);
        t.line("if (ITEM(0) != 0) return;");
        if (parts == 1) finish(t, "shared[0]", outer);
        else {
            String memory = t.parameter("GLOBAL " + ScalarType.register(type) + " *parts", "parts",
                    new Argument.Scratch(0));
            t.line(memory + "[i * " + t.number("stride", parts) + " + (i32)GROUP(1)] = shared[0];");
        }
        return t.launch(parts == 1 ? Entry.REDUCE_BY_GROUPS : Entry.REDUCE_PARTS, new Launch.Extent(results, parts, 1),
                Launch.Extent.of(TOGETHER));
    }

    /** A work-item for the parts of each result. */
    private Launch joining(int parts) {
        Text t = Text.strided(hardware);
        t.items(results, TOGETHER);
        Text.Walk outer = outer(t);
        outer.coordinates("i");
        String register = ScalarType.register(type);
        String memory = t.parameter("GLOBAL const " + register + " *parts", "parts", new Argument.Scratch(0));
        String total = t.number("count", parts);
        t.line(register + " value = " + memory + "[i * " + total + "];");
        t.line("for (i32 j = 1; j < " + total + "; j++) {");
        t.line("value = " + ProgramText.fold(k.kind(), "value", memory + "[i * " + total + " + j]", type) + ";");
        t.line("}");
        finish(t, "value", outer);
        return t.launch(Entry.JOIN_PARTS, Launch.Extent.of((results - 1) / TOGETHER + 1), Launch.Extent.of(TOGETHER));
    }

    private boolean merges() {
        return !ProgramText.hasCoordinates(k.prologue()) && !ProgramText.hasCoordinates(k.epilogue());
    }

    private Text.Walk outer(Text t) {
        List<Operand> all = new ArrayList<>(k.in());
        all.addAll(k.extra());
        all.addAll(k.out());
        return t.new Walk(Space.of(kept, Text.layouts(all), merges(), k.shape().dims()).atLeast(2), "i");
    }

    /** Emits the declaration of {@code value}: the fold of elements {@code from, from + step, …} before {@code to}. */
    private void fold(Text t, String from, String to, String step, Elements elements) {
        String register = ScalarType.register(type), nothing = ProgramText.foldOfNothing(k.kind(), type);
        t.line(register + " value = " + nothing + ";");
        t.line("for (u32 start = " + from + "; start < (u32)" + to + "; start += " + RUN + " * " + step + ") {");
        t.line(register + " run = " + nothing + ";");
        // the difference cannot overflow where the sum could
        t.line("const u32 stop = " + to + " - start < " + RUN + " * " + step + " ? " + to + " : start + " + RUN
                + " * " + step + ";");
        t.line("for (u32 j = start; j < stop; j += " + step + ") {");
        String x = elements.emit("j");
        t.line("run = " + ProgramText.fold(k.kind(), "run", x, type) + ";");
        t.line("}");
        t.line("value = " + ProgramText.fold(k.kind(), "value", "run", type) + ";");
        t.line("}");
    }

    private IntFunction<String> coordinate(Text.Walk outer, Text.Walk inner) {
        return a -> across.contains(a) ? inner.coordinate(across.indexOf(a)) : outer.coordinate(kept.indexOf(a));
    }

    private void finish(Text t, String value, Text.Walk outer) {
        int before = k.in().size();
        new Epilogue(k.epilogue(), k.extra(), k.out()).emit(t, value,
                a -> across.contains(a) ? "0" : outer.coordinate(kept.indexOf(a)),
                (i, o, name) -> Text.place(t.offset(o, name), outer.terms(before + i, name)));
    }

    /** The elements of a result, by their number. */
    private final class Elements {
        private final Text t;
        private final Text.Walk outer, inner;

        Elements(Text t, Text.Walk outer) {
            this.t = t;
            this.outer = outer;
            this.inner = t.new Walk(Space.of(across, Text.layouts(k.in()), merges(), k.shape().dims()).atLeast(1), "j");
        }

        /** Emits what computes element {@code j}, and gives the register that holds it. */
        String emit(String j) {
            inner.coordinates(j);
            ProgramText p = new ProgramText(t, k.prologue(), "p", coordinate(outer, inner));
            for (int i = 0; i < k.in().size(); i++) {
                Operand o = k.in().get(i);
                String name = "in" + i;
                t.line(p.argument(i, ScalarType.load(o.dtype(), t.memory(o, name, false),
                        Text.place(t.offset(o, name), outer.terms(i, name), inner.terms(i, name)))));
            }
            p.declare();
            return p.result(0);
        }
    }
}
