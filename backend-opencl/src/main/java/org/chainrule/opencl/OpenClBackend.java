package org.chainrule.opencl;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.chainrule.BackendUnavailableException;
import org.chainrule.ChainruleException;
import org.chainrule.Shape;
import org.chainrule.kernels.Tuner;
import org.chainrule.spi.Backend;
import org.chainrule.spi.Device;
import org.chainrule.spi.NativeLibrary;
import org.chainrule.spi.Trace;
import org.chainrule.spi.Tuned;

/** Every OpenCL device of this machine, GPUs first. */
public final class OpenClBackend implements Backend {
    private static final String REMEDY =
            "install the OpenCL loader and the driver of the device, anew where one is damaged (Debian, for the CPU: apt-get install pocl-opencl-icd), or use --backend cpu";

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

    /** Loads every driver that the loader knows: there is no other way to know its devices. */
    @Override
    public Availability probe() {
        Optional<Availability.Missing> missing = missing();
        if (missing.isPresent()) return missing.get();
        try {
            List<ClHardware> all = ClHardware.all();
            if (all.isEmpty())
                return new Availability.Missing(ClHardware.countPlatforms() > 0
                        ? "the OpenCL loader is there and finds a driver, but none has a device"
                        : "the OpenCL loader is there, but finds no driver" + vendors(), REMEDY);
            return new Availability.Ready(all.stream().map(ClHardware::info).toList());
        } catch (ChainruleException e) {
            return new Availability.Missing("the drivers do not answer: " + e.getMessage(), REMEDY);
        }
    }

    private Optional<Availability.Missing> missing() {
        if (!NativeLibrary.isAccessEnabled()) return Optional.of(new Availability.Missing(
                "native access is not enabled", "run java with --enable-native-access=ALL-UNNAMED"));
        return Loader.load(libraries).map(reason -> new Availability.Missing(reason, REMEDY));
    }

    /** The loader looks for drivers where this variable says, and nowhere else. */
    private static String vendors() {
        return System.getenv("OCL_ICD_VENDORS") instanceof String s ? " (OCL_ICD_VENDORS=" + s + " says where)" : "";
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
        ClHardware hardware = hardware(index);
        try (OpenClDevice device = new OpenClDevice(hardware, Optional.empty())) {
            new Tuner(device, device.tuned(), device::compile).tuneAll(products, hardware.tuningFile(), told);
        }
    }

    private Device open(int index, Optional<Trace> trace) {
        return new OpenClDevice(hardware(index), trace);
    }

    private ClHardware hardware(int index) {
        missing().ifPresent(m -> {
            throw new BackendUnavailableException("opencl: " + m.reason() + "; " + m.remedy());
        });
        List<ClHardware> all = ClHardware.all();
        if (index >= all.size())
            throw new BackendUnavailableException(
                    "opencl has no device " + index + ": it has " + all.size() + ", numbered from 0");
        return all.get(index);
    }
}
