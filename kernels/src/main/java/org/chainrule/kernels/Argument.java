package org.chainrule.kernels;

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

    /** The stream that a run gives for the random kernel of that number (64 bits). */
    record Stream(int number) implements Argument {}

    /** The device's {@link Fault} words. */
    record FaultWords() implements Argument {}

    /** The number under which the device will look up who faulted (32 bits). */
    record FaultOwner() implements Argument {}
}
