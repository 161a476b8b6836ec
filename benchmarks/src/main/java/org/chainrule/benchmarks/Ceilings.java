package org.chainrule.benchmarks;

import java.util.OptionalDouble;
import org.chainrule.benchmarks.contender.Workload;
import org.chainrule.benchmarks.contender.Workload.Elementwise;

/**
 * The most that the machine can do, as measured in this run.
 *
 * @param gflops    multiplied and added in registers, on all threads
 * @param bandwidth of memory, on all threads
 */
record Ceilings(double gflops, Bandwidth bandwidth) {
    /** Which part of the possible it is to do {@code workload} in {@code seconds}; empty where nothing measured bounds it. */
    OptionalDouble share(Workload workload, double seconds) {
        if (workload.flops() > 0) return OptionalDouble.of(workload.flops() * 1e-9 / seconds / gflops);
        if (workload instanceof Elementwise e && e.length() >= Elementwise.LARGE)
            return OptionalDouble.of(Metric.GB_PER_S.value(e, seconds) / bandwidth.copy());
        return OptionalDouble.empty();
    }
}
