package org.chainrule.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** Draws on standard error: progress, which overwrites itself. */
    public void draw(String text) {
        err.print(text);
        err.flush();
    }

    /** Standard error, for help after a mistake. */
    PrintStream err() {
        return err;
    }

    /** Standard output, for what is no line: help, generated text. */
    public PrintStream out() {
        return out;
    }

    /**
     * The last line of standard output, with {@code --json}; nothing is written after it. JSON has no NaN and no infinities:
     * null stands for them, as a reader of numbers expects.
     */
    void result(Json value) {
        if (json) out.println(finite(value).text());
        ended.countDown();
    }

    private static Json finite(Json value) {
        return switch (value) {
            case Json.Real(double number) -> Double.isFinite(number) ? value : new Json.Null();
            case Json.Arr(List<Json> elements) -> new Json.Arr(elements.stream().map(Console::finite).toList());
            case Json.Obj(Map<String, Json> members) -> {
                Map<String, Json> all = new LinkedHashMap<>();
                members.forEach((name, member) -> all.put(name, finite(member)));
                yield new Json.Obj(all);
            }
            case Json.Str _, Json.Int _, Json.Bool _, Json.Null _ -> value;
        };
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
