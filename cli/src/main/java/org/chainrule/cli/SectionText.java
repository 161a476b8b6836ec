package org.chainrule.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.chainrule.cli.report.Format;
import org.chainrule.cli.report.Section;

/** Sections of a report as plain text. */
final class SectionText {
    private static final int DIGITS = 6;

    private SectionText() {}

    static List<String> lines(List<Section> sections) {
        List<String> lines = new ArrayList<>();
        for (Section section : sections) {
            if (!lines.isEmpty()) lines.add("");
            lines.add(section.title());
            lines.add("─".repeat(section.title().length()));
            for (Section.Block block : section.blocks()) {
                switch (block) {
                    case Section.Lines(List<String> text) -> text.forEach(t -> lines.add(("  " + t).stripTrailing()));
                    case Section.Numbers numbers -> {
                        lines.add("");
                        lines.addAll(table(numbers));
                    }
                }
            }
        }
        return lines;
    }

    private static List<String> table(Section.Numbers numbers) {
        List<List<String>> cells = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(numbers.caption()));
        head.addAll(numbers.columnNames());
        cells.add(head);
        for (int r = 0; r < numbers.rows().size(); r++) {
            List<String> row = new ArrayList<>();
            row.add(numbers.rowNames().isEmpty() ? "" : numbers.rowNames().get(r));
            numbers.rows().get(r).forEach(v -> row.add(Format.number(v, DIGITS)));
            cells.add(row);
        }
        int columns = cells.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = IntStream.range(0, columns).map(
                c -> cells.stream().filter(row -> c < row.size()).mapToInt(row -> row.get(c).length()).max().orElse(0))
                .toArray();
        return cells.stream().map(row -> line(row, widths)).toList();
    }

    /** The first cell to the left, the others to the right. */
    private static String line(List<String> row, int[] widths) {
        StringBuilder b = new StringBuilder("  ");
        for (int c = 0; c < row.size(); c++) {
            String space = " ".repeat(widths[c] - row.get(c).length());
            b.append(c == 0 ? row.get(c) + space : "  " + space + row.get(c));
        }
        return b.toString().stripTrailing();
    }
}
