package org.chainrule.harness.perf;

/**
 * How fast a workload ran.
 *
 * @param workload what was timed
 * @param size     its shapes
 * @param seconds  the median time of one run
 * @param work     bytes that a run must read and write at least, or floating-point operations of its products, by the workload's unit
 * @param runs     over how many measurements the median was taken
 */
public record Timing(Workload workload, String size, double seconds, double work, int runs) {
    /** In billions of the unit per second. */
    public double rate() {
        return work / seconds * 1e-9;
    }
}
