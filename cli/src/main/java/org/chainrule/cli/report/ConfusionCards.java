package org.chainrule.cli.report;

import static org.chainrule.cli.report.Format.px;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A confusion matrix as a picture, and the quality of each class as a table. */
record ConfusionCards(ConfusionMatrix confusion) {
    private static final int MAX_NUMBERED = 20;
    private static final int MAX_CLASS_ROWS = 24;
    private static final int SIZE = 560;

    void write(Html html) {
        html.nest("section.card", () -> {
            html.leaf("h2", "Confusion matrix").line();
            html.leaf("p.lead", sentence()).line();
            matrix(html);
            html.leaf("p.note", "Rows are what was true, columns what was predicted; colour is the share of the row.");
        });
        html.nest("section.card", () -> {
            html.leaf("h2", "Each class").line();
            perClass(html);
        });
    }

    private String sentence() {
        var worst = confusion.worst(3);
        if (confusion.total() == 0) {
            return "No sample was classified.";
        }
        var correct = "%s of %s right".formatted(Format.count(confusion.correct()), Format.count(confusion.total()));
        return worst.isEmpty() ? correct + "; nothing was confused."
                : correct + ". Most often confused: " + worst.stream().map(pair -> "%s taken for %s (%d)"
                        .formatted(pair.truth(), pair.predicted(), pair.count())).collect(Collectors.joining(", "))
                        + ".";
    }

    private void matrix(Html html) {
        int n = confusion.classes().size();
        int longest = Math.min(14, confusion.classes().stream().mapToInt(String::length).max().orElse(1));
        double left = 30 + 7.5 * longest;
        double cell = Math.min(64, (SIZE - left - 4) / n);
        boolean slanted = longest * 8 > cell;
        double top = slanted ? 26 + 5.6 * longest : 38;
        html.open("svg.chart.confusion", "viewBox",
                "0 0 %s %s".formatted(px(Math.max(240, left + n * cell + 4)), px(top + n * cell + 4)), "role", "img",
                "aria-label", "Confusion matrix of %d classes. %s".formatted(n, sentence()),
                "style", "max-width:" + Math.round(Math.max(240, left + n * cell + 4) * 1.2) + "px");
        html.leaf("text.axis-title", "predicted →", "x", px(left), "y", "12");
        html.leaf("text.axis-title.end", "true ↓", "x", px(left - 9), "y", slanted ? px(top - 8) : "30");
        int rowStep = (int) Math.ceil(13 / cell);
        for (int c = 0; c < n; c += rowStep) {
            html.leaf("text.tick.end", shortened(confusion.classes().get(c)), "x", px(left - 9),
                    "y", px(top + (c + 0.5) * cell + 4));
        }
        int columnStep = (int) Math.ceil((slanted ? 24 : 13) / cell);
        for (int c = 0; c < n; c += columnStep) {
            var name = shortened(confusion.classes().get(c));
            double x = left + (c + 0.5) * cell;
            if (slanted) {
                html.leaf("text.tick", name, "transform", "translate(%s %s) rotate(-40)".formatted(px(x), px(top - 8)));
            } else {
                html.leaf("text.tick.middle", name, "x", px(x), "y", px(top - 8));
            }
        }
        html.empty("rect.field", "x", px(left), "y", px(top), "width", px(n * cell), "height", px(n * cell));
        for (int t = 0; t < n; t++) {
            for (int p = 0; p < n; p++) {
                if (confusion.count(t, p) > 0) {
                    cell(html, t, p, left + p * cell, top + t * cell, cell);
                }
            }
        }
        html.close().line();
    }

    private void cell(Html html, int truth, int predicted, double x, double y, double size) {
        long count = confusion.count(truth, predicted);
        double share = (double) count / confusion.support(truth);
        double strength = truth == predicted ? share : Math.sqrt(share);
        var classes = confusion.classes();
        html.open(truth == predicted ? "g.hit.cell.right" : "g.hit.cell.wrong");
        html.leaf("title", "true %s\npredicted %s\n%s of %s (%s)".formatted(classes.get(truth), classes.get(predicted),
                Format.count(count), Format.count(confusion.support(truth)), Format.percent(share)));
        double gap = Math.min(1, size / 12);
        html.empty("rect", "x", px(x + gap), "y", px(y + gap), "width", px(size - 2 * gap),
                "height", px(size - 2 * gap), "style", "fill-opacity:" + Format.number(0.12 + 0.88 * strength, 2));
        if (classes.size() <= MAX_NUMBERED) {
            html.leaf(strength > 0.5 ? "text.count.strong" : "text.count", Format.count(count),
                    "x", px(x + size / 2), "y", px(y + size / 2 + 4.5));
        }
        html.close();
    }

    private void perClass(Html html) {
        int n = confusion.classes().size();
        var order = IntStream.range(0, n).boxed().toList();
        if (n > MAX_CLASS_ROWS) {
            order = order.stream().sorted(Comparator.comparingDouble(confusion::f1)).limit(MAX_CLASS_ROWS).toList();
        }
        html.leaf("p.lead", "Mean F1 over the classes: %s.%s".formatted(Format.number(confusion.macroF1(), 3),
                n > MAX_CLASS_ROWS ? " The %d weakest of %d classes are shown.".formatted(MAX_CLASS_ROWS, n) : ""));
        html.open("div.scroll").open("table.classes");
        html.open("thead").open("tr");
        html.leaf("th", "class", "scope", "col");
        for (var column : List.of("samples", "precision", "recall", "F1")) {
            html.leaf("th.number", column, "scope", "col");
        }
        html.close().close().open("tbody");
        for (int c : order) {
            html.open("tr").leaf("th", confusion.classes().get(c), "scope", "row");
            html.leaf("td.number", Format.count(confusion.support(c)));
            for (double share : new double[] {confusion.precision(c), confusion.recall(c), confusion.f1(c)}) {
                bar(html, share);
            }
            html.close().line();
        }
        html.close().close().close();
    }

    private static void bar(Html html, double share) {
        html.open("td.number.bar");
        if (Double.isNaN(share)) {
            html.text("–");
        } else {
            html.leaf("span", Format.percent(share));
            html.open("span.track", "aria-hidden", "true")
                    .empty("span.fill", "style", "width:" + px(share * 100) + "%").close();
        }
        html.close();
    }

    private static String shortened(String name) {
        return name.length() <= 14 ? name : name.substring(0, 13) + "…";
    }
}
