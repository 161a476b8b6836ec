package org.chainrule.cpu;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.OutOfDeviceMemoryException;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;

/** The CPU: buffers are Java arrays, kernels run at once on a pool of threads. */
final class CpuDevice implements Device {
    private final Threads threads;
    private long live;

    CpuDevice(Threads threads) {
        this.threads = threads;
    }

    @Override
    public String name() {
        return "CPU, " + threads.size() + (threads.size() == 1 ? " thread, " : " threads, ")
                + Lanes.best().description();
    }

    @Override
    public Traits traits() {
        return new Traits(true, EnumSet.allOf(DType.class), RowKernel.NAMES);
    }

    Threads threads() {
        return threads;
    }

    @Override
    public HostBuffer allocate(DType dtype, int length) {
        try {
            HostBuffer b = new HostBuffer(dtype, length, this);
            live += b.bytes();
            return b;
        } catch (OutOfMemoryError e) {
            Runtime r = Runtime.getRuntime();
            throw new OutOfDeviceMemoryException("cpu: " + length + " elements of " + dtype + " ("
                    + (long) length * dtype.bytes() / (1 << 20)
                    + " MiB) asked in one array, which the Java heap had no room for: of its "
                    + r.maxMemory() / (1 << 20) + " MiB tensors hold " + live / (1 << 20)
                    + ", and data, weights off the device and free pieces too small for the array take the rest. "
                    + "Raise it with -Xmx, or use a smaller model or smaller batches", e);
        }
    }

    void released(long bytes) {
        live -= bytes;
    }

    @Override
    public void upload(MemorySegment host, Buffer to) {
        HostBuffer b = (HostBuffer) to;
        if (b.length() == 1 && b.array() instanceof float[] f)
            f[0] = host.get(java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED, 0);
        else if (b.length() == 1 && b.array() instanceof double[] d)
            d[0] = host.get(java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED, 0);
        else MemorySegment.copy(host, 0, b.segment(), 0, b.bytes());
    }

    @Override
    public void download(Buffer from, MemorySegment host) {
        HostBuffer b = (HostBuffer) from;
        MemorySegment.copy(b.segment(), 0, host, 0, b.bytes());
    }

    @Override
    public double[] doubles(Buffer from) {
        HostBuffer b = (HostBuffer) from;
        return Elements.doubles(b.dtype(), b.segment(), b.length());
    }

    @Override
    public Executable compile(Schedule schedule) {
        return new CpuExecutable(this, schedule);
    }

    @Override
    public long liveBytes() {
        return live;
    }

    @Override
    public void close() {
        threads.close();
    }

}
