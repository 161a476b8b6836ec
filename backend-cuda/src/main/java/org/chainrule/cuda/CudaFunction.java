package org.chainrule.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jcuda.driver.CUDA_KERNEL_NODE_PARAMS;
import jcuda.driver.CUresult;
import org.chainrule.kernels.Launch;
import org.chainrule.plan.Kernel;
import org.chainrule.spi.Trace;

/**
 * A function of a module. Its arguments lie in one piece of memory off the heap: the addresses that a launch is given, and the values that they point to. So
 * starting it makes no objects.
 */
final class CudaFunction implements Captured {
    private final CudaQueue queue;
    private final Address.Function function;
    private final Start<Launch> start;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment values;
    private final Address.OnHost addresses;
    private boolean changed = true;

    CudaFunction(CudaQueue queue, Address.Function function, Start<Launch> start) {
        this.queue = queue;
        this.function = function;
        this.start = start;
        int count = start.command().arguments().size();
        MemorySegment all = arena.allocate(2L * Long.BYTES * Math.max(1, count), Long.BYTES);
        values = all.asSlice(all.byteSize() / 2);
        for (int i = 0; i < count; i++)
            all.setAtIndex(ValueLayout.JAVA_LONG, i, values.address() + (long) Long.BYTES * i);
        addresses = Address.OnHost.of(all, 0);
    }

    @Override
    public void set(int index, int value) {
        values.setAtIndex(ValueLayout.JAVA_INT, 2L * index, value);
        changed = true;
    }

    @Override
    public void set(int index, long value) {
        values.setAtIndex(ValueLayout.JAVA_LONG, index, value);
        changed = true;
    }

    @Override
    public Kernel.Label label() {
        return start.label();
    }

    @Override
    public boolean takeChanged() {
        boolean c = changed;
        changed = false;
        return c;
    }

    /** What a graph's node is made from and changed by; it reads the arguments when it is passed. */
    CUDA_KERNEL_NODE_PARAMS node() {
        Launch.Extent g = start.command().groups(), n = start.command().items();
        CUDA_KERNEL_NODE_PARAMS node = new CUDA_KERNEL_NODE_PARAMS();
        node.func = function;
        node.gridDimX = g.x();
        node.gridDimY = g.y();
        node.gridDimZ = g.z();
        node.blockDimX = n.x();
        node.blockDimY = n.y();
        node.blockDimZ = n.z();
        node.kernelParams = addresses;
        return node;
    }

    @Override
    public void queue() {
        queue.asks();
        int status = KernelStart.call(function.value(), start.command().groups(), start.command().items(),
                queue.stream().value(), addresses.value());
        if (status != CUresult.CUDA_SUCCESS)
            throw Cuda.failure(status, queue.device(), "starting " + start.label());
        queue.started(start.label());
        queue.queued(Trace.Kind.KERNEL, start.label(), start.traffic());
    }

    @Override
    public void close() {
        arena.close();
    }
}
