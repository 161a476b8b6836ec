package org.chainrule.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The outcome as text: tables that read as they are, and as Markdown. */
final class MarkdownTable {
    /** Marks a number that was measured while the machine was not whole. */
    private static final String UNSOUND = "?";

    private MarkdownTable() {}

    /** A table for each metric, its columns the contenders, with the machine above and how to repeat it below. */
    static List<String> lines(Outcome outcome) {
        List<String> all = new ArrayList<>(outcome.heading());
        for (Metric m : Metric.values()) {
            List<Figure> figures = outcome.figures().stream().filter(f -> f.metric() == m).toList();
            if (figures.isEmpty()) continue;
            all.add("");
            all.add(m.title + (m.moreIsBetter ? "" : " (less is better)"));
            all.add("");
            all.addAll(table(figures, outcome.contenders().stream()
                    .filter(who -> figures.stream().anyMatch(f -> f.who().equals(who))).toList()));
        }
        all.add("");
        String first = outcome.contenders().isEmpty() ? "the first" : outcome.contenders().getFirst();
        all.add("Medians of interleaved rounds. n % is the share of the ceiling; n x says how many times as good "
                + first + " is.");
        if (outcome.figures().stream().anyMatch(f -> !f.sound()))
            all.add(UNSOUND + ": the machine was not whole in most rounds; all of them count.");
        outcome.notes().forEach(n -> all.add("- " + n));
        all.add("Repeat it: " + outcome.repeat());
        return all;
    }

    private static List<String> table(List<Figure> figures, List<String> columns) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(""));
        head.addAll(columns);
        rows.add(head);
        for (String workload : figures.stream().map(Figure::workload).distinct().toList()) {
            List<String> row = new ArrayList<>(List.of(workload));
            for (String who : columns) row.add(figures.stream()
                    .filter(f -> f.workload().equals(workload) && f.who().equals(who)).findFirst()
                    .map(MarkdownTable::cell).orElse("-"));
            rows.add(row);
        }
        return aligned(rows);
    }

    private static String cell(Figure f) {
        Optional<String> ratio = f.faster().map(r -> " (%.2f x)".formatted(r.median()));
        String share = f.share().isPresent() ? " (%.0f %%)".formatted(100 * f.share().getAsDouble()) : "";
        return Metric.text(f.median()) + (f.sound() ? "" : UNSOUND) + ratio.orElse(share);
    }

    private static List<String> aligned(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] width = new int[columns];
        for (List<String> row : rows)
            for (int c = 0; c < columns; c++) width[c] = Math.max(width[c], row.get(c).length());
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder("|");
            for (int c = 0; c < columns; c++) {
                String pad = " ".repeat(width[c] - row.get(c).length());
                line.append(c == 0 ? " " + row.get(c) + pad + " |" : " " + pad + row.get(c) + " |");
            }
            lines.add(line.toString());
            if (lines.size() == 1) {
                StringBuilder rule = new StringBuilder("|");
                for (int c = 0; c < columns; c++) rule.append("-".repeat(width[c] + 1)).append(c == 0 ? "-|" : ":|");
                lines.add(rule.toString());
            }
        }
        return lines;
    }
}
