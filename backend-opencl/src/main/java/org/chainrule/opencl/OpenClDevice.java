package org.chainrule.opencl;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.chainrule.DType;
import org.chainrule.kernels.Programs;
import org.chainrule.kernels.QueuedDevice;
import org.chainrule.kernels.SourceCompiler;
import org.chainrule.spi.Trace;

/** An OpenCL device. */
final class OpenClDevice extends QueuedDevice {
    /** What it does is told to {@code trace}, from what its queue measures. */
    OpenClDevice(ClHardware hardware, Optional<Trace> trace) {
        this(hardware, trace, new ClQueue(hardware, trace));
    }

    private OpenClDevice(ClHardware hardware, Optional<Trace> trace, ClQueue queue) {
        super(model(hardware), queue,
                new Programs(hardware.name(), compiler(hardware, queue), trace.orElse(_ -> {})));
    }

    private static SourceCompiler compiler(ClHardware hardware, ClQueue queue) {
        return hardware.isPocl() ? new PoclCompiler(hardware, queue, PoclFolder.OWN) : new Compiler(hardware, queue);
    }

    private static Model model(ClHardware hardware) {
        Set<DType> dtypes = EnumSet.allOf(DType.class);
        if (!hardware.hasDoubles()) dtypes.remove(DType.F64);
        return new Model(hardware.name(), "OpenCL", hardware.memory(), hardware.atMost(), dtypes, hardware.tuned());
    }
}
