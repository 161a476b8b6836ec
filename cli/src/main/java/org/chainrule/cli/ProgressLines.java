package org.chainrule.cli;

import java.util.function.Consumer;
import java.util.function.LongSupplier;

import org.chainrule.cli.report.Epoch;
import org.chainrule.cli.report.Part;

/**
 * Plain ASCII lines for files and logs: for the first and the last epoch, for some {@value #LINES} between them, and
 * whenever {@value #SECONDS} s have passed since the last.
 */
final class ProgressLines implements Progress {
    private static final int LINES = 20;
    private static final int SECONDS = 10;

    private final int epochs;
    private final Part monitored;
    private final Consumer<String> out;
    private final LongSupplier nanoTime;
    private final Pace pace = new Pace();
    private long last;
    private long told;

    ProgressLines(int epochs, Part monitored, Consumer<String> out, LongSupplier nanoTime) {
        this.epochs = epochs;
        this.monitored = monitored;
        this.out = out;
        this.nanoTime = nanoTime;
        this.last = nanoTime.getAsLong();
        this.told = last;
    }

    @Override
    public void batch(Batch batch) {}

    @Override
    public void epoch(Epoch epoch) {
        long now = nanoTime.getAsLong();
        pace.add(1, (now - last) / 1e9);
        last = now;
        int stride = Math.ceilDiv(epochs, LINES);
        boolean due = epoch.number() == 1 || epoch.number() == epochs || epoch.number() % stride == 0
                || (now - told) / 1e9 >= SECONDS;
        if (!due) return;
        told = now;
        var line = new StringBuilder(
                "epoch %d/%d  loss %s".formatted(epoch.number(), epochs, Progress.loss(epoch.trainLoss())));
        epoch.monitoredLoss().ifPresent(
                loss -> line.append("  ").append(monitored.label()).append(" loss ").append(Progress.loss(loss)));
        epoch.accuracy().ifPresent(accuracy -> line.append("  accuracy ").append(Progress.percent(accuracy)));
        line.append("  ").append(Progress.throughput(epoch.samplesPerSecond()));
        if (epoch.number() < epochs && pace.known()) {
            line.append("  ").append(Progress.timeLeft(pace.secondsFor(epochs - epoch.number())));
        }
        out.accept(line.append('\n').toString());
    }

    @Override
    public void finish(String summary) {
        out.accept(summary + "\n");
    }

    @Override
    public void close() {}
}
