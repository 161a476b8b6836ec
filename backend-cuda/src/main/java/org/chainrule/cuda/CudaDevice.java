package org.chainrule.cuda;

import java.util.EnumSet;
import java.util.Optional;
import org.chainrule.DType;
import org.chainrule.kernels.Programs;
import org.chainrule.kernels.QueuedDevice;
import org.chainrule.spi.Trace;

/** A GPU that CUDA drives. */
final class CudaDevice extends QueuedDevice {
    /** What it does is told to {@code trace}, from what events measure. */
    CudaDevice(CudaHardware hardware, Optional<Trace> trace) {
        this(hardware, trace, Nvrtc.Target.of(hardware), new CudaQueue(hardware, trace));
    }

    private CudaDevice(CudaHardware hardware, Optional<Trace> trace, Nvrtc.Target target, CudaQueue queue) {
        super(model(hardware, queue), queue,
                new Programs(hardware.name(), new Nvrtc(target, queue), trace.orElse(_ -> {})));
    }

    private static Model model(CudaHardware hardware, CudaQueue queue) {
        return new Model(hardware.name(), "CUDA", hardware.memory(), hardware.memory(), EnumSet.allOf(DType.class),
                hardware.tuned(queue.startCublas()));
    }
}
