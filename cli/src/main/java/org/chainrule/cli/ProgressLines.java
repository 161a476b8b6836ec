package org.chainrule.cli;

import java.util.function.Consumer;
import java.util.function.LongSupplier;

import org.chainrule.cli.report.Epoch;
import org.chainrule.cli.report.Part;

/** One plain ASCII line per epoch, for files and logs. */
final class ProgressLines implements Progress {
    private final int epochs;
    private final Part monitored;
    private final Consumer<String> out;
    private final LongSupplier nanoTime;
    private final Pace pace = new Pace();
    private long last;

    ProgressLines(int epochs, Part monitored, Consumer<String> out, LongSupplier nanoTime) {
        this.epochs = epochs;
        this.monitored = monitored;
        this.out = out;
        this.nanoTime = nanoTime;
        this.last = nanoTime.getAsLong();
    }

    @Override
    public void batch(Batch batch) {}

    @Override
    public void epoch(Epoch epoch) {
        long now = nanoTime.getAsLong();
        pace.add(1, (now - last) / 1e9);
        last = now;
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
