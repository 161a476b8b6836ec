package org.chainrule.cli.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.chainrule.cli.report.Section;

/** Lines of an explanation, none longer than {@link Explanation#COLUMNS}. */
final class Lines {
    /** Where an equation may be broken: at a space, or before the dot of a product. */
    private static final Pattern BREAKS = Pattern.compile(" |(?=·)");

    private final List<String> lines = new ArrayList<>();

    void blank() {
        lines.add("");
    }

    void text(String text) {
        lines.addAll(broken("", text));
    }

    /** {@code left = right₁ = right₂ …}, on one line or, if that is too long, with one right side on each. */
    void equation(String left, String... right) {
        String whole = left + " = " + String.join(" = ", right).replace(" = where ", "   where ");
        if (whole.length() <= Explanation.COLUMNS) {
            lines.add(whole);
            return;
        }
        String margin = " ".repeat(left.length());
        for (int i = 0; i < right.length; i++)
            lines.addAll(broken((i == 0 ? left : margin) + (right[i].startsWith("where ") ? "   " : " = "), right[i]));
    }

    private static List<String> broken(String head, String text) {
        List<String> result = new ArrayList<>();
        StringBuilder line = new StringBuilder(head);
        int empty = head.length();
        for (String part : BREAKS.split(text, -1)) {
            boolean dot = part.startsWith("·"), first = line.length() == empty;
            if (!first && line.length() + part.length() + 1 > Explanation.COLUMNS) {
                result.add(line.toString());
                line = new StringBuilder(" ".repeat(head.length()));
                first = true;
            }
            line.append(first || dot ? "" : " ").append(part);
        }
        result.add(line.toString());
        return result;
    }

    Section.Lines block() {
        return new Section.Lines(lines);
    }
}
