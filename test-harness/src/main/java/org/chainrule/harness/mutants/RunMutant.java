package org.chainrule.harness.mutants;

import java.util.function.UnaryOperator;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;
import org.chainrule.spi.DeviceFilter;

/** Runs what it was asked for, and does something wrong around it. */
final class RunMutant extends DeviceFilter {
    /** One run of a compiled schedule. */
    interface Around {
        void run(Device device, Schedule schedule, Executable right, Buffer[] buffers, long[] streams, int before);
    }

    private final Around around;

    private RunMutant(Device device, Around around) {
        super(device);
        this.around = around;
    }

    static UnaryOperator<Device> of(Around around) {
        return device -> new RunMutant(device, around);
    }

    @Override
    public Executable compile(Schedule schedule) {
        Executable right = inner().compile(schedule);
        return new Executable() {
            private int runs;

            @Override
            public void run(Buffer[] buffers, long[] streams) {
                around.run(inner(), schedule, right, buffers, streams, runs++);
            }

            @Override
            public void close() {
                right.close();
            }
        };
    }
}
