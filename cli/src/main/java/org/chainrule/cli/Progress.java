package org.chainrule.cli;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import org.chainrule.cli.report.Epoch;
import org.chainrule.cli.report.Part;

/** Tells a person how far a training run is. {@link #close()} leaves the terminal tidy, also after a failure. */
public sealed interface Progress extends AutoCloseable permits ProgressBar, ProgressLines {

    /**
     * A trained batch.
     *
     * @param epoch   its epoch, from 1
     * @param number  its number within the epoch, from 1
     * @param of      batches per epoch
     * @param samples how many samples it held
     * @param loss    their mean loss
     */
    record Batch(int epoch, int number, int of, int samples, double loss) {}

    /**
     * A bar on a terminal, else a line after an epoch.
     *
     * @param monitored what {@link Epoch#monitoredLoss()} and {@link Epoch#accuracy()} are measured on
     */
    static Progress of(Terminal terminal, int epochs, Part monitored, Consumer<String> out, LongSupplier nanoTime) {
        return terminal.live() ? new ProgressBar(terminal, epochs, monitored, out, nanoTime)
                : new ProgressLines(epochs, monitored, out, nanoTime);
    }

    void batch(Batch batch);

    void epoch(Epoch epoch);

    /** The last line. */
    void finish(String summary);

    @Override
    void close();

    /** Losses with the same width as long as they have the same size. */
    static String loss(double loss) {
        double size = Math.abs(loss);
        return !Double.isFinite(loss) ? Double.toString(loss)
                : String.format(Locale.ROOT, size != 0 && (size < 1e-3 || size >= 1e5) ? "%.2e" : "%.4f", loss);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", share * 100);
    }

    /** 850/s, 30.3k/s, 1.2M/s. */
    static String throughput(double perSecond) {
        return perSecond < 1000 ? String.format(Locale.ROOT, "%.0f/s", perSecond)
                : perSecond < 1e6 ? String.format(Locale.ROOT, "%.1fk/s", perSecond / 1e3)
                : String.format(Locale.ROOT, "%.1fM/s", perSecond / 1e6);
    }

    /** Coarse on purpose: 8s, 4m05s, 2h07m. */
    static String timeLeft(double seconds) {
        long whole = (long) Math.ceil(seconds);
        return (whole < 60 ? whole + "s"
                : whole < 3600 ? "%dm%02ds".formatted(whole / 60, whole % 60)
                : "%dh%02dm".formatted(whole / 3600, whole % 3600 / 60)) + " left";
    }
}
