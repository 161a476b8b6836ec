package org.chainrule.cpu.reference;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.chainrule.ClosedException;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.OutOfDeviceMemoryException;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;

/** Runs kernels one element at a time in double precision. */
final class ReferenceDevice implements Device {
    private long live;

    @Override
    public String name() {
        return "reference (float64, scalar)";
    }

    @Override
    public Traits traits() {
        return new Traits(false, EnumSet.allOf(DType.class), Set.of());
    }

    @Override
    public Memory allocate(DType dtype, int length) {
        long bytes = (long) length * dtype.bytes();
        try {
            Memory m = new Memory(dtype, length, () -> live -= bytes);
            live += bytes;
            return m;
        } catch (OutOfMemoryError e) {
            throw new OutOfDeviceMemoryException("reference: " + length + " elements of " + dtype + " ("
                    + bytes / (1 << 20) + " MiB) asked; tensors hold " + live / (1 << 20) + " MiB, and each element "
                    + "takes 8 bytes of a Java heap of " + Runtime.getRuntime().maxMemory() / (1 << 20)
                    + " MiB. Raise it with -Xmx, or use smaller tensors", e);
        }
    }

    @Override
    public void upload(MemorySegment host, Buffer to) {
        Memory m = (Memory) to;
        m.requireOpen();
        if (m.dtype().isFloat()) {
            for (int i = 0; i < m.length(); i++) m.set(i, Elements.get(host, m.dtype(), i));
        } else {
            long[] v = Elements.longs(m.dtype(), host, m.length());
            System.arraycopy(v, 0, m.integers(), 0, v.length);
        }
    }

    @Override
    public void download(Buffer from, MemorySegment host) {
        Memory m = (Memory) from;
        m.requireOpen();
        for (int i = 0; i < m.length(); i++) {
            if (m.dtype() == DType.I64) host.set(ValueLayout.JAVA_LONG_UNALIGNED, 8L * i, m.integers()[i]);
            else Elements.set(host, m.dtype(), i, m.number(i));
        }
    }

    @Override
    public double[] doubles(Buffer from) {
        return ((Memory) from).floats().clone();
    }

    @Override
    public Executable compile(Schedule schedule) {
        return new Interpreted(schedule);
    }

    /** A schedule and its temporaries. */
    private final class Interpreted implements Executable {
        private final Schedule schedule;
        private final List<Memory> own = new ArrayList<>();
        private boolean open = true;

        Interpreted(Schedule schedule) {
            this.schedule = schedule;
            boolean done = false;
            try {
                for (Schedule.Slot s : schedule.slots()) own.add(allocate(s.dtype(), s.external() ? 0 : s.length()));
                done = true;
            } finally {
                if (!done) close();
            }
        }

        @Override
        public void run(Buffer[] buffers, long[] streams) {
            if (!open) throw new ClosedException("a compiled schedule was run after it was closed");
            Memory[] memory = new Memory[buffers.length];
            for (int i = 0; i < memory.length; i++)
                memory[i] = schedule.slots().get(i).external() ? (Memory) buffers[i] : own.get(i);
            Interpreter interpreter = new Interpreter(memory, streams);
            schedule.kernels().forEach(interpreter::run);
        }

        @Override
        public void close() {
            open = false;
            own.forEach(Memory::close);
        }
    }

    @Override
    public long liveBytes() {
        return live;
    }

    @Override
    public void close() {}
}
