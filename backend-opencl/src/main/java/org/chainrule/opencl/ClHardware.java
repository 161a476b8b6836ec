package org.chainrule.opencl;

import static org.lwjgl.opencl.CL10.*;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.chainrule.spi.Backend.DeviceInfo;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL;
import org.lwjgl.opencl.CL12;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/**
 * A device as its driver describes it.
 *
 * @param memory     bytes of global memory
 * @param atMost     bytes of the largest buffer
 * @param hasDoubles whether it computes in double precision
 * @param isExact    whether division and square root of floats can be rounded correctly
 * @param isPocl     whether the driver is PoCL: it keeps what it compiled on disk by itself, compiles twice where it is asked for it, and again when a kernel first runs
 */
record ClHardware(long platform, long id, String name, String driver, boolean isCpu, boolean isGpu, int units,
        long memory, long atMost, boolean hasDoubles, boolean isExact, boolean isPocl) {
    /** A driver's platform without devices of its own is common; others go on. */
    private static final int NO_PLATFORMS = -1001;
    private static final long CORRECT_DIVISION = 1 << 7;

    /** The devices of every platform, GPUs first. */
    static List<ClHardware> all() {
        List<ClHardware> all = new ArrayList<>();
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer count = stack.mallocInt(1);
            int code = clGetPlatformIDs(null, count);
            if (code == NO_PLATFORMS || code == CL_SUCCESS && count.get(0) == 0) return all;
            Cl.check(code, "opencl", "asking for platforms");
            PointerBuffer platforms = stack.mallocPointer(count.get(0));
            Cl.check(clGetPlatformIDs(platforms, (IntBuffer) null), "opencl", "asking for platforms");
            for (int i = 0; i < platforms.capacity(); i++) addDevices(platforms.get(i), all);
        }
        all.sort(Comparator.comparingInt(h -> h.isGpu ? 0 : h.isCpu ? 2 : 1));
        return List.copyOf(all);
    }

    private static void addDevices(long platform, List<ClHardware> all) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer count = stack.mallocInt(1);
            // before anything is asked of it: a platform without devices has no capabilities
            if (clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, null, count) != CL_SUCCESS || count.get(0) == 0) return;
            PointerBuffer ids = stack.mallocPointer(count.get(0));
            if (clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, ids, (IntBuffer) null) != CL_SUCCESS) return;
            CL.createPlatformCapabilities(platform);
            boolean isPocl = platformName(platform).equals("Portable Computing Language");
            for (int i = 0; i < ids.capacity(); i++) {
                long id = ids.get(i);
                if (number(id, CL_DEVICE_AVAILABLE) == 0 || number(id, CL_DEVICE_COMPILER_AVAILABLE) == 0) continue;
                long type = word(id, CL_DEVICE_TYPE);
                all.add(new ClHardware(platform, id, text(id, CL_DEVICE_NAME).strip(), text(id, CL_DRIVER_VERSION),
                        (type & CL_DEVICE_TYPE_CPU) != 0, (type & CL_DEVICE_TYPE_GPU) != 0,
                        number(id, CL_DEVICE_MAX_COMPUTE_UNITS), word(id, CL_DEVICE_GLOBAL_MEM_SIZE),
                        word(id, CL_DEVICE_MAX_MEM_ALLOC_SIZE), word(id, CL12.CL_DEVICE_DOUBLE_FP_CONFIG) != 0,
                        (word(id, CL_DEVICE_SINGLE_FP_CONFIG) & CORRECT_DIVISION) != 0, isPocl));
            }
        }
    }

    /** The same device, on which kernels are launched as on a GPU of many units. */
    ClHardware launchedAsGpu() {
        return new ClHardware(platform, id, name, driver, false, true, 32, memory, atMost, hasDoubles, isExact,
                isPocl);
    }

    /** As listings show it; {@code auto} prefers GPUs to the CPU backend, which it prefers to OpenCL on the same cores. */
    DeviceInfo info() {
        return new DeviceInfo(name, (isGpu ? "GPU, " : isCpu ? "CPU, " : "accelerator, ") + units + " compute units, "
                + (memory >> 20) + " MiB, " + (hasDoubles ? "f64, " : "no f64, ") + "driver " + driver,
                isGpu ? 20 : isCpu ? -1 : 10);
    }

    private static String platformName(long platform) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer size = stack.mallocPointer(1);
            Cl.check(clGetPlatformInfo(platform, CL_PLATFORM_NAME, (ByteBuffer) null, size), "opencl",
                    "asking a platform about itself");
            ByteBuffer value = stack.malloc((int) size.get(0));
            Cl.check(clGetPlatformInfo(platform, CL_PLATFORM_NAME, value, null), "opencl",
                    "asking a platform about itself");
            return MemoryUtil.memUTF8(value, Math.max(0, value.remaining() - 1));
        }
    }

    private static int number(long device, int key) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer value = stack.callocInt(1);
            Cl.check(clGetDeviceInfo(device, key, value, null), "opencl", "asking a device about itself");
            return value.get(0);
        }
    }

    private static long word(long device, int key) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            LongBuffer value = stack.callocLong(1);
            Cl.check(clGetDeviceInfo(device, key, value, null), "opencl", "asking a device about itself");
            return value.get(0);
        }
    }

    private static String text(long device, int key) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer size = stack.mallocPointer(1);
            Cl.check(clGetDeviceInfo(device, key, (ByteBuffer) null, size), "opencl", "asking a device about itself");
            ByteBuffer value = stack.malloc((int) size.get(0));
            Cl.check(clGetDeviceInfo(device, key, value, null), "opencl", "asking a device about itself");
            return MemoryUtil.memUTF8(value, Math.max(0, value.remaining() - 1));
        }
    }
}
