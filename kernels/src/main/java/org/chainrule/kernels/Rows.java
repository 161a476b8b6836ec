package org.chainrule.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.chainrule.DType;
import org.chainrule.UnsupportedOpException;
import org.chainrule.graph.Op;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;

/**
 * Composites over one axis, a group for each row: softmax, log-softmax and normalisation in one launch. The items of a group share the
 * elements of the row; sums and maxima are joined in local memory.
 */
final class Rows {
    /** What has a kernel here. */
    static final Set<String> NAMES = Set.of("softmax", "log_softmax", "normalize");

    private final int items, length, rows;
    private final DType dtype;
    private final String register;
    private final Text t;
    private final String count, from, to;

    private Rows(Kernel.Composite k, Hardware hardware) {
        this.t = new Text(hardware);
        this.dtype = k.result().dtype();
        this.register = ScalarType.register(dtype);
        // a processor's core takes a row alone
        this.items = hardware.isCpu() ? 1 : 64;
        Operand in = k.in().getFirst(), out = k.result();
        int rank = out.layout().shape().rank();
        int axis = k.name().equals("normalize") ? rank - 1 : k.attributes().getFirst().intValue();
        this.length = out.layout().shape().dim(axis);
        Space space = Space.of(Elementwise.axesBut(rank, axis), List.of(in.layout(), out.layout()), true,
                out.layout().shape().dims());
        this.rows = Math.toIntExact(space.size());
        if (items > 1) t.line("LOCAL " + register + " shared[" + items + "];");
        t.line("const i32 i = (i32)GROUP(0);");
        Text.Walk walk = t.new Walk(space, "i");
        walk.coordinates("i");
        this.count = t.number("count", length);
        this.from = place(in, "in", t.memory(in, "in", false), walk.terms(0, "in"), in.layout(), axis);
        this.to = place(out, "out", t.memory(out, "out", true), walk.terms(1, "out"), out.layout(), axis);
    }

    private String place(Operand o, String name, String memory, List<String> terms, Layout layout, int axis) {
        List<String> all = new ArrayList<>(t.offset(o, name));
        all.addAll(terms);
        t.line("const i32 " + name + "_row = " + Text.place(all) + ";");
        return memory + "[" + Text.place(List.of(name + "_row"), t.term("j", name + "_stride", layout.stride()[axis]))
                + "]";
    }

    static Recipe of(Kernel.Composite k, Hardware hardware) {
        if (k.result().layout().shape().size() == 0) return Recipe.NOTHING;
        Rows r = new Rows(k, hardware);
        Entry entry = switch (k.name()) {
            case "softmax" -> r.softmax();
            case "log_softmax" -> r.logSoftmax();
            case "normalize" -> r.normalize(k.attributes().getFirst());
            default -> throw new UnsupportedOpException("there is no device kernel for " + k.name());
        };
        return Recipe.of(r.t.launch(entry, Launch.Extent.of(r.rows), Launch.Extent.of(r.items)));
    }

    private Entry softmax() {
        fold("top", Op.Reduction.MAX, from);
        each(to + " = " + exp(from + " - top") + ";");
        fold("sum", Op.Reduction.SUM, to);
        each(to + " = " + to + " / sum;");
        return Entry.SOFTMAX;
    }

    private Entry logSoftmax() {
        fold("top", Op.Reduction.MAX, from);
        fold("sum", Op.Reduction.SUM, exp(from + " - top"));
        t.line("const " + register + " less = " + (dtype == DType.F64 ? "log(sum)" : "log_f32(sum)") + ";");
        each(to + " = " + from + " - top - less;");
        return Entry.LOG_SOFTMAX;
    }

    private Entry normalize(double eps) {
        fold("sum", Op.Reduction.SUM, from);
        t.line("const " + register + " mean = sum / (" + register + ")" + count + ";");
        each(to + " = " + from + " - mean;");
        fold("squares", Op.Reduction.SUM, to + " * " + to);
        t.line("const " + register + " scale = 1 / sqrt(squares / (" + register + ")" + count + " + "
                + t.constant("eps", dtype, eps, false) + ");");
        each(to + " = " + to + " * scale;");
        return Entry.NORMALIZE;
    }

    private String exp(String x) {
        return (dtype == DType.F64 ? "exp(" : "exp_f32(") + x + ")";
    }

    private String loop() {
        return items == 1 ? "for (i32 j = 0; j < " + count + "; j++) {"
                : "for (i32 j = (i32)ITEM(0); j < " + count + "; j += " + items + ") {";
    }

    /** Emits {@code statement} for each element {@code j}; an item reads again only what it wrote. */
    private void each(String statement) {
        t.line(loop());
        t.line(statement);
        t.line("}");
    }

    /** Declares {@code name}: the fold of {@code x} over the row. */
    private void fold(String name, Op.Reduction kind, String x) {
        t.line(register + " " + name + " = " + ProgramText.foldOfNothing(kind, dtype) + ";");
        each(name + " = " + ProgramText.fold(kind, name, x, dtype) + ";");
        if (items == 1) return;
        t.line("shared[ITEM(0)] = " + name + ";");
        t.foldShared(kind, dtype, items);
        t.line(name + " = shared[0];");
        // before the next fold writes it
        t.line("BARRIER;");
    }
}
