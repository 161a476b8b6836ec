package org.chainrule.benchmarks;

import java.util.List;
import java.util.Locale;
import org.chainrule.cli.report.Html;
import org.chainrule.cli.report.RunReport;
import org.chainrule.io.Resource;

/** The outcome as bars: one page that loads nothing. A bar's length is the speed beside the fastest at the same work. */
final class Chart {
    private static final int LABEL = 120, WIDTH = 420, NUMBER = 150, BAR = 18;
    private static final String STYLE = """
            svg.bars rect { fill: #9aa4b2 } svg.bars rect.first { fill: #2f6fde } svg.bars text { fill: currentColor; font: 12px sans-serif }
            h3 { margin: 1.2em 0 .3em; font-size: 1em } svg.bars { max-width: 100% }
            """;

    private Chart() {}

    static String html(Outcome outcome) {
        Html html = new Html();
        html.open("html", "lang", "en");
        html.nest("head", () -> {
            html.empty("meta", "charset", "utf-8").line();
            html.empty("meta", "name", "color-scheme", "content", "light dark").line();
            html.leaf("title", "Benchmarks · Chainrule").line();
            html.nest("style", () -> html.raw(Resource.text(RunReport.class, "report.css")).raw(STYLE));
        });
        html.open("body").open("main");
        html.leaf("h1", "Benchmarks").line();
        outcome.heading().forEach(l -> html.leaf("p", l).line());
        for (Metric m : Metric.values()) {
            List<Figure> figures = outcome.figures().stream().filter(f -> f.metric() == m).toList();
            if (figures.isEmpty()) continue;
            html.leaf("h2", m.title).line();
            figures.stream().map(Figure::workload).distinct().forEach(w -> bars(html, w,
                    figures.stream().filter(f -> f.workload().equals(w)).toList(), outcome.contenders().getFirst()));
        }
        html.nest("ul", () -> outcome.notes().forEach(n -> html.leaf("li", n)));
        html.leaf("p", "Repeat it: " + outcome.repeat()).line();
        return html.close().close().close().line().toString();
    }

    private static void bars(Html html, String workload, List<Figure> figures, String first) {
        html.leaf("h3", workload).line();
        double best = figures.stream().mapToDouble(Chart::goodness).max().orElse(1);
        int height = figures.size() * BAR;
        html.open("svg.bars", "viewBox", "0 0 %d %d".formatted(LABEL + WIDTH + NUMBER, height), "width",
                Integer.toString(LABEL + WIDTH + NUMBER), "role", "img", "aria-label", workload);
        for (int i = 0; i < figures.size(); i++) {
            Figure f = figures.get(i);
            double length = WIDTH * goodness(f) / best;
            String text = Metric.text(f.median()) + (f.sound() ? "" : " (machine not whole)");
            html.leaf("text", f.who(), "x", "0", "y", px(i * BAR + 13));
            html.empty(f.who().equals(first) ? "rect.first" : "rect", "x", px(LABEL), "y", px(i * BAR + 2), "width",
                    px(length), "height", px(BAR - 4));
            html.leaf("text", text, "x", px(LABEL + length + 6), "y", px(i * BAR + 13));
        }
        html.close().line();
    }

    private static double goodness(Figure f) {
        return f.metric().moreIsBetter ? f.median() : 1 / f.median();
    }

    private static String px(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
