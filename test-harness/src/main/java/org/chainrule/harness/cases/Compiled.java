package org.chainrule.harness.cases;

import org.chainrule.harness.device.DeviceFilter;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;

/** Remembers what was compiled last and what it ran on. */
final class Compiled extends DeviceFilter {
    private Executable last = new Unused();
    private Buffer[] buffers = {};

    Compiled(Device device) {
        super(device);
    }

    Executable last() {
        return last;
    }

    /** What the last run was given. */
    Buffer[] buffers() {
        return buffers;
    }

    @Override
    public Executable compile(Schedule schedule) {
        Executable made = super.compile(schedule);
        last = made;
        return new Executable() {
            @Override
            public void run(Buffer[] given, long[] streams) {
                buffers = given;
                made.run(given, streams);
            }

            @Override
            public void close() {
                made.close();
            }
        };
    }

    private static final class Unused implements Executable {
        @Override
        public void run(Buffer[] buffers, long[] streams) {
            throw new IllegalStateException("nothing was compiled");
        }

        @Override
        public void close() {}
    }
}
