package org.chainrule.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Text broken into lines. */
public final class Paragraph {
    private static final Pattern SPACES = Pattern.compile(" +");

    private Paragraph() {}

    /** Lines of at most {@code columns} characters, broken at spaces; a longer word stands alone on its line. */
    static List<String> wrap(String text, int columns) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : SPACES.split(text.strip(), -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > columns) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** {@code head} and {@code text} beside it, further lines of which stand below its start, within {@code columns}. */
    public static List<String> hanging(String head, String text, int columns) {
        List<String> lines = new ArrayList<>();
        for (String line : wrap(text, columns - head.length()))
            lines.add((lines.isEmpty() ? head : " ".repeat(head.length())) + line);
        return lines;
    }
}
