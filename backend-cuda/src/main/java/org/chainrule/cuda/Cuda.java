package org.chainrule.cuda;

import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.chainrule.ChainruleException;
import org.chainrule.kernels.DriverFailure;

/** The driver's statuses as our exceptions. JCuda's own exceptions stay off: every call's status is checked. */
final class Cuda {
    private Cuda() {}

    /** Throws where {@code status} is an error of what was being {@code doing}. */
    static void check(int status, String device, String doing) {
        if (status != CUresult.CUDA_SUCCESS) throw failure(status, device, doing);
    }

    static ChainruleException failure(int status, String device, String doing) {
        DriverFailure failure = switch (status) {
            case CUresult.CUDA_ERROR_OUT_OF_MEMORY -> DriverFailure.OUT_OF_MEMORY;
            case CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES -> DriverFailure.TOO_LARGE_GROUP;
            default -> DriverFailure.LOST;
        };
        return failure.exception(device + ": " + doing + " failed with " + name(status));
    }

    /** The name of a status, with its number. */
    static String name(int status) {
        String[] name = new String[1];
        int told = JCudaDriver.cuGetErrorName(status, name);
        return (told == CUresult.CUDA_SUCCESS && name[0] != null ? name[0] : "an unknown error") + " (" + status + ")";
    }
}
