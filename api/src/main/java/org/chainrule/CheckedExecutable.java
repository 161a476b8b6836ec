package org.chainrule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;

/** Runs a schedule kernel by kernel and stops at the first that makes a NaN or an infinity. */
final class CheckedExecutable implements Device.Executable {
    private final Device device;
    private final Schedule schedule;
    private final List<Device.Executable> each = new ArrayList<>();
    private final Buffer[] own;

    CheckedExecutable(Device device, Schedule schedule) {
        this.device = device;
        this.schedule = schedule;
        List<Schedule.Slot> external =
                schedule.slots().stream().map(s -> new Schedule.Slot(s.dtype(), s.length(), true)).toList();
        this.own = new Buffer[external.size()];
        Arrays.fill(own, Buffer.NONE);
        boolean done = false;
        try {
            for (int i = 0; i < own.length; i++) if (!schedule.slots().get(i).external())
                own[i] = device.allocate(external.get(i).dtype(), external.get(i).length());
            for (Kernel k : schedule.kernels()) each.add(device.compile(new Schedule(external, List.of(k))));
            done = true;
        } finally {
            if (!done) close();
        }
    }

    @Override
    public void run(Buffer[] buffers, long[] streams) {
        Buffer[] all = buffers.clone();
        for (int i = 0; i < all.length; i++) if (own[i] != Buffer.NONE) all[i] = own[i];
        for (int i = 0; i < each.size(); i++) {
            Kernel k = schedule.kernels().get(i);
            each.get(i).run(all, streams);
            for (Operand o : k.out()) require(k, o, all[o.slot()], all);
        }
    }

    private void require(Kernel k, Operand o, Buffer written, Buffer[] all) {
        if (!o.dtype().isFloat()) return;
        double[] v = device.doubles(written);
        for (int i = 0; i < o.layout().shape().size(); i++) {
            double x = v[o.layout().place(i)];
            if (Double.isFinite(x)) continue;
            boolean given = k.reads().stream().anyMatch(r -> r.dtype().isFloat() && r.slot() != o.slot()
                    && Arrays.stream(device.doubles(all[r.slot()])).anyMatch(y -> !Double.isFinite(y)));
            throw new NonFiniteException(k.label().ops() + (given ? " passed on " : " made the first ")
                    + (Double.isNaN(x) ? "NaN" : "infinity") + ", at element " + i + " of shape "
                    + o.layout().shape() + "\n  op made at " + k.label().origin());
        }
    }

    @Override
    public void close() {
        each.forEach(Device.Executable::close);
        for (Buffer b : own) b.close();
    }
}
