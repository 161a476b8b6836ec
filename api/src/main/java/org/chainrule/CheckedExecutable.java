package org.chainrule;

import java.util.Arrays;
import java.util.OptionalInt;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;

/** A kernel compiled alone that throws where it makes a NaN or an infinity. */
final class CheckedExecutable implements Device.Executable {
    private final Device device;
    private final Kernel kernel;
    private final Device.Executable executable;

    /** Of the only kernel of {@code alone}. */
    CheckedExecutable(Device device, Schedule alone) {
        this.device = device;
        this.kernel = alone.kernels().getFirst();
        this.executable = device.compile(alone);
    }

    @Override
    public void run(Buffer[] buffers, long[] streams) {
        executable.run(buffers, streams);
        for (Operand o : kernel.out()) require(o, buffers);
    }

    private void require(Operand o, Buffer[] buffers) {
        if (!o.dtype().isFloat()) return;
        double[] v = device.doubles(buffers[o.slot()]);
        for (int i = 0; i < o.layout().shape().size(); i++) {
            double x = v[o.layout().place(i)];
            if (Double.isFinite(x)) continue;
            boolean given = kernel.reads().stream().anyMatch(r -> r.dtype().isFloat() && r.slot() != o.slot()
                    && Arrays.stream(device.doubles(buffers[r.slot()])).anyMatch(y -> !Double.isFinite(y)));
            throw new NonFiniteException(kernel.label().ops() + (given ? " passed on " : " made the first ")
                    + (Double.isNaN(x) ? "NaN" : "infinity") + ", at element " + i + " of shape "
                    + o.layout().shape() + "\n  op made at " + kernel.label().origin());
        }
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
