package org.chainrule.cli.report;

import java.util.List;

/** A titled step of an explanation. */
public record Section(String title, List<Block> blocks) {
    public Section {
        blocks = List.copyOf(blocks);
    }

    /** A piece of a section. */
    public sealed interface Block {}

    /** Preformatted lines, formulas among them. */
    public record Lines(List<String> lines) implements Block {
        public Lines {
            lines = List.copyOf(lines);
        }
    }

    /** A small table of numbers; {@code rowNames} and {@code columnNames} may be empty. */
    public record Numbers(String caption, List<String> rowNames, List<String> columnNames, List<List<Double>> rows)
            implements Block {
        public Numbers {
            rowNames = List.copyOf(rowNames);
            columnNames = List.copyOf(columnNames);
            rows = rows.stream().map(List::copyOf).toList();
        }
    }
}
