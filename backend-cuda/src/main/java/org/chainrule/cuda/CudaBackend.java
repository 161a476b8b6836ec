package org.chainrule.cuda;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.chainrule.BackendUnavailableException;
import org.chainrule.spi.Backend;
import org.chainrule.spi.Device;
import org.chainrule.spi.NativeLibrary;

/** NVIDIA GPUs: asks the driver for them and tells what is missing; it has no kernels to run on them. */
public final class CudaBackend implements Backend {
    private static final String NO_KERNELS = "this version of Chainrule has no CUDA kernels yet";
    private static final String REMEDY =
            "use --backend cpu; this version only looks for CUDA and cannot compute on it yet, so nothing need be installed";
    private static final List<String> LINUX_NVRTC = List.of("libnvrtc.so.13", "libnvrtc.so.12"),
            LINUX_CUBLAS = List.of("libcublas.so.13", "libcublas.so.12");
    private static final List<String> WINDOWS_NVRTC = List.of("nvrtc64_130_0.dll", "nvrtc64_120_0.dll"),
            WINDOWS_CUBLAS = List.of("cublas64_13.dll", "cublas64_12.dll");

    /**
     * File names of CUDA's parts, in the order of preference.
     *
     * @param driver the driver API, without which nothing works
     * @param nvrtc  the run-time compiler
     * @param cublas the matrix products
     */
    record Libraries(List<String> driver, List<String> nvrtc, List<String> cublas) {
        /** Those of the system of that name; there is no CUDA on macOS. */
        static Optional<Libraries> of(String system) {
            String s = system.toLowerCase(Locale.ROOT);
            if (s.startsWith("mac")) return Optional.empty();
            return Optional.of(s.startsWith("windows")
                    ? new Libraries(List.of("nvcuda.dll"), WINDOWS_NVRTC, WINDOWS_CUBLAS)
                    : new Libraries(List.of("libcuda.so.1"), LINUX_NVRTC, LINUX_CUBLAS));
        }
    }

    private final Optional<Libraries> libraries;

    public CudaBackend() {
        this(Libraries.of(System.getProperty("os.name", "")));
    }

    /** Looks for {@code libraries}. */
    CudaBackend(Optional<Libraries> libraries) {
        this.libraries = libraries;
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public boolean computes() {
        return false;
    }

    @Override
    public Availability probe() {
        if (libraries.isEmpty()) return new Availability.Missing("there is no CUDA for macOS", REMEDY);
        if (!NativeLibrary.isAccessEnabled()) {
            return new Availability.Missing("native access is not enabled", REMEDY);
        }
        return probe(libraries.get());
    }

    private static Availability probe(Libraries libraries) {
        String name = libraries.driver.getFirst();
        // The driver starts threads of its own: once called, it must stay loaded.
        Optional<NativeLibrary> driver = NativeLibrary.find(libraries.driver, Arena.global());
        if (driver.isEmpty()) {
            return new Availability.Missing(name + " not found", REMEDY);
        }
        return switch (Driver.ask(driver.get())) {
            case Driver.Answer.Foreign(String symbol) -> new Availability.Missing(
                    name + " is no CUDA driver: it lacks " + symbol, REMEDY);
            case Driver.Answer.Refused(String function, int code, String error) ->
                    new Availability.Missing(
                            "the NVIDIA driver is there, but " + function + " failed with " + error + " (" + code + ")",
                            REMEDY);
            case Driver.Answer.Devices(int version, int count) -> new Availability.Missing(
                    "the driver (CUDA " + version / 1000 + "." + version % 1000 / 10 + ") sees "
                            + (count == 1 ? "1 device" : count + " devices")
                            + ", NVRTC " + presence(libraries.nvrtc) + ", cuBLAS " + presence(libraries.cublas)
                            + ", but " + NO_KERNELS,
                    REMEDY);
        };
    }

    private static String presence(List<String> names) {
        try (Arena arena = Arena.ofConfined()) {
            return NativeLibrary.find(names, arena).map(NativeLibrary::name)
                    .orElse("not found (" + names.getFirst() + ")");
        }
    }

    @Override
    public Device open(int index) {
        throw new BackendUnavailableException("cuda: " + NO_KERNELS + "; use --backend cpu");
    }
}
