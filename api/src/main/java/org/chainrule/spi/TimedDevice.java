package org.chainrule.spi;

import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Trace.Activity;

/** A device whose calls are timed on the host, and whose kernels run one by one. */
final class TimedDevice extends DeviceFilter {
    private final Trace trace;

    TimedDevice(Device device, Trace trace) {
        super(device);
        this.trace = trace;
    }

    /** Reports what is done this moment. */
    private void report(Trace.Kind kind, Kernel.Label label, long bytes, long start) {
        trace.add(new Activity(kind, label, bytes, start, System.nanoTime() - start));
    }

    private static long bytes(Buffer b) {
        return (long) b.length() * b.dtype().bytes();
    }

    @Override
    public void upload(MemorySegment host, Buffer to) {
        long start = System.nanoTime();
        super.upload(host, to);
        report(Trace.Kind.UPLOAD, Activity.UPLOADED, bytes(to), start);
    }

    @Override
    public void download(Buffer from, MemorySegment host) {
        long start = System.nanoTime();
        super.download(from, host);
        report(Trace.Kind.DOWNLOAD, Activity.DOWNLOADED, bytes(from), start);
    }

    @Override
    public double[] doubles(Buffer from) {
        long start = System.nanoTime();
        double[] values = super.doubles(from);
        report(Trace.Kind.DOWNLOAD, Activity.DOWNLOADED, bytes(from), start);
        return values;
    }

    @Override
    public Executable compile(Schedule schedule) {
        return new KernelByKernel(inner(), schedule, TimedKernel::new);
    }

    /** A kernel compiled alone. */
    private final class TimedKernel implements Executable {
        private final Kernel.Label label;
        private final long traffic;
        private final Executable executable;

        TimedKernel(Schedule alone) {
            Kernel kernel = alone.kernels().getFirst();
            this.label = kernel.label();
            this.traffic = alone.traffic(kernel);
            long start = System.nanoTime();
            this.executable = inner().compile(alone);
            report(Trace.Kind.COMPILATION, label, 0, start);
        }

        @Override
        public void run(Buffer[] buffers, long[] streams) {
            long start = System.nanoTime();
            executable.run(buffers, streams);
            report(Trace.Kind.KERNEL, label, traffic, start);
        }

        @Override
        public OptionalInt launches() {
            return executable.launches();
        }

        @Override
        public void close() {
            executable.close();
        }
    }
}
