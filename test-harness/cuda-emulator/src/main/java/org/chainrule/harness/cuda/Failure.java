package org.chainrule.harness.cuda;

/**
 * A failure that is to happen.
 *
 * @param function the function that fails, by the name of its symbol ({@code cuMemAlloc_v2}); {@code kernel}, {@code copy} and {@code product} are
 *                 what the device does in its turn, whose failure ends the context
 * @param from     which call from now on is the first to fail; 1 is the next one
 * @param times    how many calls fail from there on
 * @param code     what they return
 * @param sticky   whether nothing succeeds on the context afterwards
 */
public record Failure(String function, long from, long times, int code, boolean sticky) {
    private static final int OUT_OF_MEMORY = 2, LAUNCH_FAILED = 719, ECC_UNCORRECTABLE = 214;
    private static final int NVRTC_COMPILATION = 6, CUBLAS_ALLOC_FAILED = 3;

    /** From its call {@code from} on, the function returns {@code code}. */
    public static Failure of(String function, long from, int code) {
        return new Failure(function, from, Long.MAX_VALUE, code, false);
    }

    /** The next {@code times} calls alone fail, then all is as before. */
    public Failure times(long count) {
        return new Failure(function, from, count, code, sticky);
    }

    /** The allocation of that number fails, and those after it. */
    public static Failure outOfMemory(long allocation) {
        return of("cuMemAlloc_v2", allocation, OUT_OF_MEMORY);
    }

    /** The kernel of that number fails while it runs, as one with a bad address does. */
    public static Failure kernelFails(long kernel) {
        return of("kernel", kernel, LAUNCH_FAILED);
    }

    /** With the launch of that number the device is lost: it and all that follows on the context fail. */
    public static Failure deviceLost(long launch) {
        return new Failure("cuLaunchKernel", launch, Long.MAX_VALUE, ECC_UNCORRECTABLE, true);
    }

    /** The program of that number, and those after it, do not compile. */
    public static Failure doesNotCompile(long program) {
        return of("nvrtcCompileProgram", program, NVRTC_COMPILATION);
    }

    /** No cuBLAS handle can be made. */
    public static Failure noCublasHandle() {
        return of("cublasCreate_v2", 1, CUBLAS_ALLOC_FAILED);
    }
}
