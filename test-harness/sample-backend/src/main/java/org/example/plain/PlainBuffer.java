package org.example.plain;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.chainrule.ClosedException;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.spi.Buffer;

/** Elements off the Java heap, packed as {@link Elements} writes them. */
final class PlainBuffer implements Buffer {
    private final DType dtype;
    private final int length;
    private final PlainDevice owner;
    // any thread may use a session, though only one at a time
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private boolean open = true;

    PlainBuffer(DType dtype, int length, PlainDevice owner) {
        this.dtype = dtype;
        this.length = length;
        this.owner = owner;
        this.memory = arena.allocate((long) length * dtype.bytes(), 8);
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
        return memory.byteSize();
    }

    /** The elements; throws where the buffer was closed. */
    MemorySegment memory() {
        if (!open) throw new ClosedException("a buffer of " + length + " " + dtype + " was used after it was closed");
        return memory;
    }

    double number(int i) {
        return Elements.get(memory(), dtype, i);
    }

    void set(int i, double v) {
        Elements.set(memory(), dtype, i, v);
    }

    /** As {@link #number}, without loss for i64. */
    long integer(int i) {
        return dtype == DType.I64 ? memory().get(ValueLayout.JAVA_LONG, 8L * i) : (long) number(i);
    }

    void setInteger(int i, long v) {
        if (dtype == DType.I64) memory().set(ValueLayout.JAVA_LONG, 8L * i, v);
        else set(i, (double) v);
    }

    @Override
    public void close() {
        if (!open) return;
        open = false;
        arena.close();
        owner.released(bytes());
    }
}
