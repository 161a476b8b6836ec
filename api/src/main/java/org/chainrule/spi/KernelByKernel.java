package org.chainrule.spi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Schedule;

/** A schedule whose kernels are compiled and run one by one, so that something can be done around each. */
public final class KernelByKernel implements Device.Executable {
    private final List<Device.Executable> each = new ArrayList<>();
    /** The temporaries; {@link Buffer#NONE} where a slot is bound from outside. */
    private final Buffer[] own;
    private final Buffer[] all;

    /**
     * @param device  has the memory of the temporaries
     * @param compile makes a schedule of one kernel ready, all of whose slots are bound from outside
     */
    public KernelByKernel(Device device, Schedule schedule, Function<Schedule, Device.Executable> compile) {
        List<Schedule.Slot> external =
                schedule.slots().stream().map(s -> new Schedule.Slot(s.dtype(), s.length(), true)).toList();
        this.own = new Buffer[external.size()];
        this.all = new Buffer[own.length];
        Arrays.fill(own, Buffer.NONE);
        boolean done = false;
        try {
            for (int i = 0; i < own.length; i++) if (!schedule.slots().get(i).external())
                own[i] = device.allocate(external.get(i).dtype(), external.get(i).length());
            for (Kernel k : schedule.kernels()) each.add(compile.apply(new Schedule(external, List.of(k))));
            done = true;
        } finally {
            if (!done) close();
        }
    }

    @Override
    public void run(Buffer[] buffers, long[] streams) {
        for (int i = 0; i < all.length; i++) all[i] = own[i] == Buffer.NONE ? buffers[i] : own[i];
        for (int i = 0; i < each.size(); i++) each.get(i).run(all, streams);
    }

    @Override
    public OptionalInt launches() {
        if (each.stream().anyMatch(e -> e.launches().isEmpty())) return OptionalInt.empty();
        return OptionalInt.of(each.stream().mapToInt(e -> e.launches().orElseThrow()).sum());
    }

    @Override
    public void close() {
        each.forEach(Device.Executable::close);
        for (Buffer b : own) b.close();
    }
}
