package org.chainrule.cuda;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.chainrule.BackendUnavailableException;
import org.chainrule.ChainruleException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Shape;
import org.chainrule.kernels.Tuner;
import org.chainrule.spi.Backend;
import org.chainrule.spi.Device;
import org.chainrule.spi.NativeLibrary;
import org.chainrule.spi.Trace;
import org.chainrule.spi.Tuned;

/** Every NVIDIA GPU of this machine. It takes the driver, and NVRTC and cuBLAS where they are there. */
public final class CudaBackend implements Backend {
    private static final System.Logger LOG = System.getLogger(CudaBackend.class.getName());
    private static final String OTHERWISE = ", or use --backend cpu";
    private static final String NO_DRIVER = "install the NVIDIA driver" + OTHERWISE;
    private static final String DAMAGED_DRIVER =
            "install the NVIDIA driver anew, for this architecture, with what it needs" + OTHERWISE;
    private static final String OLD_DRIVER =
            "update the NVIDIA driver (525 or newer; nvidia-smi tells which it is)" + OTHERWISE;
    /** What to do for kernels of a network's own. */
    static final String NO_NVRTC =
            "install CUDA 12's run-time compiler (Debian, Ubuntu: cuda-nvrtc-12-6 of NVIDIA's repository; CUDA 13's is another library) and name its folder in LD_LIBRARY_PATH"
                    + OTHERWISE;
    private static final String NO_JCUDA =
            "check that jcuda-natives is on the class path, whole and for this system, and that -Dchainrule.cache names a folder that can be written"
                    + OTHERWISE;
    /** The oldest CUDA whose driver has every function that JCuda 12 calls. */
    private static final int OLDEST = 12_000;

    /**
     * File names of CUDA's parts, in the order in which they are looked for.
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
                    ? new Libraries(List.of("nvcuda.dll"), List.of("nvrtc64_120_0.dll"), List.of("cublas64_12.dll"))
                    : new Libraries(List.of("libcuda.so.1"), linux("libnvrtc.so.12"), linux("libcublas.so.12")));
        }

        /** Toolkits are often installed where the system's loader does not look. */
        private static List<String> linux(String name) {
            return List.of(name, "/usr/local/cuda-12/lib64/" + name, "/usr/local/cuda/lib64/" + name);
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

    /** Asks the driver first, and loads nothing else where it has no device. */
    @Override
    public Availability probe() {
        if (libraries.isEmpty()) return new Availability.Missing("there is no CUDA for macOS", "use --backend cpu");
        if (!NativeLibrary.isAccessEnabled()) return new Availability.Missing("native access is not enabled",
                "run java with --enable-native-access=ALL-UNNAMED");
        return probe(libraries.get());
    }

    private static Availability probe(Libraries libraries) {
        Optional<Availability.Missing> missing = missingDriver(libraries);
        if (missing.isPresent()) return missing.get();
        try {
            String compiler = missingNvrtc(libraries)
                    .map(m -> "no NVRTC (" + m + "): each instruction by a kernel of its own").orElse("NVRTC");
            String products = missingCublas(libraries).map(m -> "no cuBLAS (" + m + "): own products").orElse("cuBLAS");
            return new Availability.Ready(
                    CudaHardware.all().stream().map(h -> h.info(compiler + ", " + products)).toList());
        } catch (ChainruleException e) {
            return new Availability.Missing("the driver does not answer: " + e.getMessage(), NO_DRIVER);
        }
    }

    /** The first tier: without it nothing works. */
    private static Optional<Availability.Missing> missingDriver(Libraries libraries) {
        String name = libraries.driver.getFirst();
        // The driver starts threads of its own: once called, it must stay loaded.
        Optional<NativeLibrary> driver = NativeLibrary.find(libraries.driver, Arena.global());
        if (driver.isEmpty()) return NativeLibrary.refusal(libraries.driver).map(r -> missing(r, DAMAGED_DRIVER))
                .orElseGet(() -> missing(name + " not found", NO_DRIVER));
        return switch (Driver.ask(driver.get())) {
            case Driver.Answer.Foreign(String symbol) ->
                    missing(name + " is no CUDA driver: it lacks " + symbol, NO_DRIVER);
            case Driver.Answer.Refused(String function, int code, String error) -> missing(
                    "the NVIDIA driver is there, but " + function + " failed with " + error + " (" + code + ")",
                    NO_DRIVER);
            case Driver.Answer.Devices(int version, int _) when version < OLDEST -> missing(
                    "the driver supports CUDA " + CudaHardware.version(version) + ", and "
                            + CudaHardware.version(OLDEST) + " is needed",
                    OLD_DRIVER);
            case Driver.Answer.Devices(int _, int count) when count == 0 ->
                    missing("the NVIDIA driver is there, but has no device", NO_DRIVER);
            case Driver.Answer.Devices _ -> Natives.DRIVER.load().flatMap(m -> missing("JCuda: " + m, NO_JCUDA));
        };
    }

    private static Optional<String> absence(List<String> names) {
        return NativeLibrary.refusal(names).or(() -> Optional.of(names.getFirst() + " not found"));
    }

    /** The second tier: why kernels are those that were compiled beforehand. */
    private static Optional<String> missingNvrtc(Libraries libraries) {
        if (NativeLibrary.find(libraries.nvrtc, Arena.global()).isEmpty())
            return absence(libraries.nvrtc);
        return Natives.NVRTC.load();
    }

    /** The third tier: why matrix products are our own. */
    private static Optional<String> missingCublas(Libraries libraries) {
        if (NativeLibrary.find(libraries.cublas, Arena.global()).isEmpty())
            return absence(libraries.cublas);
        return Natives.CUBLAS.load();
    }

    private static Optional<Availability.Missing> missing(String reason, String remedy) {
        return Optional.of(new Availability.Missing(reason, remedy));
    }

    @Override
    public Device open(int index) {
        return open(index, Optional.empty());
    }

    @Override
    public Device open(int index, Trace trace) {
        return open(index, Optional.of(trace));
    }

    @Override
    public void tune(int index, List<Shape> products, Consumer<Tuned> told) {
        if (Boolean.getBoolean(Cublas.TF32))
            throw new InvalidArgumentException("tune holds each form to the rounding of f32, and -D"
                    + Cublas.TF32 + "=true gives that up: tune without it");
        CudaHardware hardware = hardware(index);
        if (missingNvrtc(libraries.orElseThrow()).isPresent())
            throw new InvalidArgumentException("tune compares kernels that NVRTC compiles: " + NO_NVRTC);
        try (CudaDevice device = new CudaDevice(hardware, Optional.empty(), true)) {
            new Tuner(device, device.tuned(), device::compile).tuneAll(products, hardware.tuningFile(), told);
        }
    }

    private Device open(int index, Optional<Trace> trace) {
        CudaHardware hardware = hardware(index);
        Optional<String> missing = missingNvrtc(libraries.orElseThrow());
        missing.ifPresent(m -> LOG.log(System.Logger.Level.WARNING,
                "{0} runs each instruction by a kernel of its own, which takes several times as long: NVRTC is missing ({1}); {2}",
                hardware.name(), m, NO_NVRTC));
        return new CudaDevice(hardware, trace, missing.isEmpty());
    }

    private CudaHardware hardware(int index) {
        if (probe() instanceof Availability.Missing(String reason, String remedy))
            throw new BackendUnavailableException("cuda: " + reason + "; " + remedy);
        List<CudaHardware> all = CudaHardware.all();
        if (index < 0 || index >= all.size())
            throw new BackendUnavailableException("cuda has no device " + index + ": it has " + all.size());
        return all.get(index);
    }
}
