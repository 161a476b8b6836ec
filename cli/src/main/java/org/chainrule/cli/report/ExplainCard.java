package org.chainrule.cli.report;

/** Worked steps: text and formulas line by line, and small tables of numbers. */
record ExplainCard(Section section) {

    void write(Html html) {
        html.nest("section.step", () -> {
            html.leaf("h3", section.title()).line();
            for (var block : section.blocks()) {
                switch (block) {
                    case Section.Lines lines -> html.leaf("pre", String.join("\n", lines.lines())).line();
                    case Section.Numbers numbers -> table(html, numbers);
                }
            }
        });
    }

    private static void table(Html html, Section.Numbers numbers) {
        html.open("div.scroll").open("table.numbers");
        html.leaf("caption", numbers.caption());
        if (!numbers.columnNames().isEmpty()) {
            html.open("thead").open("tr");
            if (!numbers.rowNames().isEmpty()) {
                html.empty("td");
            }
            numbers.columnNames().forEach(name -> html.leaf("th.number", name, "scope", "col"));
            html.close().close();
        }
        html.open("tbody");
        for (int r = 0; r < numbers.rows().size(); r++) {
            html.open("tr");
            if (!numbers.rowNames().isEmpty()) {
                html.leaf("th", numbers.rowNames().get(r), "scope", "row");
            }
            numbers.rows().get(r).forEach(value -> html.leaf("td.number", Format.number(value)));
            html.close();
        }
        html.close().close().close().line();
    }
}
