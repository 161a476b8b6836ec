package org.chainrule.harness.cases;

import java.util.List;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Device;
import org.chainrule.spi.DeviceFilter;

/** Remembers what was compiled last. */
final class Compiled extends DeviceFilter {
    private Schedule last = new Schedule(List.of(), List.of());

    Compiled(Device device) {
        super(device);
    }

    Schedule last() {
        return last;
    }

    @Override
    public Executable compile(Schedule schedule) {
        last = schedule;
        return super.compile(schedule);
    }
}
