package org.chainrule.cpu;

import org.chainrule.DType;
import org.chainrule.plan.Operand;

/** How one operand gets into a register: bound where it lies, read once, or copied block by block. */
final class Reader {
    private enum Way { IN_PLACE, ONCE, COPY }

    private final int slot;
    private final DType dtype;
    private final Strides strides;
    private final Strides.Cursor cursor;
    private final Register register;
    private final Way way;
    private Object array = new float[0];

    /** {@code block}: the most elements that are read at a time; {@code stays}: the memory keeps them until they are used. */
    Reader(Operand operand, Strides strides, Register register, int block, boolean stays) {
        this.slot = operand.slot();
        this.dtype = operand.dtype();
        this.strides = strides;
        this.cursor = strides.new Cursor();
        this.register = register;
        this.way = strides.isUniform() ? Way.ONCE
                : stays && Carrier.isDirect(dtype) && strides.isLinear() ? Way.IN_PLACE : Way.COPY;
        register.uniform = way == Way.ONCE;
        if (way != Way.IN_PLACE) register.scratch(block);
    }

    /** Takes the memory to read from; what is one element is read here. */
    void begin(HostBuffer[] memory, int block) {
        array = memory[slot].array();
        if (way != Way.ONCE || strides.size == 0) return;
        Transfer.load(array, dtype, strides.offset, 0, register, 0, 1);
        switch (register.carrier) {
            case FLOAT -> java.util.Arrays.fill(register.floats, 0, block, register.floats[0]);
            case DOUBLE -> java.util.Arrays.fill(register.doubles, 0, block, register.doubles[0]);
            case LONG -> java.util.Arrays.fill(register.longs, 0, block, register.longs[0]);
        }
    }

    /** Elements {@code start … start + n}. */
    void read(int start, int n) {
        switch (way) {
            case IN_PLACE -> register.bind(array, strides.offset + start);
            case ONCE -> {}
            case COPY -> {
                cursor.begin(start, n);
                while (cursor.next())
                    Transfer.load(array, dtype, cursor.at, cursor.stride(), register, cursor.done, cursor.length);
            }
        }
    }
}
