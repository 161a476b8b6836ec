package org.chainrule.cuda;

import static jcuda.driver.JCudaDriver.*;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import org.chainrule.kernels.EventTimes;
import org.chainrule.plan.Kernel;
import org.chainrule.spi.Trace;
import org.chainrule.spi.Trace.Kind;

/** Every command lies between two events. CUDA tells how long lies between events, so the clock counts from event to event. */
final class CudaEvents implements EventTimes.Clock<CudaEvents.Span>, AutoCloseable {
    private static final float NANOS_PER_MILLI = 1e6f;

    private final CudaQueue queue;
    private final EventTimes<Span> times;
    private final Set<CUevent> all = new HashSet<>();
    private final Deque<CUevent> free = new ArrayDeque<>();
    private CUevent before;
    /** The event from which is counted, and where it stands on the clock. */
    private CUevent base;
    private long baseNanos = 1;

    /** The events before and after a command. */
    record Span(CUevent before, CUevent after) {}

    CudaEvents(Trace trace, CudaQueue queue) {
        this.queue = queue;
        this.times = new EventTimes<>(trace, this);
        this.base = record();
        this.before = base;
    }

    private CUevent record() {
        CUevent event = free.isEmpty() ? create() : free.pop();
        Cuda.check(cuEventRecord(event, queue.stream()), queue.device(), "recording an event");
        return event;
    }

    private CUevent create() {
        CUevent event = new CUevent();
        Cuda.check(cuEventCreate(event, CUevent_flags.CU_EVENT_DEFAULT), queue.device(), "making an event");
        all.add(event);
        return event;
    }

    void asks() {
        times.asks();
        before = record();
    }

    void queued(Kind kind, Kernel.Label label, long bytes) {
        times.queued(new Span(before, record()), kind, label, bytes);
    }

    void waited() {
        times.waited();
    }

    @Override
    public long start(Span s) {
        return time(s.before);
    }

    @Override
    public long end(Span s) {
        return time(s.after);
    }

    /** 0 where the event did not happen. */
    private long time(CUevent event) {
        float[] millis = new float[1];
        int status = cuEventElapsedTime(millis, base, event);
        return status == CUresult.CUDA_SUCCESS ? baseNanos + (long) (millis[0] * NANOS_PER_MILLI) : 0;
    }

    @Override
    public boolean isDone(Span s) {
        return cuEventQuery(s.after) != CUresult.CUDA_ERROR_NOT_READY;
    }

    /** Counts from its end from now on: a difference is the less exact the longer it is. */
    @Override
    public void release(Span s) {
        long end = end(s);
        free.push(s.before);
        if (end == 0) {
            free.push(s.after);
            return;
        }
        free.push(base);
        base = s.after;
        baseNanos = end;
    }

    @Override
    public void close() {
        all.forEach(e -> cuEventDestroy(e));
        all.clear();
        free.clear();
    }
}
