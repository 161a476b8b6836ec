package org.example.plain;

import org.chainrule.ClosedException;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;

/** A schedule and its temporaries. */
final class PlainExecutable implements Device.Executable {
    private final Schedule schedule;
    private final Buffer[] temporaries;
    private boolean open = true;

    PlainExecutable(PlainDevice device, Schedule schedule) {
        this.schedule = schedule;
        this.temporaries = new Buffer[schedule.slots().size()];
        java.util.Arrays.fill(temporaries, Buffer.NONE);
        boolean complete = false;
        try {
            for (int i = 0; i < temporaries.length; i++) {
                Schedule.Slot s = schedule.slots().get(i);
                if (!s.external()) temporaries[i] = device.allocate(s.dtype(), s.length());
            }
            complete = true;
        } finally {
            // what does not fit leaves nothing behind
            if (!complete) close();
        }
    }

    @Override
    public void run(Buffer[] buffers, long[] streams) {
        if (!open) throw new ClosedException("a compiled schedule was run after it was closed");
        PlainBuffer[] memory = new PlainBuffer[temporaries.length];
        for (int i = 0; i < memory.length; i++)
            memory[i] = (PlainBuffer) (schedule.slots().get(i).external() ? buffers[i] : temporaries[i]);
        Loops loops = new Loops(memory, streams);
        schedule.kernels().forEach(loops::run);
    }

    @Override
    public void close() {
        open = false;
        for (Buffer b : temporaries) b.close();
    }
}
