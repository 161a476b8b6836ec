package org.chainrule.cuda;

import java.util.EnumSet;
import java.util.Optional;
import org.chainrule.DType;
import org.chainrule.kernels.Programs;
import org.chainrule.kernels.QueuedDevice;
import org.chainrule.kernels.SourceCompiler;
import org.chainrule.spi.Trace;

/** A GPU that CUDA drives. */
final class CudaDevice extends QueuedDevice {
    /**
     * What it does is told to {@code trace}, from what events measure.
     *
     * @param hasNvrtc whether kernels are compiled for the network at hand; else those serve that were compiled beforehand
     */
    CudaDevice(CudaHardware hardware, Optional<Trace> trace, boolean hasNvrtc) {
        this(hardware, trace, hasNvrtc ? Optional.of(Nvrtc.Target.of(hardware)) : Optional.empty(),
                new CudaQueue(hardware, trace));
    }

    private CudaDevice(CudaHardware hardware, Optional<Trace> trace, Optional<Nvrtc.Target> target, CudaQueue queue) {
        super(model(hardware, queue, target.isPresent()), queue,
                new Programs(hardware.name(), compiler(hardware, target, queue), trace.orElse(_ -> {})));
    }

    private static SourceCompiler compiler(CudaHardware hardware, Optional<Nvrtc.Target> target, CudaQueue queue) {
        return target.<SourceCompiler>map(t -> new Nvrtc(t, queue)).orElseGet(() -> new Shipped(hardware, queue));
    }

    private static Model model(CudaHardware hardware, CudaQueue queue, boolean hasNvrtc) {
        return new Model(hardware.name(), "CUDA", hardware.memory(), hardware.memory(), EnumSet.allOf(DType.class),
                hardware.tuned(queue.startCublas(), hasNvrtc));
    }
}
