package org.chainrule.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import org.chainrule.cuda.CudaBackend.Libraries;
import org.chainrule.kernels.Launch;
import org.chainrule.spi.NativeLibrary;

/** The driver's function that starts a kernel. It is called without JCuda, whose way there takes longer than all else that a launch does on the host. */
final class KernelStart {
    private static final MethodHandle FUNCTION = Libraries.of(System.getProperty("os.name", ""))
            .flatMap(l -> NativeLibrary.find(l.driver(), Arena.global()))
            .flatMap(l -> l.function("cuLaunchKernel",
                    FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
                            JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG)))
            .orElseThrow(() -> new IllegalStateException("there is a device, and no driver that starts kernels"));

    private KernelStart() {}

    /** The status of starting {@code function} on {@code stream}; {@code arguments} is where the addresses of its arguments lie. */
    static int call(long function, Launch.Extent groups, Launch.Extent items, long stream, long arguments) {
        try {
            return (int) FUNCTION.invokeExact(function, groups.x(), groups.y(), groups.z(), items.x(), items.y(),
                    items.z(), 0, stream, arguments, 0L);
        } catch (Throwable e) {
            throw new IllegalStateException("a call of the CUDA driver through Java's foreign function interface", e);
        }
    }
}
