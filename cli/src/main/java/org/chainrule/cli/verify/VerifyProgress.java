package org.chainrule.cli.verify;

import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.chainrule.cli.Progress;
import org.chainrule.cli.Terminal;
import org.chainrule.cli.report.Format;
import org.chainrule.harness.Counts;
import org.chainrule.harness.Result;

/** How far the suite is: on a terminal one line that is drawn over, else a line for each family as it ends. */
final class VerifyProgress implements AutoCloseable {
    private static final long REDRAW_NANOS = 100_000_000;
    /** Before this, what has passed tells nothing of what is left. */
    private static final double MEANINGFUL = 2;

    private final Terminal terminal;
    private final int families;
    private final Consumer<String> out;
    private final LongSupplier nanoTime;

    private String family = "";
    private int number;
    private long cases, begun, drawn;
    private boolean visible;
    private Counts counts = Counts.NONE;

    private VerifyProgress(Terminal terminal, int families, Consumer<String> out, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.families = families;
        this.out = out;
        this.nanoTime = nanoTime;
    }

    static VerifyProgress of(Terminal terminal, int families, Consumer<String> out, LongSupplier nanoTime) {
        return new VerifyProgress(terminal, families, out, nanoTime);
    }

    /** A family of so many cases. */
    void begin(String name, long of) {
        family = name;
        number++;
        cases = of;
        counts = Counts.NONE;
        begun = nanoTime.getAsLong();
        drawn = begun - REDRAW_NANOS;
    }

    void ended(Result r) {
        counts = counts.plus(Counts.of(r));
        long now = nanoTime.getAsLong();
        if (!terminal.live() || now - drawn < REDRAW_NANOS) return;
        drawn = now;
        visible = true;
        String line = line((now - begun) * 1e-9);
        out.accept("\r" + line.substring(0, Math.min(line.length(), terminal.columns() - 1)) + "\u001b[K");
    }

    private String line(double seconds) {
        StringBuilder b = new StringBuilder("family %d/%d  %s  case %d/%d".formatted(number, families, family,
                counts.total(), cases));
        if (counts.failed() + counts.vacuous() > 0) b.append("  ").append(counts.failed() + counts.vacuous())
                .append(" failed");
        if (seconds >= MEANINGFUL && counts.total() < cases) b.append("  ").append(Progress.timeLeft(
                seconds / counts.total() * (cases - counts.total()))).append(" of this family");
        return b.toString();
    }

    /** The family has ended. */
    void end() {
        if (terminal.live() || counts.total() == 0) return;
        out.accept("%-12s %s, %s%n".formatted(family, counts,
                Format.duration((nanoTime.getAsLong() - begun) * 1e-9)));
    }

    @Override
    public void close() {
        if (visible) out.accept("\r\u001b[K");
        visible = false;
    }
}
