package org.chainrule.kernels;

import java.util.ArrayDeque;
import java.util.Deque;
import org.chainrule.plan.Kernel;
import org.chainrule.spi.Trace;
import org.chainrule.spi.Trace.Kind;

/**
 * Reports commands by the times that the device measured, when the queue is waited for anyway.
 *
 * @param <E> what the driver tells the times of a command by
 */
public final class EventTimes<E> {
    /** From so many on, commands are reported as they are found done, so that they do not pile up where nobody waits. */
    private static final int MANY = 1024;

    private final Trace trace;
    private final Clock<E> clock;
    private final Deque<Command<E>> commands = new ArrayDeque<>();
    private long asked;
    /** What is added to the device's clock to give the host's. */
    private long offset;
    private boolean hasOffset;
    /** Where on the host's clock the last command ended that was reported. */
    private long ended;

    /** The device's clock, in nanoseconds. */
    public interface Clock<E> {
        /** When the command began; 0 where that is not known, as of one that failed. */
        long start(E event);

        /** When it ended; 0 where that is not known. */
        long end(E event);

        /** Whether it is done, well or not. */
        boolean isDone(E event);

        /** Gives the event back. */
        void release(E event);
    }

    /** A command that was queued after {@code asked} on the host's clock. */
    private record Command<E>(E event, Kind kind, Kernel.Label label, long bytes, long asked) {}

    public EventTimes(Trace trace, Clock<E> clock) {
        this.trace = trace;
        this.clock = clock;
    }

    /** Tells that a command is about to be queued. */
    public void asks() {
        asked = System.nanoTime();
    }

    /** Tells that the command was queued. */
    public void queued(E event, Kind kind, Kernel.Label label, long bytes) {
        commands.add(new Command<>(event, kind, label, bytes, asked));
        while (commands.size() > MANY && clock.isDone(commands.getFirst().event)) report(commands.removeFirst());
    }

    /** Tells that all that was queued is done, this very moment. */
    public void waited() {
        long now = System.nanoTime();
        if (commands.isEmpty()) return;
        synchronize(commands.getLast(), now);
        while (!commands.isEmpty()) report(commands.removeFirst());
    }

    /**
     * The last command began after it was asked for and ended before {@code now}: the clocks differ by what makes both true, and keeps
     * in order what was reported before.
     */
    private void synchronize(Command<E> last, long now) {
        long start = clock.start(last.event), end = clock.end(last.event);
        if (start == 0 || end == 0) return;
        long least = last.asked - start, most = now - end;
        if (!hasOffset) offset = least + (most - least) / 2;
        else {
            long first = clock.start(commands.getFirst().event);
            long inOrder = first == 0 ? least : Math.max(least, ended - first);
            offset = Math.max(inOrder, Math.min(most, offset));
        }
        hasOffset = true;
    }

    private void report(Command<E> c) {
        long start = clock.start(c.event), end = clock.end(c.event);
        clock.release(c.event);
        if (start == 0 || end == 0) return;
        trace.add(new Trace.Activity(c.kind, c.label, c.bytes, start + offset, end - start));
        ended = end + offset;
    }
}
