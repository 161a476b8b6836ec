package org.chainrule.opencl;

import static org.lwjgl.opencl.CL10.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.chainrule.plan.Kernel;
import org.chainrule.spi.Trace;
import org.chainrule.spi.Trace.Kind;
import org.lwjgl.system.MemoryStack;

/** Reports commands by the times that the device measured, when the queue is waited for anyway. */
final class EventTimes implements Profile {
    /** From so many on, commands are reported as they are found done, so that they do not pile up where nobody waits. */
    private static final int MANY = 1024;

    private final Trace trace;
    private final MemorySegment place = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);
    private final Deque<Command> commands = new ArrayDeque<>();
    private long asked;
    /** What is added to the device's clock to give the host's. */
    private long offset;
    private boolean hasOffset;
    /** Where on the host's clock the last command ended that was reported. */
    private long ended;

    /** A command that was queued after {@code asked} on the host's clock. */
    private record Command(long event, Kind kind, Kernel.Label label, long bytes, long asked) {}

    EventTimes(Trace trace) {
        this.trace = trace;
    }

    @Override
    public long properties() {
        return CL_QUEUE_PROFILING_ENABLE;
    }

    @Override
    public long event() {
        asked = System.nanoTime();
        return place.address();
    }

    @Override
    public void queued(Kind kind, Kernel.Label label, long bytes) {
        commands.add(new Command(place.get(ValueLayout.JAVA_LONG, 0), kind, label, bytes, asked));
        while (commands.size() > MANY && isDone(commands.getFirst())) report(commands.removeFirst());
    }

    @Override
    public void waited() {
        long now = System.nanoTime();
        if (commands.isEmpty()) return;
        synchronize(commands.getLast(), now);
        while (!commands.isEmpty()) report(commands.removeFirst());
    }

    /**
     * The last command began after it was asked for and ended before {@code now}: the clocks differ by what makes both true, and keeps
     * in order what was reported before.
     */
    private void synchronize(Command last, long now) {
        long start = time(last, CL_PROFILING_COMMAND_START), end = time(last, CL_PROFILING_COMMAND_END);
        if (start == 0 || end == 0) return;
        long least = last.asked - start, most = now - end;
        if (!hasOffset) offset = least + (most - least) / 2;
        else {
            long first = time(commands.getFirst(), CL_PROFILING_COMMAND_START);
            long inOrder = first == 0 ? least : Math.max(least, ended - first);
            offset = Math.max(inOrder, Math.min(most, offset));
        }
        hasOffset = true;
    }

    private void report(Command c) {
        long start = time(c, CL_PROFILING_COMMAND_START), end = time(c, CL_PROFILING_COMMAND_END);
        clReleaseEvent(c.event);
        if (start == 0 || end == 0) return;
        trace.add(new Trace.Activity(c.kind, c.label, c.bytes, start + offset, end - start));
        ended = end + offset;
    }

    private static boolean isDone(Command c) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer status = stack.mallocInt(1);
            return clGetEventInfo(c.event, CL_EVENT_COMMAND_EXECUTION_STATUS, status, null) != CL_SUCCESS
                    || status.get(0) <= CL_COMPLETE;
        }
    }

    /** A time of a command on the device's clock; 0 where it has none, as one that failed. */
    private static long time(Command c, int which) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            LongBuffer time = stack.mallocLong(1);
            return clGetEventProfilingInfo(c.event, which, time, null) == CL_SUCCESS ? time.get(0) : 0;
        }
    }
}
