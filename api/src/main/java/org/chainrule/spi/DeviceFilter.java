package org.chainrule.spi;

import java.lang.foreign.MemorySegment;
import org.chainrule.DType;
import org.chainrule.plan.Schedule;

/** A device that passes every call on: what wraps a device changes the calls it is about. */
public abstract class DeviceFilter implements Device {
    private final Device device;

    protected DeviceFilter(Device device) {
        this.device = device;
    }

    /** The device that calls are passed to. */
    protected final Device inner() {
        return device;
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public Traits traits() {
        return device.traits();
    }

    @Override
    public Buffer allocate(DType dtype, int length) {
        return device.allocate(dtype, length);
    }

    @Override
    public void upload(MemorySegment host, Buffer to) {
        device.upload(host, to);
    }

    @Override
    public void download(Buffer from, MemorySegment host) {
        device.download(from, host);
    }

    @Override
    public double[] doubles(Buffer from) {
        return device.doubles(from);
    }

    @Override
    public Executable compile(Schedule schedule) {
        return device.compile(schedule);
    }

    @Override
    public long liveBytes() {
        return device.liveBytes();
    }

    @Override
    public void close() {
        device.close();
    }
}
