package org.chainrule.cpu;

import java.util.Arrays;
import java.util.List;
import org.chainrule.Shape;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;
import org.chainrule.plan.Program.Instruction;

/**
 * A program made ready to run over blocks of elements: one pass over memory, each instruction a loop over a block that
 * stays in the first-level cache. Elements are numbered row-major in {@code shape}. The first {@code given} arguments are
 * registers that the caller binds; the others are read from {@code in}.
 */
final class Tape {
    /** Elements of a block. */
    static final int BLOCK = 1024;

    final Program program;
    final Shape shape;
    final int given;
    final List<Operand> in;
    final List<Operand> out;
    final Strides[] inStrides;
    final Strides[] outStrides;
    final int size;
    /** The instruction after which each register is not read again; -1 for never read. */
    final int[] lastRead;
    final Instruction[] code;
    final int[] results;

    Tape(Program program, Shape shape, int given, List<Operand> in, List<Operand> out) {
        this.program = program;
        this.shape = shape;
        this.given = given;
        this.in = in;
        this.out = out;
        this.size = Math.toIntExact(shape.size());
        this.inStrides = in.stream().map(o -> new Strides(o.layout())).toArray(Strides[]::new);
        this.outStrides = out.stream().map(o -> new Strides(o.layout())).toArray(Strides[]::new);
        this.code = program.code().toArray(Instruction[]::new);
        this.results = program.results().stream().mapToInt(Integer::intValue).toArray();
        this.lastRead = lastReads();
    }

    private int[] lastReads() {
        int args = program.args().size();
        int[] last = new int[args + code.length];
        Arrays.fill(last, -1);
        for (int i = 0; i < code.length; i++) for (int r : code[i].reads()) last[r] = i;
        for (int r : program.results()) last[r] = Integer.MAX_VALUE;
        return last;
    }

    int args() {
        return program.args().size();
    }

    /**
     * Whether result {@code k} can be computed where it is stored: the array is of the register's kind and without gaps,
     * no other result is the same register, and nothing that lies in the same slot is read after it.
     */
    boolean isDirect(int k, int givenSlot) {
        int r = program.results().get(k);
        Operand o = out.get(k);
        if (r < args() || code[r - args()] instanceof Instruction.Const || !Carrier.isDirect(o.dtype())
                || Carrier.of(o.dtype()) != Carrier.of(program.type(r)) || !outStrides[k].isLinear())
            return false;
        for (int j = 0; j < program.results().size(); j++) if (j != k && program.results().get(j) == r) return false;
        int at = r - args();
        if (givenSlot == o.slot()) for (int g = 0; g < given; g++) if (lastRead[g] > at) return false;
        for (int i = 0; i < in.size(); i++) {
            if (in.get(i).slot() == o.slot() && (lastRead[given + i] > at || !inStrides[i].isLinear())) return false;
        }
        return true;
    }

    /** Whether operand {@code i} is itself a result, to be stored after another result may have taken its place. */
    boolean isOverwritten(int i) {
        return lastRead[given + i] == Integer.MAX_VALUE && out.stream().anyMatch(o -> o.slot() == in.get(i).slot());
    }
}
