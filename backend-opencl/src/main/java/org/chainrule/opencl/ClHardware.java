package org.chainrule.opencl;

import static org.lwjgl.opencl.CL10.*;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.chainrule.BackendUnavailableException;
import org.chainrule.kernels.Hardware;
import org.chainrule.kernels.Tuning;
import org.chainrule.kernels.TuningFile;
import org.chainrule.spi.Backend.DeviceInfo;
import org.jspecify.annotations.Nullable;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL11;
import org.lwjgl.opencl.CL12;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/**
 * A device as its driver describes it.
 *
 * @param version         the version of OpenCL that it conforms to
 * @param vector          bytes of its vectors of floats
 * @param memory          bytes of global memory
 * @param atMost          bytes of the largest buffer
 * @param local           bytes of the memory that a work-group shares
 * @param groupItems      work-items of a group at most
 * @param hasDoubles      whether it computes in double precision
 * @param hasHalves       whether it computes in half precision; every device can store in it
 * @param keepsSubnormals whether floats below the least normal number stay what they are; elsewhere they may become 0
 * @param isExact         whether division and square root of floats can be rounded correctly
 * @param isPocl          whether the driver is PoCL: it compiles into files, and again when a kernel first runs
 */
record ClHardware(long platform, long id, String name, String driver, String version, Kind kind, int units, int vector,
        long memory, long atMost, long local, int groupItems, boolean hasDoubles,
        boolean hasHalves,
        boolean keepsSubnormals, boolean isExact, boolean isPocl) {
    /** What it is, the preferred ones first. */
    enum Kind {
        GPU("GPU", 20), ACCELERATOR("accelerator", 10), CPU("CPU", -1);

        private final String title;
        /** {@code auto} prefers the greatest, 0 being the CPU backend's, which it prefers to OpenCL on the same cores. */
        private final int rank;

        Kind(String title, int rank) {
            this.title = title;
            this.rank = rank;
        }

        private static Kind of(long type) {
            return (type & CL_DEVICE_TYPE_GPU) != 0 ? GPU : (type & CL_DEVICE_TYPE_CPU) != 0 ? CPU : ACCELERATOR;
        }
    }

    private static final System.Logger LOG = System.getLogger(ClHardware.class.getName());
    private static final int NO_PLATFORMS = -1001;
    private static final long CORRECT_DIVISION = 1 << 7;

    /**
     * The devices of every platform, GPUs first; a driver that fails leaves the others theirs.
     *
     * @throws BackendUnavailableException where drivers fail and no other has a device
     */
    static List<ClHardware> all() {
        List<ClHardware> all = new ArrayList<>();
        List<BackendUnavailableException> failures = new ArrayList<>();
        int count = countPlatforms();
        if (count == 0) return all;
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer platforms = stack.mallocPointer(count);
            check(clGetPlatformIDs(platforms, (IntBuffer) null), "asking for platforms");
            for (int i = 0; i < platforms.capacity(); i++) {
                try {
                    addDevices(platforms.get(i), all);
                } catch (BackendUnavailableException e) {
                    failures.add(e);
                }
            }
        }
        if (all.isEmpty() && !failures.isEmpty()) throw failures.getFirst();
        failures.forEach(
                e -> LOG.log(System.Logger.Level.WARNING, "an OpenCL driver does not answer: " + e.getMessage()));
        all.sort(Comparator.comparing(ClHardware::kind));
        return List.copyOf(all);
    }

    /** How many drivers the loader found. */
    static int countPlatforms() {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer count = stack.mallocInt(1);
            int code = clGetPlatformIDs(null, count);
            if (code == NO_PLATFORMS) return 0;
            check(code, "asking for platforms");
            return count.get(0);
        }
    }

    /** Those of one platform; one without any is common. */
    private static void addDevices(long platform, List<ClHardware> all) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer count = stack.mallocInt(1);
            int code = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, null, count);
            if (code == CL_DEVICE_NOT_FOUND || code == CL_SUCCESS && count.get(0) == 0) return;
            check(code, "asking a platform for its devices");
            PointerBuffer ids = stack.mallocPointer(count.get(0));
            check(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, ids, (IntBuffer) null),
                    "asking a platform for its devices");
            boolean isPocl = platformText(platform, CL_PLATFORM_NAME).equals("Portable Computing Language");
            for (int i = 0; i < ids.capacity(); i++) {
                long id = ids.get(i);
                if (number(id, CL_DEVICE_AVAILABLE) != 0 && number(id, CL_DEVICE_COMPILER_AVAILABLE) != 0)
                    all.add(of(platform, id, isPocl));
            }
        }
    }

    private static ClHardware of(long platform, long id, boolean isPocl) {
        long floats = word(id, CL_DEVICE_SINGLE_FP_CONFIG);
        List<String> extensions = List.of(text(id, CL_DEVICE_EXTENSIONS).split(" "));
        // OpenCL 1.1 knows the question of doubles as part of the extension alone
        boolean hasDoubles =
                extensions.contains("cl_khr_fp64") && word(id, CL12.CL_DEVICE_DOUBLE_FP_CONFIG) != 0;
        return new ClHardware(platform, id, text(id, CL_DEVICE_NAME).strip(), text(id, CL_DRIVER_VERSION),
                text(id, CL_DEVICE_VERSION).replaceFirst("^OpenCL ([0-9.]+).*", "$1"),
                Kind.of(word(id, CL_DEVICE_TYPE)),
                number(id, CL_DEVICE_MAX_COMPUTE_UNITS),
                Float.BYTES * number(id, CL11.CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT),
                word(id, CL_DEVICE_GLOBAL_MEM_SIZE), word(id, CL_DEVICE_MAX_MEM_ALLOC_SIZE),
                word(id, CL_DEVICE_LOCAL_MEM_SIZE),
                (int) Math.min(Integer.MAX_VALUE, word(id, CL_DEVICE_MAX_WORK_GROUP_SIZE)), hasDoubles,
                extensions.contains("cl_khr_fp16"),
                (floats & CL_FP_DENORM) != 0, (floats & CORRECT_DIVISION) != 0, isPocl);
    }

    /** What was found fastest on the device with this driver. */
    TuningFile tuningFile() {
        return TuningFile.of("opencl", name + "\n" + driver);
    }

    /** What the choice of launches depends on, with what was found fastest. */
    Hardware tuned() {
        Hardware untuned = new Hardware(kind == Kind.CPU, units, vector, local, groupItems, false, true, Tuning.none());
        return untuned.with(tuningFile().read(untuned));
    }

    /** The same device, on which kernels are launched as on another. */
    ClHardware launchedAs(Kind other, int computeUnits) {
        return new ClHardware(platform, id, name, driver, version, other, computeUnits, vector, memory, atMost, local,
                groupItems, hasDoubles, hasHalves, keepsSubnormals, isExact, isPocl);
    }

    /** As listings show it. */
    DeviceInfo info() {
        String details = String.join(", ", kind.title,
                units + (units == 1 ? " compute unit" : " compute units"), (memory >> 20) + " MiB",
                (local >> 10) + " KiB local", hasDoubles ? "f64" : "no f64",
                hasHalves ? "f16" : "f16 in storage alone",
                keepsSubnormals ? "subnormals kept" : "subnormals may be flushed",
                "OpenCL " + version, "driver " + driver);
        return new DeviceInfo(name, details, kind.rank);
    }

    /** Throws where {@code code} is an error of what was being {@code doing}: a driver that does not answer has nothing to compute on. */
    private static void check(int code, String doing) {
        if (code != CL_SUCCESS) throw new BackendUnavailableException(doing + " failed with " + Cl.name(code));
    }

    /** The platform's version, which names the compiler that a driver was built with. */
    String platformVersion() {
        return platformText(platform, CL_PLATFORM_VERSION);
    }

    private static String platformText(long platform, int key) {
        return text("a platform", (value, size) -> clGetPlatformInfo(platform, key, value, size));
    }

    private static int number(long device, int key) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer value = stack.callocInt(1);
            check(clGetDeviceInfo(device, key, value, null), "asking a device about itself");
            return value.get(0);
        }
    }

    private static long word(long device, int key) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            LongBuffer value = stack.callocLong(1);
            check(clGetDeviceInfo(device, key, value, null), "asking a device about itself");
            return value.get(0);
        }
    }

    private static String text(long device, int key) {
        return text("a device", (value, size) -> clGetDeviceInfo(device, key, value, size));
    }

    /** A question whose answer is a text: its value is asked for, or how long it is. */
    private interface Question {
        int ask(@Nullable ByteBuffer value, @Nullable PointerBuffer size);
    }

    private static String text(String whom, Question question) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer size = stack.mallocPointer(1);
            check(question.ask(null, size), "asking " + whom + " about itself");
            ByteBuffer value = stack.malloc((int) size.get(0));
            check(question.ask(value, null), "asking " + whom + " about itself");
            return MemoryUtil.memUTF8(value, Math.max(0, value.remaining() - 1));
        }
    }
}
