package org.chainrule.harness.mutants;

import java.util.function.UnaryOperator;
import org.chainrule.harness.device.Kernels;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Program;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Device;
import org.chainrule.spi.DeviceFilter;

/** Runs other kernels than it was asked for. */
final class ScheduleMutant extends DeviceFilter {
    private final UnaryOperator<Schedule> change;

    private ScheduleMutant(Device device, UnaryOperator<Schedule> change) {
        super(device);
        this.change = change;
    }

    static UnaryOperator<Device> schedules(UnaryOperator<Schedule> change) {
        return device -> new ScheduleMutant(device, change);
    }

    static UnaryOperator<Device> kernels(UnaryOperator<Kernel> change) {
        return schedules(s -> new Schedule(s.slots(), s.kernels().stream().map(change).toList()));
    }

    static UnaryOperator<Device> programs(UnaryOperator<Program> change) {
        return kernels(k -> Kernels.withPrograms(k, change));
    }

    static UnaryOperator<Device> instructions(Rewriting.Rule rule) {
        return programs(p -> Rewriting.of(p, rule));
    }

    @Override
    public Executable compile(Schedule schedule) {
        return inner().compile(change.apply(schedule));
    }
}
