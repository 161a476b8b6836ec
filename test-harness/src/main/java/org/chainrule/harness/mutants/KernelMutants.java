package org.chainrule.harness.mutants;

import static org.chainrule.harness.mutants.ScheduleMutant.kernels;
import static org.chainrule.harness.mutants.ScheduleMutant.schedules;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chainrule.Shape;
import org.chainrule.graph.Op;
import org.chainrule.harness.device.Kernels;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Device;

/** Devices that fold, multiply, move or order wrongly. */
final class KernelMutants {
    private KernelMutants() {}

    static List<Mutant> all() {
        return Stream.of(folds(), products(), layouts(), indices(), orders()).flatMap(s -> s).toList();
    }

    private static Stream<Mutant> folds() {
        return Stream.of(
                Mutant.device("fold-drops-its-tail", kernels(k -> k instanceof Kernel.Reduce r
                        ? shortened(r, r.axes().getLast(), r.shape().dim(r.axes().getLast()) - 1) : k)),
                Mutant.device("fold-drops-what-exceeds-a-block", kernels(k -> k instanceof Kernel.Reduce r
                        && r.shape().dim(r.axes().getLast()) > 1024 ? shortened(r, r.axes().getLast(), 1024) : k)),
                Mutant.device("greatest-is-least",
                        kernels(k -> k instanceof Kernel.Reduce r && r.kind() == Op.Reduction.MAX
                                ? of(r, Op.Reduction.MIN) : k)),
                Mutant.device("product-is-sum",
                        kernels(k -> k instanceof Kernel.Reduce r && r.kind() == Op.Reduction.PROD
                                ? of(r, Op.Reduction.SUM) : k)),
                Mutant.device("position-of-least-for-greatest", kernels(k -> k instanceof Kernel.ArgReduce a
                        ? new Kernel.ArgReduce(a.label(), !a.greatest(), a.axis(), a.in(), a.result()) : k)),
                Mutant.device("running-sums-from-the-end", kernels(k -> k instanceof Kernel.CumulativeSum c
                        ? new Kernel.CumulativeSum(c.label(), c.axis(), reversed(c.in(), c.axis()),
                                reversed(c.result(), c.axis()))
                        : k)),
                Mutant.device("running-sums-of-a-repeated-element-add-nothing",
                        kernels(k -> k instanceof Kernel.CumulativeSum c ? withoutRepeats(c) : k)));
    }

    /** As a copy, where each element is added to the same one. */
    private static Kernel withoutRepeats(Kernel.CumulativeSum c) {
        Layout l = c.in().layout();
        return l.stride()[c.axis()] != 0 || l.shape().dim(c.axis()) < 2 || !c.in().dtype().isFloat() ? c
                : new Kernel.Map(c.label(), l.shape(), Program.identity(c.in().dtype()), List.of(c.in()),
                        List.of(c.result()));
    }

    private static Kernel of(Kernel.Reduce r, Op.Reduction kind) {
        return new Kernel.Reduce(r.label(), kind, r.shape(), r.axes(), r.dtype(), r.prologue(), r.in(), r.epilogue(),
                r.extra(), r.out());
    }

    private static Kernel shortened(Kernel.Reduce r, int axis, int extent) {
        if (extent < 1) return r;
        return new Kernel.Reduce(r.label(), r.kind(), with(r.shape(), axis, extent), r.axes(), r.dtype(), r.prologue(),
                r.in().stream().map(o -> shortened(o, axis, extent)).toList(), r.epilogue(), r.extra(), r.out());
    }

    private static Stream<Mutant> products() {
        return Stream.of(
                Mutant.device("product-drops-its-last-term", kernels(k -> {
                    if (!(k instanceof Kernel.MatMul m)) return k;
                    int n = m.shape().rank(), depth = m.a().layout().shape().dim(n - 1);
                    return depth < 2 ? k
                            : with(m, shortened(m.a(), n - 1, depth - 1), shortened(m.b(), n - 2, depth - 1));
                })),
                Mutant.device("product-counts-rows-in-16-bits", kernels(KernelMutants::rowsIn16Bits)),
                Mutant.device("product-ignores-batches",
                        kernels(k -> k instanceof Kernel.MatMul m && m.shape().rank() > 2
                                ? with(m, m.a(), still(m.b(), 0)) : k)),
                Mutant.device("square-right-operand-transposed", kernels(k -> {
                    if (!(k instanceof Kernel.MatMul m)) return k;
                    int n = m.shape().rank();
                    Shape s = m.b().layout().shape();
                    return s.dim(n - 1) == s.dim(n - 2) ? with(m, m.a(), exchanged(m.b(), n - 1, n - 2)) : k;
                })),
                Mutant.device("epilogue-forgotten", kernels(k -> k instanceof Kernel.MatMul m
                        ? Kernels.withPrograms(m, KernelMutants::firstArgument) : k)),
                Mutant.device("prologue-forgotten", kernels(k -> k instanceof Kernel.Reduce r
                        ? new Kernel.Reduce(r.label(), r.kind(), r.shape(), r.axes(), r.dtype(),
                                firstArgument(r.prologue()),
                                r.in(), r.epilogue(), r.extra(), r.out())
                        : k)));
    }

    private static Kernel rowsIn16Bits(Kernel k) {
        if (!(k instanceof Kernel.MatMul m) || m.shape().rank() != 2 || m.shape().dim(0) <= 0xFFFF) return k;
        int rows = m.shape().dim(0) & 0xFFFF;
        UnaryOperator<Operand> cut = o -> shortened(o, 0, rows);
        return new Kernel.MatMul(m.label(), m.dtype(), with(m.shape(), 0, rows), cut.apply(m.a()), m.b(), m.epilogue(),
                m.extra().stream().map(cut).toList(), m.out().stream().map(cut).toList());
    }

    private static Program firstArgument(Program p) {
        boolean same = !p.args().isEmpty() && p.results().stream().allMatch(r -> p.type(r) == p.type(0));
        return same ? new Program(p.args(), p.code(), p.results().stream().map(_ -> 0).toList()) : p;
    }

    private static Kernel with(Kernel.MatMul m, Operand a, Operand b) {
        return new Kernel.MatMul(m.label(), m.dtype(), m.shape(), a, b, m.epilogue(), m.extra(), m.out());
    }

    private static Stream<Mutant> layouts() {
        return Stream.of(
                Mutant.device("offset-ignored", reading(o -> changed(o, 0, o.layout().stride()))),
                Mutant.device("stride-ignored", reading(o -> repeats(o) ? o
                        : within(o, changed(o, o.layout().offset(), Layout.of(o.layout().shape()).stride())))),
                Mutant.device("broadcast-reads-one-element", reading(o -> repeats(o)
                        ? changed(o, o.layout().offset(), new int[o.layout().stride().length]) : o)),
                Mutant.device("broadcast-along-the-wrong-axis", reading(o -> repeats(o) ? rotated(o) : o)),
                Mutant.device("writes-transposed-where-square", kernels(k -> k instanceof Kernel.Map
                        ? Kernels.withOperands(k, UnaryOperator.identity(), o -> {
                            Shape s = o.layout().shape();
                            return s.rank() == 2 && s.dim(0) == s.dim(1) ? exchanged(o, 0, 1) : o;
                        }) : k)));
    }

    private static UnaryOperator<Device> reading(UnaryOperator<Operand> change) {
        return kernels(k -> Kernels.withOperands(k, change, UnaryOperator.identity()));
    }

    /** The changed operand where it stays within what {@code o} showed. */
    private static Operand within(Operand o, Operand changed) {
        return last(changed.layout()) > last(o.layout()) ? o : changed;
    }

    private static int last(Layout l) {
        int n = Math.toIntExact(l.shape().size());
        return IntStream.range(0, n).map(l::place).max().orElse(0);
    }

    private static Stream<Mutant> indices() {
        return Stream.of(
                Mutant.device("gather-reads-indices-backwards", kernels(k -> k instanceof Kernel.Gather g
                        ? new Kernel.Gather(g.label(), g.axis(), g.source(), reversed(g.index(), g.axis()), g.result())
                        : k)),
                Mutant.device("gather-from-a-reversed-axis", kernels(k -> k instanceof Kernel.Gather g
                        ? new Kernel.Gather(g.label(), g.axis(), reversed(g.source(), g.axis()), g.index(), g.result())
                        : k)),
                Mutant.device("scatter-loses-its-last-update", kernels(k -> {
                    if (!(k instanceof Kernel.ScatterAdd s)) return k;
                    int n = s.index().layout().shape().dim(s.axis());
                    return n < 2 ? k : new Kernel.ScatterAdd(s.label(), s.axis(), shortened(s.index(), s.axis(), n - 1),
                            shortened(s.updates(), s.axis(), n - 1), s.result());
                })));
    }

    private static Stream<Mutant> orders() {
        return Stream.of(
                Mutant.device("two-kernels-exchanged", schedules(s -> {
                    List<Kernel> k = new ArrayList<>(s.kernels());
                    if (k.size() > 1) Collections.swap(k, k.size() - 1, k.size() - 2);
                    return new Schedule(s.slots(), k);
                })),
                Mutant.device("third-kernel-skipped", schedules(s -> s.kernels().size() < 4 ? s
                        : new Schedule(s.slots(), IntStream.range(0, s.kernels().size()).filter(i -> i != 2)
                                .mapToObj(s.kernels()::get).toList()))),
                Mutant.device("updates-in-place-before-other-results-are-computed", schedules(
                        s -> new Schedule(s.slots(),
                                s.kernels().stream().flatMap(KernelMutants::updatesFirst).toList()))),
                Mutant.device("temporaries-share-memory", schedules(KernelMutants::shared)));
    }

    /** A kernel that updates in place and has other results, cut in two: the others are computed from what was updated. */
    private static Stream<Kernel> updatesFirst(Kernel k) {
        if (!(k instanceof Kernel.Map m)) return Stream.of(k);
        List<Integer> updates = new ArrayList<>(), others = new ArrayList<>();
        for (int i = 0; i < m.out().size(); i++) {
            int slot = m.out().get(i).slot();
            (m.in().stream().anyMatch(o -> o.slot() == slot) ? updates : others).add(i);
        }
        return updates.isEmpty() || others.isEmpty() ? Stream.of(k) : Stream.of(part(m, updates), part(m, others));
    }

    private static Kernel part(Kernel.Map m, List<Integer> results) {
        Program p = m.program();
        return new Kernel.Map(m.label(), m.shape(),
                new Program(p.args(), p.code(), results.stream().map(p.results()::get).toList()), m.in(),
                results.stream().map(m.out()::get).toList());
    }

    /** Two temporaries of one type and size become one, whoever still reads the first. */
    private static Schedule shared(Schedule s) {
        for (int a = 0; a < s.slots().size(); a++) {
            for (int b = a + 1; b < s.slots().size(); b++) {
                if (s.slots().get(a).external() || !s.slots().get(a).equals(s.slots().get(b))) continue;
                int from = b, to = a;
                UnaryOperator<Operand> move = o -> o.slot() == from ? new Operand(to, o.dtype(), o.layout()) : o;
                return new Schedule(s.slots(), s.kernels().stream().map(k -> Kernels.withOperands(k, move)).toList());
            }
        }
        return s;
    }

    private static boolean repeats(Operand o) {
        Layout l = o.layout();
        return IntStream.range(0, l.stride().length).anyMatch(a -> l.stride()[a] == 0 && l.shape().dim(a) > 1);
    }

    private static Operand changed(Operand o, int offset, int... stride) {
        return new Operand(o.slot(), o.dtype(), new Layout(o.layout().shape(), offset, stride));
    }

    /** Exchanges the strides of a repeated axis and of another of the same extent. */
    private static Operand rotated(Operand o) {
        Layout l = o.layout();
        int[] stride = l.stride().clone();
        for (int a = 0; a < stride.length; a++) {
            for (int b = 0; b < stride.length; b++) {
                if (stride[a] != 0 || stride[b] == 0 || l.shape().dim(a) != l.shape().dim(b)) continue;
                stride[a] = stride[b];
                stride[b] = 0;
                return changed(o, l.offset(), stride);
            }
        }
        return o;
    }

    private static Operand still(Operand o, int axis) {
        int[] stride = o.layout().stride().clone();
        stride[axis] = 0;
        return changed(o, o.layout().offset(), stride);
    }

    private static Operand reversed(Operand o, int axis) {
        Layout l = o.layout();
        int[] stride = l.stride().clone();
        int n = l.shape().dim(axis);
        stride[axis] = -stride[axis];
        return n == 0 ? o : changed(o, l.offset() + (n - 1) * l.stride()[axis], stride);
    }

    private static Operand exchanged(Operand o, int a, int b) {
        int[] stride = o.layout().stride().clone();
        stride[a] = o.layout().stride()[b];
        stride[b] = o.layout().stride()[a];
        return changed(o, o.layout().offset(), stride);
    }

    private static Operand shortened(Operand o, int axis, int extent) {
        Layout l = o.layout();
        return new Operand(o.slot(), o.dtype(), new Layout(with(l.shape(), axis, extent), l.offset(), l.stride()));
    }

    private static Shape with(Shape s, int axis, int extent) {
        int[] d = s.dims().clone();
        d[axis] = extent;
        return Shape.of(d);
    }
}
