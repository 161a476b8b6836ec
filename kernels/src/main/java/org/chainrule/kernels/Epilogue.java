package org.chainrule.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;

/**
 * What is computed from a folded value or a product, and stored: the operands' places are given by the kernel around it.
 *
 * @param extra the operands of the program's arguments after the first
 */
record Epilogue(Program program, List<Operand> extra, List<Operand> out) {
    /** The place of an operand: {@code index} counts {@code extra} first, {@code out} then. */
    interface Places {
        String of(int index, Operand operand, String name);
    }

    /** Emits it; {@code value} is the expression of its first argument. */
    void emit(Text t, String value, java.util.function.IntFunction<String> coordinate, Places places) {
        ProgramText p = new ProgramText(t, program, "e", coordinate);
        t.line(p.argument(0, value));
        for (int i = 0; i < extra.size(); i++) {
            Operand o = extra.get(i);
            String name = "extra" + i;
            t.line(p.argument(i + 1, ScalarType.load(o.dtype(), t.memory(o, name, false), places.of(i, o, name))));
        }
        p.declare();
        for (int i = 0; i < out.size(); i++) {
            Operand o = out.get(i);
            String name = "out" + i;
            t.line(ScalarType.store(o.dtype(), t.memory(o, name, true), places.of(extra.size() + i, o, name),
                    p.result(i)));
        }
    }

    /** Lines that ask for the memory of those operands that are {@code worth} it, at {@code places}; what is updated in place is asked for once. */
    List<String> prefetches(Text t, Predicate<Operand> worth, Places places) {
        Set<Integer> written = out.stream().map(Operand::slot).collect(Collectors.toSet());
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < extra.size(); i++) {
            Operand o = extra.get(i);
            if (!worth.test(o) || written.contains(o.slot())) continue;
            String name = "extra" + i;
            lines.add(prefetch(t.memory(o, name, false), places.of(i, o, name), false));
        }
        for (int i = 0; i < out.size(); i++) {
            Operand o = out.get(i);
            if (!worth.test(o)) continue;
            String name = "out" + i;
            lines.add(prefetch(t.memory(o, name, true), places.of(extra.size() + i, o, name), true));
        }
        return lines;
    }

    private static String prefetch(String memory, String place, boolean writes) {
        return "PREFETCH(" + memory + " + (" + place + "), " + (writes ? 1 : 0) + ");";
    }
}
