package org.chainrule.opencl;

import org.chainrule.ClosedException;
import org.chainrule.DType;
import org.chainrule.spi.Buffer;

/** A memory object of a device. */
final class ClBuffer implements Buffer {
    private final DType dtype;
    private final int length;
    private final OpenClDevice owner;
    private final long memory;
    private boolean open = true;

    ClBuffer(DType dtype, int length, OpenClDevice owner, long memory) {
        this.dtype = dtype;
        this.length = length;
        this.owner = owner;
        this.memory = memory;
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

    /** The memory object; throws where the buffer was closed. */
    long memory() {
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
