package org.chainrule.cpu;

import java.util.ArrayList;
import java.util.List;
import org.chainrule.ClosedException;
import org.chainrule.OutOfDeviceMemoryException;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;

/** A schedule made ready: one {@link Work} for each kernel and the temporaries between them. */
final class CpuExecutable implements Device.Executable {
    private final HostBuffer[] memory;
    private final boolean[] external;
    private final Work[] work;
    private final List<HostBuffer> own = new ArrayList<>();
    private boolean open = true;

    /** A kernel made ready: everything that does not depend on where the slots are bound is decided. */
    interface Work {
        /** Computes. {@code memory} is bound for every slot. */
        void run(HostBuffer[] memory, long[] streams);
    }

    CpuExecutable(CpuDevice device, Schedule schedule) {
        int n = schedule.slots().size();
        this.memory = new HostBuffer[n];
        this.external = new boolean[n];
        this.work = new Work[schedule.kernels().size()];
        boolean done = false;
        try {
            HostBuffer none = device.allocate(org.chainrule.DType.BOOL, 0);
            own.add(none);
            for (int i = 0; i < n; i++) {
                Schedule.Slot s = schedule.slots().get(i);
                external[i] = s.external();
                memory[i] = none;
                if (s.external()) continue;
                memory[i] = device.allocate(s.dtype(), s.length());
                own.add(memory[i]);
            }
            for (int i = 0; i < work.length; i++) work[i] = work(schedule.kernels().get(i), device.threads());
            done = true;
        } catch (OutOfMemoryError e) {
            throw new OutOfDeviceMemoryException("cpu: scratch memory for " + schedule.kernels().size()
                    + " kernels does not fit the Java heap of " + Runtime.getRuntime().maxMemory() / (1 << 20)
                    + " MiB, of which tensors hold " + device.liveBytes() / (1 << 20)
                    + " MiB. Raise it with -Xmx, or use smaller batches", e);
        } finally {
            if (!done) close();
        }
    }

    private static Work work(Kernel kernel, Threads threads) {
        return switch (kernel) {
            case Kernel.Map k -> new MapWork(k, threads);
            case Kernel.Reduce k -> new ReduceWork(k, threads);
            case Kernel.MatMul k -> new MatMulWork(k, threads);
            case Kernel.ArgReduce k -> new IndexWork.ArgReduce(k);
            case Kernel.CumulativeSum k -> new IndexWork.CumulativeSum(k);
            case Kernel.Gather k -> new IndexWork.Gather(k);
            case Kernel.ScatterAdd k -> new IndexWork.ScatterAdd(k);
            case Kernel.Random k -> new RandomWork(k, threads);
            case Kernel.Composite k -> new RowKernel(k, threads);
        };
    }

    @Override
    public void run(Buffer[] buffers, long[] streams) {
        if (!open) throw new ClosedException("a compiled schedule was run after it was closed");
        for (int i = 0; i < memory.length; i++) if (external[i]) memory[i] = (HostBuffer) buffers[i];
        for (Work w : work) w.run(memory, streams);
    }

    @Override
    public void close() {
        open = false;
        own.forEach(HostBuffer::close);
    }
}
