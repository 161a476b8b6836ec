package org.chainrule.cpu;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import org.chainrule.DType;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program.Instruction;

/** One thread's registers for a {@link Tape}. Running blocks allocates nothing. */
final class Frame {
    private final Tape tape;
    private final Register[] registers;
    private final Strides.Cursor[] loads;
    private final Strides.Cursor[] stores;
    private final boolean[] direct;
    private final int block;
    private final Lanes lanes = Lanes.best();
    private HostBuffer[] memory = {};

    /** {@code givenSlot}: the slot in which the given arguments lie, -1 for none. */
    Frame(Tape tape, int givenSlot, int most) {
        this.tape = tape;
        this.block = Math.clamp(most, 1, Tape.BLOCK);
        int args = tape.args();
        this.registers = new Register[args + tape.code.length];
        for (int i = 0; i < registers.length; i++) registers[i] = new Register(Carrier.of(tape.program.type(i)));
        this.loads = new Strides.Cursor[tape.in.size()];
        for (int i = 0; i < loads.length; i++) loads[i] = tape.inStrides[i].new Cursor();
        this.stores = new Strides.Cursor[tape.out.size()];
        this.direct = new boolean[stores.length];
        for (int k = 0; k < stores.length; k++) {
            stores[k] = tape.outStrides[k].new Cursor();
            direct[k] = tape.isDirect(k, givenSlot);
        }
        for (int i = tape.given; i < args; i++) if (!isInPlace(i - tape.given)) registers[i].scratch(block);
        place();
    }

    /** Whether operand {@code i} can be read where it lies. */
    private boolean isInPlace(int i) {
        Operand o = tape.in.get(i);
        return Carrier.isDirect(o.dtype()) && tape.inStrides[i].isLinear() && !tape.inStrides[i].isUniform();
    }

    /** Gives registers that are computed scratch memory, shared once it is not read again. */
    private void place() {
        int args = tape.args();
        Map<Carrier, Deque<Register>> free = new EnumMap<>(Carrier.class);
        for (int i = 0; i < tape.code.length; i++) {
            Register r = registers[args + i];
            if (tape.code[i] instanceof Instruction.Const(double v, DType _)) {
                r.scratch(block);
                r.fill(v, block);
                r.uniform = true;
                continue;
            }
            int result = tape.program.results().indexOf(args + i);
            if (result >= 0 && result < direct.length && direct[result]) continue;
            Register old = free.computeIfAbsent(r.carrier, _ -> new ArrayDeque<>()).poll();
            if (old == null) r.scratch(block);
            else r.share(old);
            for (int x = args; x < args + i; x++) {
                boolean owned = !(tape.code[x - args] instanceof Instruction.Const) && !isDirectResult(x);
                if (owned && tape.lastRead[x] == i)
                    free.computeIfAbsent(registers[x].carrier, _ -> new ArrayDeque<>()).add(registers[x]);
            }
        }
    }

    private boolean isDirectResult(int register) {
        int k = tape.program.results().indexOf(register);
        return k >= 0 && k < direct.length && direct[k];
    }

    /** Given argument {@code i}, for the caller to bind. */
    Register given(int i) {
        return registers[i];
    }

    /** The register of result {@code k}. */
    Register result(int k) {
        return registers[tape.program.results().get(k)];
    }

    /** Sets the memory to read and write and reads the operands that are one element. */
    void begin(HostBuffer[] memory) {
        this.memory = memory;
        for (int i = 0; i < loads.length; i++) {
            if (!tape.inStrides[i].isUniform() || tape.size == 0) continue;
            Register r = registers[tape.given + i];
            Operand o = tape.in.get(i);
            Transfer.load(memory[o.slot()].array(), o.dtype(), tape.inStrides[i].offset, 0, r, 0, 1);
            switch (r.carrier) {
                case FLOAT -> r.fill(r.floats[0], block);
                case DOUBLE -> r.fill(r.doubles[0], block);
                case LONG -> java.util.Arrays.fill(r.longs, 0, block, r.longs[0]);
            }
            r.uniform = true;
        }
    }

    /** Computes and stores elements {@code start … start + n}, the given arguments being bound to the first and moved on. */
    void run(int start, int n) {
        int done = 0;
        while (done < n) {
            int length = Math.min(block, n - done);
            step(start + done, length);
            store(start + done, length);
            done += length;
            for (int g = 0; g < tape.given; g++) registers[g].at += length;
        }
    }

    /** Computes elements {@code start … start + n}, a block at most; results stay in their registers. */
    void step(int start, int n) {
        for (int i = 0; i < loads.length; i++) {
            Register r = registers[tape.given + i];
            if (r.uniform) continue;
            Operand o = tape.in.get(i);
            Object array = memory[o.slot()].array();
            if (isInPlace(i)) {
                r.bind(array, tape.inStrides[i].offset + start);
                continue;
            }
            Strides.Cursor c = loads[i];
            c.begin(start, n);
            while (c.next()) Transfer.load(array, o.dtype(), c.at, c.stride(), r, c.done, c.length);
        }
        for (int k = 0; k < direct.length; k++) {
            if (direct[k]) result(k).bind(memory[tape.out.get(k).slot()].array(), tape.outStrides[k].offset + start);
        }
        int args = tape.args();
        for (int i = 0; i < tape.code.length; i++) execute(tape.code[i], registers[args + i], start, n);
    }

    private void store(int start, int n) {
        for (int k = 0; k < stores.length; k++) {
            if (direct[k]) continue;
            Operand o = tape.out.get(k);
            Object array = memory[o.slot()].array();
            Register r = result(k);
            Strides.Cursor c = stores[k];
            c.begin(start, n);
            while (c.next()) {
                if (isSame(r, array, c)) continue;
                Transfer.store(r, c.done, array, o.dtype(), c.at, c.stride(), c.length);
            }
        }
    }

    private static boolean isSame(Register r, Object array, Strides.Cursor c) {
        return c.stride() == 1 && r.at + c.done == c.at
                && (r.floats == array || r.doubles == array || r.longs == array);
    }

    private void execute(Instruction instruction, Register y, int start, int n) {
        switch (instruction) {
            case Instruction.Const _ -> {}
            case Instruction.Index(int axis) -> Instructions.index(tape.shape, axis, start, y, n);
            case Instruction.Unary u -> Instructions.unary(lanes, u.fn(), u.type(), registers[u.x()], y, n);
            case Instruction.Binary b ->
                    Instructions.binary(lanes, b.fn(), b.operands(), registers[b.a()], registers[b.b()], y, n);
            case Instruction.Where w -> Instructions.where(lanes, registers[w.condition()], registers[w.then()],
                    registers[w.otherwise()], y, n);
            case Instruction.Cast c -> Instructions.cast(c.type(), registers[c.x()], y, n);
        }
    }
}
