package org.chainrule.opencl;

import java.util.Map;
import org.chainrule.ChainruleException;
import org.chainrule.kernels.DriverFailure;
import org.lwjgl.opencl.CL10;

/** OpenCL's error codes as our exceptions. */
final class Cl {
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(-1, "CL_DEVICE_NOT_FOUND"), Map.entry(-2, "CL_DEVICE_NOT_AVAILABLE"),
            Map.entry(-3, "CL_COMPILER_NOT_AVAILABLE"), Map.entry(-4, "CL_MEM_OBJECT_ALLOCATION_FAILURE"),
            Map.entry(-5, "CL_OUT_OF_RESOURCES"), Map.entry(-6, "CL_OUT_OF_HOST_MEMORY"),
            Map.entry(-9, "CL_IMAGE_FORMAT_MISMATCH"), Map.entry(-11, "CL_BUILD_PROGRAM_FAILURE"),
            Map.entry(-12, "CL_MAP_FAILURE"), Map.entry(-14, "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST"),
            Map.entry(-30, "CL_INVALID_VALUE"), Map.entry(-33, "CL_INVALID_DEVICE"),
            Map.entry(-34, "CL_INVALID_CONTEXT"), Map.entry(-36, "CL_INVALID_COMMAND_QUEUE"),
            Map.entry(-38, "CL_INVALID_MEM_OBJECT"), Map.entry(-42, "CL_INVALID_BINARY"),
            Map.entry(-43, "CL_INVALID_BUILD_OPTIONS"), Map.entry(-44, "CL_INVALID_PROGRAM"),
            Map.entry(-45, "CL_INVALID_PROGRAM_EXECUTABLE"), Map.entry(-46, "CL_INVALID_KERNEL_NAME"),
            Map.entry(-48, "CL_INVALID_KERNEL"), Map.entry(-49, "CL_INVALID_ARG_INDEX"),
            Map.entry(-50, "CL_INVALID_ARG_VALUE"), Map.entry(-51, "CL_INVALID_ARG_SIZE"),
            Map.entry(-52, "CL_INVALID_KERNEL_ARGS"), Map.entry(-54, "CL_INVALID_WORK_GROUP_SIZE"),
            Map.entry(-55, "CL_INVALID_WORK_ITEM_SIZE"), Map.entry(-61, "CL_INVALID_BUFFER_SIZE"),
            Map.entry(-63, "CL_INVALID_GLOBAL_WORK_SIZE"), Map.entry(-1001, "CL_PLATFORM_NOT_FOUND_KHR"));

    private Cl() {}

    /** The name of an error code. */
    static String name(int code) {
        return NAMES.getOrDefault(code, "OpenCL error") + " (" + code + ")";
    }

    /** Throws where {@code code} is an error of what was being {@code doing}: memory that ran out, or a device that is lost. */
    static void check(int code, String device, String doing) {
        if (code != CL10.CL_SUCCESS) throw failure(code, device, doing);
    }

    static ChainruleException failure(int code, String device, String doing) {
        String what = device + ": " + doing + " failed with " + name(code);
        DriverFailure failure = code == CL10.CL_INVALID_WORK_GROUP_SIZE || code == CL10.CL_INVALID_WORK_ITEM_SIZE
                ? DriverFailure.TOO_LARGE_GROUP
                : isOutOfMemory(code) ? DriverFailure.OUT_OF_MEMORY : DriverFailure.LOST;
        return failure.exception(what);
    }

    /** Whether there was no room, for what a smaller request might find room. */
    static boolean isOutOfMemory(int code) {
        return switch (code) {
            case CL10.CL_MEM_OBJECT_ALLOCATION_FAILURE, CL10.CL_OUT_OF_RESOURCES, CL10.CL_OUT_OF_HOST_MEMORY,
                    CL10.CL_INVALID_BUFFER_SIZE ->
                    true;
            default -> false;
        };
    }
}
