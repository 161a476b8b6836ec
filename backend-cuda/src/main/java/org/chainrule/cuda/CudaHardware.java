package org.chainrule.cuda;

import static jcuda.driver.JCudaDriver.*;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import org.chainrule.BackendUnavailableException;
import org.chainrule.kernels.Hardware;
import org.chainrule.kernels.Tuning;
import org.chainrule.kernels.TuningFile;
import org.chainrule.spi.Backend.DeviceInfo;

/**
 * A GPU as its driver describes it.
 *
 * @param index        among the driver's devices
 * @param driver       the greatest CUDA version that the driver supports
 * @param architecture its compute capability: 10 × major + minor
 * @param units        multiprocessors
 * @param memory       bytes of its memory
 * @param local        bytes of the memory that a block shares
 * @param groupItems   threads of a block at most
 */
record CudaHardware(int index, String name, String driver, int architecture, int units, long memory, long local,
        int groupItems) {
    /** {@code auto} prefers it to every other device. */
    private static final int RANK = 30;
    private static final int NAME_BYTES = 256;

    /**
     * All that the driver knows.
     *
     * @throws BackendUnavailableException where it does not answer
     */
    static List<CudaHardware> all() {
        check(cuInit(0), "starting the driver");
        int[] version = new int[1], count = new int[1];
        check(cuDriverGetVersion(version), "asking for the driver's version");
        check(cuDeviceGetCount(count), "asking for devices");
        List<CudaHardware> all = new ArrayList<>();
        for (int i = 0; i < count[0]; i++) all.add(of(i, version(version[0])));
        return List.copyOf(all);
    }

    /** A version as the driver tells it, 1000 × major + 10 × minor. */
    static String version(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    private static CudaHardware of(int index, String driver) {
        CUdevice id = handle(index);
        byte[] name = new byte[NAME_BYTES];
        check(cuDeviceGetName(name, name.length, id), "asking a device for its name");
        long[] memory = new long[1];
        check(cuDeviceTotalMem(memory, id), "asking a device for its memory");
        int length = 0;
        while (length < name.length && name[length] != 0) length++;
        return new CudaHardware(index, new String(name, 0, length, StandardCharsets.UTF_8).strip(), driver,
                10 * number(id, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
                        + number(id, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
                number(id, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT), memory[0],
                number(id, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK),
                number(id, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK));
    }

    private static int number(CUdevice id, int key) {
        int[] value = new int[1];
        check(cuDeviceGetAttribute(value, key, id), "asking a device about itself");
        return value[0];
    }

    private static CUdevice handle(int index) {
        CUdevice id = new CUdevice();
        check(cuDeviceGet(id, index), "asking for device " + index);
        return id;
    }

    /** The driver's handle of it. */
    CUdevice handle() {
        return handle(index);
    }

    private static void check(int status, String doing) {
        if (status != CUresult.CUDA_SUCCESS)
            throw new BackendUnavailableException(doing + " failed with " + Cuda.name(status));
    }

    /** What was found fastest on the device with this driver. */
    TuningFile tuningFile() {
        return TuningFile.of("cuda", name + "\n" + driver);
    }

    /** What the choice of launches depends on, with what was found fastest; of those that are there. */
    Hardware tuned(boolean cublas, boolean nvrtc) {
        Hardware untuned = new Hardware(false, units, Float.BYTES, local, groupItems, cublas, nvrtc, Tuning.none());
        // what was tuned may have functions that only a compiler gives
        return !nvrtc ? untuned : untuned.with(tuningFile().read(untuned));
    }

    /** As listings show it. */
    DeviceInfo info(String libraries) {
        return new DeviceInfo(name, String.format(Locale.ROOT,
                "GPU, %d multiprocessors, %d MiB, compute capability %d.%d, driver CUDA %s, %s", units, memory >> 20,
                architecture / 10, architecture % 10, driver, libraries), RANK);
    }
}
