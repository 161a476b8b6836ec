package org.chainrule.kernels;

import org.chainrule.DType;

/** What a parameter of a device function is bound to. */
public sealed interface Argument {
    /** The memory of a slot of the schedule. */
    record Slot(int slot) implements Argument {}

    /** Scratch memory of the recipe, by its number. */
    record Scratch(int number) implements Argument {}

    /** A 32-bit number: an extent, a stride, an offset. */
    record I32(int value) implements Argument {}

    /** A 64-bit number. */
    record I64(long value) implements Argument {}

    /** A constant of the formulas: of what a register of {@code type} holds, under the name that it has in the text. */
    record Constant(String name, DType type, double value) implements Argument {
        void set(DeviceFunction function, int index) {
            switch (type) {
                case F32, F16, BF16 -> function.set(index, Float.floatToIntBits((float) value));
                case F64 -> function.set(index, Double.doubleToLongBits(value));
                case I32, BOOL -> function.set(index, (int) (long) value);
                case I64 -> function.set(index, (long) value);
            }
        }

        @Override
        public String toString() {
            return name + " = " + (type.isFloat() ? "" + value : "" + (long) value);
        }
    }

    /** The stream that a run gives for the random kernel of that number (64 bits). */
    record Stream(int number) implements Argument {}

    /** The device's {@link Fault} words. */
    record FaultWords() implements Argument {}

    /** The number under which the device will look up who faulted (32 bits). */
    record FaultOwner() implements Argument {}
}
