package org.chainrule.opencl;

import static org.lwjgl.opencl.CL10.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import org.chainrule.kernels.EventTimes;
import org.chainrule.plan.Kernel;
import org.chainrule.spi.Trace;
import org.chainrule.spi.Trace.Kind;
import org.lwjgl.system.MemoryStack;

/** Every command has an event, from which its times are read. */
final class ClEvents implements Profile, EventTimes.Clock<Long> {
    private final EventTimes<Long> times;
    private final MemorySegment place = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);

    ClEvents(Trace trace) {
        this.times = new EventTimes<>(trace, this);
    }

    @Override
    public long properties() {
        return CL_QUEUE_PROFILING_ENABLE;
    }

    @Override
    public long event() {
        times.asks();
        return place.address();
    }

    @Override
    public void queued(Kind kind, Kernel.Label label, long bytes) {
        times.queued(place.get(ValueLayout.JAVA_LONG, 0), kind, label, bytes);
    }

    @Override
    public void waited() {
        times.waited();
    }

    @Override
    public long start(Long event) {
        return time(event, CL_PROFILING_COMMAND_START);
    }

    @Override
    public long end(Long event) {
        return time(event, CL_PROFILING_COMMAND_END);
    }

    @Override
    public boolean isDone(Long event) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer status = stack.mallocInt(1);
            return clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, status, null) != CL_SUCCESS
                    || status.get(0) <= CL_COMPLETE;
        }
    }

    @Override
    public void release(Long event) {
        clReleaseEvent(event);
    }

    private static long time(long event, int which) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            LongBuffer time = stack.mallocLong(1);
            return clGetEventProfilingInfo(event, which, time, null) == CL_SUCCESS ? time.get(0) : 0;
        }
    }
}
