package org.chainrule.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import org.chainrule.cli.report.Epoch;
import org.chainrule.cli.report.Part;

/** One line that is drawn over, at most ten times a second; what does not fit its width is left out, the least needed first. */
final class ProgressBar implements Progress {
    private static final long REDRAW_NANOS = 100_000_000;
    private static final int LEAST_BAR = 8;
    private static final int GREATEST_BAR = 28;
    private static final String ERASE = "\r\u001b[K";

    private final Terminal terminal;
    private final int epochs;
    private final Part monitored;
    private final Consumer<String> out;
    private final LongSupplier nanoTime;
    private final Pace pace = new Pace();

    private long paced;
    private long drawn;
    private boolean visible;
    private long samplesSincePaced;
    private int batchSamples;
    private OptionalDouble monitoredLoss = OptionalDouble.empty();
    private OptionalDouble accuracy = OptionalDouble.empty();

    ProgressBar(Terminal terminal, int epochs, Part monitored, Consumer<String> out, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.epochs = epochs;
        this.monitored = monitored;
        this.out = out;
        this.nanoTime = nanoTime;
        this.paced = nanoTime.getAsLong();
        this.drawn = paced - REDRAW_NANOS;
    }

    @Override
    public void batch(Batch batch) {
        samplesSincePaced += batch.samples();
        batchSamples = Math.max(batchSamples, batch.samples());
        long now = nanoTime.getAsLong();
        if (now - drawn >= REDRAW_NANOS) {
            pace.add((double) samplesSincePaced, (now - paced) / 1e9);
            samplesSincePaced = 0;
            paced = now;
            drawn = now;
            visible = true;
            out.accept("\r" + line(batch) + "\u001b[K");
        }
    }

    @Override
    public void epoch(Epoch epoch) {
        monitoredLoss = epoch.monitoredLoss();
        accuracy = epoch.accuracy();
    }

    @Override
    public void finish(String summary) {
        close();
        out.accept(summary + "\n");
    }

    @Override
    public void close() {
        if (visible) {
            out.accept(ERASE);
            visible = false;
        }
    }

    private String line(Batch batch) {
        var head = "epoch %s/%d ".formatted(padded(batch.epoch(), epochs), epochs);
        var parts = parts(batch);
        int room = terminal.columns() - 1 - head.length();
        while (!parts.isEmpty() && room - width(parts) < LEAST_BAR) {
            parts.remove(Collections.max(parts, Comparator.comparingInt(Field::rank)));
        }
        int bar = Math.clamp(room - width(parts), 0, GREATEST_BAR);
        double done = (batch.epoch() - 1 + (double) batch.number() / batch.of()) / epochs;
        var tail = new StringBuilder();
        parts.forEach(part -> tail.append("  ").append(part.text()));
        return head.substring(0, Math.clamp(terminal.columns() - 1, 0, head.length())) + bar(bar, done) + tail;
    }

    /** A piece of the line; the greatest rank is left out first. */
    private record Field(String text, int rank) {}

    private List<Field> parts(Batch batch) {
        var parts = new ArrayList<Field>();
        parts.add(new Field("batch %s/%d".formatted(padded(batch.number(), batch.of()), batch.of()), 5));
        parts.add(new Field("loss " + Progress.loss(batch.loss()), 1));
        monitoredLoss.ifPresent(loss -> parts.add(new Field(monitored.label() + " " + Progress.loss(loss), 4)));
        accuracy.ifPresent(share -> parts.add(new Field("accuracy " + Progress.percent(share), 2)));
        if (pace.known()) {
            long batches = batch.of() - batch.number() + (long) (epochs - batch.epoch()) * batch.of();
            parts.add(new Field(Progress.throughput(pace.perSecond()), 3));
            parts.add(new Field(Progress.timeLeft(pace.secondsFor((double) batches * batchSamples)), 0));
        }
        return parts;
    }

    private static int width(List<Field> parts) {
        return parts.stream().mapToInt(part -> part.text().length() + 2).sum();
    }

    private String bar(int width, double done) {
        int full = Math.clamp(Math.round(done * width), 0, width);
        var left = (terminal.unicode() ? "━" : "=").repeat(full);
        var right = (terminal.unicode() ? "─" : "-").repeat(width - full);
        return terminal.colour() ? "\u001b[36m" + left + "\u001b[2m" + right + "\u001b[0m" : left + right;
    }

    private static String padded(int number, int of) {
        return " ".repeat(Math.max(0, Integer.toString(of).length() - Integer.toString(number).length())) + number;
    }
}
