package org.chainrule.cli;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.chainrule.io.Json;

/**
 * Where a command writes: results on standard output, messages on standard error. With {@code --json} the lines for
 * people are left out, so that standard output holds the one line of JSON.
 */
public final class Console {
    private final PrintStream out;
    private final PrintStream err;
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean json;

    Console(PrintStream out, PrintStream err, boolean json) {
        this.out = out;
        this.err = err;
        this.json = json;
    }

    void json(boolean asked) {
        json = asked;
    }

    boolean isJson() {
        return json;
    }

    /** A line of the result for people. */
    public void line(String text) {
        if (!json) out.println(text);
    }

    /** A line on standard error: progress, a warning, a failure. */
    public void message(String text) {
        err.println(text);
    }

    /** Standard error, for what draws on it. */
    public PrintStream err() {
        return err;
    }

    /** Standard output, for what is no line: help, generated text. */
    public PrintStream out() {
        return out;
    }

    /** The last line of standard output, with {@code --json}; nothing is written after it. */
    void result(Json value) {
        if (json) out.println(value.text());
        ended.countDown();
    }

    /** Waits until the last line has been written, at most so many seconds. */
    void awaitEnd(int seconds) {
        try {
            if (!ended.await(seconds, TimeUnit.SECONDS)) message("chainrule: ended before its work could be saved");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
