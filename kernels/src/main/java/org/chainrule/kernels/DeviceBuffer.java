package org.chainrule.kernels;

import org.chainrule.ClosedException;
import org.chainrule.DType;
import org.chainrule.spi.Buffer;

/** A memory object of a device. */
public final class DeviceBuffer implements Buffer {
    private final DType dtype;
    private final int length;
    private final QueuedDevice owner;
    private final long memory, number;
    private boolean open = true;

    /** {@code number} tells it from every other buffer of the device. */
    DeviceBuffer(DType dtype, int length, QueuedDevice owner, long memory, long number) {
        this.dtype = dtype;
        this.length = length;
        this.owner = owner;
        this.memory = memory;
        this.number = number;
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public int length() {
        return length;
    }

    long bytes() {
        return (long) length * dtype.bytes();
    }

    /** No other buffer of the device has it, unlike its memory object, whose handle drivers give out again. */
    long number() {
        return number;
    }

    /** The memory object; throws where the buffer was closed. */
    public long memory() {
        if (!open) throw new ClosedException("a buffer of " + length + " " + dtype + " was used after it was closed");
        return memory;
    }

    @Override
    public void close() {
        if (!open) return;
        open = false;
        owner.released(memory, bytes());
    }
}
