package org.example.plain;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.OutOfDeviceMemoryException;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;

/** One thread, and memory off the Java heap, of which it keeps the ledger. */
final class PlainDevice implements Device {
    private static final int MIB = 1 << 20;
    /** Nothing bounds memory off the heap but the machine, which a process must not use up. */
    private static final long CAPACITY = 1L << 30;

    private long live;

    @Override
    public String name() {
        return "plain loops";
    }

    /** Fused programs, no half-width types, no kernels for composites: the planner gives their bodies instead. */
    @Override
    public Traits traits() {
        return new Traits(true, Set.of(DType.F32, DType.F64, DType.I32, DType.I64, DType.BOOL), Set.of());
    }

    @Override
    public PlainBuffer allocate(DType dtype, int length) {
        long bytes = (long) length * dtype.bytes();
        if (live + bytes > CAPACITY) throw new OutOfDeviceMemoryException("plain: " + length + " elements of " + dtype
                + " (" + bytes / MIB + " MiB) asked; tensors hold " + live / MIB + " MiB of " + CAPACITY / MIB
                + ". Use smaller tensors");
        PlainBuffer b = new PlainBuffer(dtype, length, this);
        live += bytes;
        return b;
    }

    void released(long bytes) {
        live -= bytes;
    }

    @Override
    public void upload(MemorySegment host, Buffer to) {
        PlainBuffer b = (PlainBuffer) to;
        MemorySegment.copy(host, 0, b.memory(), 0, b.bytes());
    }

    @Override
    public void download(Buffer from, MemorySegment host) {
        PlainBuffer b = (PlainBuffer) from;
        MemorySegment.copy(b.memory(), 0, host, 0, b.bytes());
    }

    @Override
    public double[] doubles(Buffer from) {
        PlainBuffer b = (PlainBuffer) from;
        return Elements.doubles(b.dtype(), b.memory(), b.length());
    }

    @Override
    public Executable compile(Schedule schedule) {
        return new PlainExecutable(this, schedule);
    }

    @Override
    public long liveBytes() {
        return live;
    }

    /** Holds nothing but buffers, which their owners close. */
    @Override
    public void close() {}
}
