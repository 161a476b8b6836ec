package org.chainrule.benchmarks;

import java.util.Locale;
import org.chainrule.benchmarks.contender.Workload;
import org.chainrule.benchmarks.contender.Workload.Elementwise;
import org.chainrule.benchmarks.contender.Workload.Product;
import org.chainrule.benchmarks.contender.Workload.Training;
import org.chainrule.benchmarks.contender.Workload.Xor;

/** What is told of some work. */
enum Metric {
    SAMPLES_PER_S("Training, samples/s", true), MS_PER_10000_EPOCHS("Exclusive or, ms for 10,000 epochs", false),
    GFLOPS("Matrix products, GFLOP/s", true), NS_PER_ELEMENT("Functions in cache on one thread, ns an element", false),
    GB_PER_S("Functions in memory, GB/s", true),
    FIRST_STEP_MS("From the start of the process to the end of the first step, ms", false),
    PEAK_MIB("Most memory while training, MiB", false);

    /** What an element of a tensor and its function take of memory. */
    private static final int BYTES_PER_ELEMENT = 2 * Float.BYTES;

    /** What it is, with its unit. */
    final String title;
    final boolean moreIsBetter;

    Metric(String title, boolean moreIsBetter) {
        this.title = title;
        this.moreIsBetter = moreIsBetter;
    }

    /** The one that the speed of some work is told in. */
    static Metric of(Workload workload) {
        return switch (workload) {
            case Training _ -> SAMPLES_PER_S;
            case Xor _ -> MS_PER_10000_EPOCHS;
            case Product _ -> GFLOPS;
            case Elementwise e -> e.length() < Elementwise.LARGE ? NS_PER_ELEMENT : GB_PER_S;
        };
    }

    /** Of a workload of which a run takes {@code seconds}. */
    double value(Workload workload, double seconds) {
        return switch (this) {
            case SAMPLES_PER_S -> workload instanceof Training t ? t.batch() / seconds : 1 / seconds;
            case MS_PER_10000_EPOCHS -> seconds * 1e3 * 10_000 / Xor.EPOCHS;
            case GFLOPS -> workload.flops() * 1e-9 / seconds;
            case NS_PER_ELEMENT -> seconds * 1e9 / elements(workload);
            case GB_PER_S -> BYTES_PER_ELEMENT * elements(workload) * 1e-9 / seconds;
            case FIRST_STEP_MS -> seconds * 1e3;
            case PEAK_MIB -> throw new IllegalArgumentException("memory does not follow from time");
        };
    }

    private static double elements(Workload workload) {
        return workload instanceof Elementwise e ? e.length() : 1;
    }

    /** For programs. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** With three digits at least. */
    static String text(double value) {
        String format = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : value >= 0.1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }
}
