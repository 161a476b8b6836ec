package org.chainrule.harness.cuda;

/**
 * What a program did since it began, or since {@link Emulator#resetCounters}.
 *
 * @param launches         kernels that were launched one by one
 * @param graphLaunches    graphs that were launched
 * @param graphKernels     kernels that ran as parts of those
 * @param graphNodes       all that ran as part of those
 * @param products         calls of cuBLAS that multiply, also in graphs
 * @param allocations      of device memory
 * @param frees            of device memory
 * @param hostAllocations  of page-locked memory
 * @param synchronisations calls in which the host waits for the device
 * @param toDevice         copies from the host, also in graphs; the others likewise
 * @param onDevice         copies from device memory to device memory
 * @param moduleLoads      modules that were loaded
 * @param compilations     programs that NVRTC compiled
 */
public record Counters(long launches, long graphLaunches, long graphKernels, long graphNodes, long products,
        long allocations, long frees, long hostAllocations, long synchronisations, long toDevice, long toHost,
        long onDevice, long memsets, long bytesToDevice, long bytesToHost, long bytesOnDevice, long moduleLoads,
        long compilations) {
    static final int COUNT = 18;

    /** From their order in memory. */
    static Counters of(long[] c) {
        return new Counters(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13],
                c[14],
                c[15], c[16], c[17]);
    }
}
