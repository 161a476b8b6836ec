package org.chainrule.opencl;

import static org.lwjgl.opencl.CL10.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.chainrule.kernels.DeviceFunction;
import org.chainrule.kernels.Launch;
import org.chainrule.kernels.Source;
import org.chainrule.spi.Trace;

/** A kernel object. */
final class ClFunction implements DeviceFunction {
    private final ClQueue queue;
    private final long kernel;
    private final Start<Launch> start;
    private final Runnable ran;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment total, items;
    /** Memory of eight bytes for an argument that is being set. */
    private final MemorySegment value = arena.allocate(8, 8);

    ClFunction(ClQueue queue, long kernel, Start<Launch> start, Runnable ran) {
        this.queue = queue;
        this.kernel = kernel;
        this.start = start;
        this.ran = ran;
        Launch.Extent g = start.command().groups(), n = start.command().items();
        total = arena.allocateFrom(ValueLayout.JAVA_LONG, (long) g.x() * n.x(), (long) g.y() * n.y(),
                (long) g.z() * n.z());
        items = arena.allocateFrom(ValueLayout.JAVA_LONG, n.x(), n.y(), n.z());
    }

    Source source() {
        return start.command().source();
    }

    /** Whom to tell after the first run. */
    Runnable ran() {
        return ran;
    }

    @Override
    public void set(int index, int number) {
        value.set(ValueLayout.JAVA_INT, 0, number);
        set(index, Integer.BYTES, value);
    }

    @Override
    public void set(int index, long number) {
        value.set(ValueLayout.JAVA_LONG, 0, number);
        set(index, Long.BYTES, value);
    }

    private void set(int index, int bytes, MemorySegment from) {
        Cl.check(nclSetKernelArg(kernel, index, bytes, from.address()), queue.device(), "setting an argument");
    }

    @Override
    public void queue() {
        int code = nclEnqueueNDRangeKernel(queue.handle(), kernel, 3, 0, total.address(), items.address(), 0, 0,
                queue.profile().event());
        if (code != CL_SUCCESS) throw Cl.failure(code, queue.device(), "starting " + start.label());
        queue.queued(start.label());
        queue.profile().queued(Trace.Kind.KERNEL, start.label(), start.traffic());
    }

    @Override
    public void close() {
        clReleaseKernel(kernel);
        arena.close();
    }
}
