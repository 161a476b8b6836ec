package org.chainrule.harness;

/** Words of a command line. */
public final class ShellWord {
    private static final String PLAIN = "\\w./+=:,@-";

    private ShellWord() {}

    /** Whether a shell takes {@code word} as it stands. */
    static boolean isPlain(String word) {
        return word.matches("[" + PLAIN + "]+");
    }

    /** {@code text} with an underscore for each character that a shell would read something into. */
    public static String plain(String text) {
        return text.replaceAll("[^" + PLAIN + "]", "_");
    }

    /** {@code word} as it is to be written, in quotes where it must be. */
    public static String quoted(String word) {
        return isPlain(word) ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
