package org.chainrule.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the place that messages go to can do.
 *
 * @param live    a line can be drawn over
 * @param colour  ANSI colours are welcome
 * @param unicode characters beyond ASCII arrive
 * @param columns width of a line in characters
 */
public record Terminal(boolean live, boolean colour, boolean unicode, int columns) {
    private static final int USUAL_COLUMNS = 80;

    /** The standard error of this process. */
    public static Terminal stderr() {
        return of(System.getenv(), stderrIsTerminal(), System.getProperty("stderr.encoding", ""));
    }

    /**
     * Judges by the environment: {@code TERM=dumb} and {@code CI} ask for plain lines, {@code NO_COLOR} (any value but
     * the empty one, see no-color.org) for no colour, {@code COLUMNS} tells the width.
     */
    static Terminal of(Map<String, String> environment, boolean attached, String encoding) {
        var continuousIntegration = environment.getOrDefault("CI", "");
        boolean live = attached && !environment.getOrDefault("TERM", "").equals("dumb")
                && (continuousIntegration.isEmpty() || continuousIntegration.equals("false"));
        boolean colour = live && environment.getOrDefault("NO_COLOR", "").isEmpty();
        boolean unicode = encoding.toUpperCase(Locale.ROOT).startsWith("UTF");
        return new Terminal(live, colour, unicode, columns(environment.getOrDefault("COLUMNS", "")));
    }

    private static int columns(String text) {
        return text.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(text) : USUAL_COLUMNS;
    }

    /**
     * Java tells whether standard input and output are a terminal, but not standard error; where the system links its
     * descriptor, the link does.
     */
    private static boolean stderrIsTerminal() {
        try {
            var target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        }
    }
}
