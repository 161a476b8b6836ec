package org.chainrule.cli;

/**
 * What happens when the process is asked to end, by Ctrl-C, SIGTERM or a closed terminal, while this is open: the program
 * goes on until it has told its result, though at most {@value #SECONDS} s, and then ends with the status of the signal.
 */
public final class Interruption implements AutoCloseable {
    private static final int SECONDS = 20;

    private final Console console;
    private final Thread hook = new Thread(this::end, "interruption");
    private volatile boolean asked;

    private Interruption(Console console) {
        this.console = console;
    }

    /** Listens until it is closed. */
    public static Interruption of(Console console) {
        var interruption = new Interruption(console);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    /** Whether the process is to end: whoever works should save it, tell what there is and return. */
    public boolean isAsked() {
        return asked;
    }

    private void end() {
        asked = true;
        console.awaitEnd(SECONDS);
    }

    @Override
    public void close() {
        if (asked) return;
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            return; // the process is ending this very moment, and the hook waits for the result that follows
        }
    }
}
