package org.chainrule.harness.mutants;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.chainrule.DType;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;
import org.chainrule.spi.DeviceFilter;

/** A device that hears of the closing of its buffers. */
abstract class WrappedBuffers extends DeviceFilter {
    WrappedBuffers(Device device) {
        super(device);
    }

    /** A buffer was closed. */
    abstract void closed(Wrapped b);

    final class Wrapped implements Buffer {
        final Buffer inner;
        private boolean open = true;

        Wrapped(Buffer inner) {
            this.inner = inner;
        }

        @Override
        public DType dtype() {
            return inner.dtype();
        }

        @Override
        public int length() {
            return inner.length();
        }

        @Override
        public void close() {
            if (open) closed(this);
            open = false;
        }
    }

    private static Buffer unwrapped(Buffer b) {
        return b instanceof Wrapped w ? w.inner : b;
    }

    @Override
    public Buffer allocate(DType dtype, int length) {
        return new Wrapped(inner().allocate(dtype, length));
    }

    @Override
    public void upload(MemorySegment host, Buffer to) {
        inner().upload(host, unwrapped(to));
    }

    @Override
    public void download(Buffer from, MemorySegment host) {
        inner().download(unwrapped(from), host);
    }

    @Override
    public double[] doubles(Buffer from) {
        return inner().doubles(unwrapped(from));
    }

    @Override
    public Executable compile(Schedule schedule) {
        Executable right = inner().compile(schedule);
        return new Executable() {
            @Override
            public void run(Buffer[] buffers, long[] streams) {
                right.run(Arrays.stream(buffers).map(WrappedBuffers::unwrapped).toArray(Buffer[]::new), streams);
            }

            @Override
            public void close() {
                right.close();
            }
        };
    }
}
