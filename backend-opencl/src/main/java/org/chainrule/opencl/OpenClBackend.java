package org.chainrule.opencl;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.chainrule.BackendUnavailableException;
import org.chainrule.spi.Backend;
import org.chainrule.spi.Device;
import org.chainrule.spi.NativeLibrary;

/** OpenCL devices: finds the loader and tells what is missing; it has no kernels to run on them. */
public final class OpenClBackend implements Backend {
    private static final String NO_ACCESS = "native access is not enabled";
    private static final String NO_KERNELS = "this version of Chainrule has no OpenCL kernels yet";
    private static final String REMEDY =
            "use --backend cpu; this version only looks for OpenCL and cannot compute on it yet, so nothing need be installed";

    private final List<String> libraries;

    public OpenClBackend() {
        this(loaders(System.getProperty("os.name", "")));
    }

    /** Looks for the first of {@code libraries}. */
    OpenClBackend(List<String> libraries) {
        this.libraries = libraries;
    }

    /** The file names of the OpenCL loader on the system of that name. */
    static List<String> loaders(String system) {
        String s = system.toLowerCase(Locale.ROOT);
        if (s.startsWith("windows")) return List.of("OpenCL.dll");
        if (s.startsWith("mac")) return List.of("/System/Library/Frameworks/OpenCL.framework/OpenCL");
        return List.of("libOpenCL.so.1", "libOpenCL.so");
    }

    @Override
    public String name() {
        return "opencl";
    }

    @Override
    public boolean computes() {
        return false;
    }

    /**
     * Only looks for the loader. Asking it for platforms would load every driver into the process, and PoCL's replaces the
     * signal handler by which the JVM notices an integer division by zero.
     */
    @Override
    public Availability probe() {
        if (!NativeLibrary.isAccessEnabled()) return new Availability.Missing(NO_ACCESS, REMEDY);
        try (Arena arena = Arena.ofConfined()) {
            Optional<NativeLibrary> loader = NativeLibrary.find(libraries, arena);
            if (loader.isEmpty()) return new Availability.Missing(libraries.getFirst() + " not found", REMEDY);
            String name = loader.get().name();
            if (loader.get().symbols().find("clGetPlatformIDs").isEmpty())
                return new Availability.Missing(name + " is no OpenCL loader: it lacks clGetPlatformIDs", REMEDY);
            return new Availability.Missing(name + " is there, but " + NO_KERNELS, REMEDY);
        }
    }

    @Override
    public Device open(int index) {
        throw new BackendUnavailableException("opencl: " + NO_KERNELS + "; use --backend cpu");
    }
}
