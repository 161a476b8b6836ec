package org.chainrule.benchmarks;

import java.util.Locale;
import org.chainrule.benchmarks.contender.Workload;
import org.chainrule.benchmarks.contender.Workload.Elementwise;
import org.chainrule.benchmarks.contender.Workload.Product;
import org.chainrule.benchmarks.contender.Workload.Training;
import org.chainrule.benchmarks.contender.Workload.Xor;

/** What is told of some work. */
enum Metric {
    SAMPLES_PER_S("samples/s", true), MS_PER_10000_EPOCHS("ms for 10,000 epochs", false), GFLOPS("GFLOP/s", true),
    NS_PER_ELEMENT("ns an element", false), GB_PER_S("GB/s", true), FIRST_STEP_MS("ms", false), PEAK_MIB("MiB", false);

    /** What an element of a tensor and its function take of memory. */
    private static final int BYTES_PER_ELEMENT = 2 * Float.BYTES;

    /** For people. */
    final String unit;
    final boolean moreIsBetter;

    Metric(String unit, boolean moreIsBetter) {
        this.unit = unit;
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

    /** That of a workload of which a run takes {@code seconds}. */
    static double value(Workload workload, double seconds) {
        return switch (workload) {
            case Training t -> t.batch() / seconds;
            case Xor _ -> seconds * 1e3 * 10_000 / Xor.EPOCHS;
            case Product p -> p.flops() * 1e-9 / seconds;
            case Elementwise e when e.length() < Elementwise.LARGE -> seconds * 1e9 / e.length();
            case Elementwise e -> (double) BYTES_PER_ELEMENT * e.length() * 1e-9 / seconds;
        };
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
