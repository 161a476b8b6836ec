package org.chainrule.harness.mutants;

import java.util.ArrayList;
import java.util.List;
import org.chainrule.plan.Program;
import org.chainrule.plan.Program.Instruction;

/** A program copied instruction by instruction, some of them exchanged for others. */
final class Rewriting {
    /** Says what stands for an instruction, whose operands are registers of the copy: the register that holds its result. */
    interface Rule {
        int replace(Instruction i, Rewriting to);
    }

    private final Program from;
    private final List<Instruction> code = new ArrayList<>();

    private Rewriting(Program from) {
        this.from = from;
    }

    static Program of(Program p, Rule rule) {
        Rewriting copy = new Rewriting(p);
        int[] at = new int[p.args().size() + p.code().size()];
        for (int i = 0; i < at.length; i++)
            at[i] = i < p.args().size() ? i : rule.replace(moved(p.code().get(i - p.args().size()), at), copy);
        return new Program(p.args(), List.copyOf(copy.code), p.results().stream().map(r -> at[r]).toList());
    }

    private static Instruction moved(Instruction i, int[] at) {
        return i.reading(i.reads().stream().mapToInt(r -> at[r]).toArray());
    }

    /** Adds an instruction; the register of its result. */
    int add(Instruction i) {
        code.add(i);
        return from.args().size() + code.size() - 1;
    }

    /** Whether register {@code r} holds the literal {@code value}. */
    boolean isConstant(int r, double value) {
        return r >= from.args().size() && code.get(r - from.args().size()) instanceof Instruction.Const(double v, var _)
                && v == value;
    }
}
