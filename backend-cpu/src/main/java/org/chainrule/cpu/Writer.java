package org.chainrule.cpu;

import org.chainrule.DType;
import org.chainrule.plan.Operand;

/** How one result gets into memory: computed where it is stored, or copied block by block. */
final class Writer {
    private final int slot;
    private final DType dtype;
    private final Strides strides;
    private final Strides.Cursor cursor;
    private final Register register;
    private final boolean direct;
    private Object array = new float[0];

    /** {@code direct}: the register is computed where the result is stored. */
    Writer(Operand operand, Strides strides, Register register, boolean direct) {
        this.slot = operand.slot();
        this.dtype = operand.dtype();
        this.strides = strides;
        this.cursor = strides.new Cursor();
        this.register = register;
        this.direct = direct;
    }

    void begin(HostBuffer[] memory) {
        array = memory[slot].array();
    }

    /** Before elements from {@code start} on are computed. */
    void bind(int start) {
        if (direct) register.bind(array, strides.offset + start);
    }

    /** Stores elements {@code start … start + n} that were computed elsewhere. */
    void write(int start, int n) {
        if (direct) return;
        cursor.begin(start, n);
        while (cursor.next()) {
            if (isThere()) continue;
            Transfer.store(register, cursor.done, array, dtype, cursor.at, cursor.stride(), cursor.length);
        }
    }

    /** Whether the register lies where it is to be stored: a product that is its own result. */
    private boolean isThere() {
        return cursor.stride() == 1 && register.at + cursor.done == cursor.at
                && (register.floats == array || register.doubles == array || register.longs == array);
    }
}
