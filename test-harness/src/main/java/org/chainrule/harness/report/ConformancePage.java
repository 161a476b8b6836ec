package org.chainrule.harness.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.chainrule.harness.Case;
import org.chainrule.harness.ConformanceReport;
import org.chainrule.harness.ConformanceReport.OpLine;
import org.chainrule.harness.Counts;
import org.chainrule.harness.Result;
import org.chainrule.harness.Verdict;
import org.chainrule.io.Resource;

/** {@code conformance.html}: a run on one page that holds everything it shows. Its script only sorts and filters. */
final class ConformancePage {
    private final ConformanceReport report;
    private final Function<Case, String> again;
    private final StringBuilder out = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n");

    private ConformancePage(ConformanceReport report, Function<Case, String> again) {
        this.report = report;
        this.again = again;
    }

    static String html(ConformanceReport report, Function<Case, String> again) {
        ConformancePage page = new ConformancePage(report, again);
        page.head();
        page.body();
        return page.out.toString();
    }

    private void head() {
        out.append("""
                <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
                script-src 'unsafe-inline'"/>
                """);
        out.append("<title>").append(escaped("Conformance of " + report.backend())).append(" · Chainrule</title>\n");
        out.append("<style>").append(Resource.text(ConformancePage.class, "conformance.css"))
                .append("</style>\n</head>\n");
    }

    private void body() {
        Counts all = report.counts();
        out.append("<body><main>\n<header><p class=\"eyebrow\">Conformance</p>\n");
        leaf("h1", report.backend());
        leaf("p class=\"verdict\"", report.device() + ": " + (report.failures().isEmpty()
                ? all.total() == 0 ? "no case ran." : "no case failed." : report.failures().size() + " cases failed."));
        out.append("<ul class=\"figures\">");
        figure(all.passed(), "passed");
        figure(all.failed(), "failed");
        figure(all.vacuous(), "vacuous: proved nothing");
        figure(all.unsupported(), "unsupported");
        out.append("<li><b>").append(seconds(all)).append("</b><span>seconds</span></li></ul>\n");
        leaf("p class=\"note\"", Reports.scope(report.options()));
        out.append("</header>\n");
        failures();
        families();
        unsupported();
        exemptions();
        ops();
        out.append(
                "<footer>Written by Chainrule. This page is one file and loads nothing from the network.</footer>\n");
        out.append("</main>\n<script>").append(Resource.text(ConformancePage.class, "conformance.js"))
                .append("</script>\n</body></html>\n");
    }

    private void figure(long number, String name) {
        out.append("<li><b>").append(number).append("</b><span>").append(name).append("</span></li>");
    }

    private void failures() {
        if (report.failures().isEmpty()) return;
        out.append("<section class=\"card\">");
        leaf("h2", "Failures");
        for (Result r : report.failures()) {
            leaf("h3", r.subject().name());
            leaf("p", what(r.verdict()));
            leaf("pre", again.apply(r.subject()));
        }
        out.append("</section>\n");
    }

    private static String what(Verdict v) {
        return switch (v) {
            case Verdict.Fail(String what) -> what;
            case Verdict.Vacuous(String reason) -> "vacuous: " + reason;
            case Verdict.Unsupported(String reason) -> reason;
            case Verdict.Pass(Verdict.Evidence e) -> e.compared() + " numbers";
        };
    }

    private void families() {
        List<List<String>> rows = new ArrayList<>();
        report.families().forEach((name, c) -> rows.add(List.of(name, "" + c.passed(), "" + c.failed(),
                "" + c.unsupported(), "" + c.vacuous(), seconds(c))));
        table("Families", "", List.of("family", "passed", "failed", "unsupported", "vacuous", "seconds"), rows);
    }

    private void unsupported() {
        List<List<String>> rows = new ArrayList<>();
        report.unsupported().forEach((reason, c) -> rows.add(List.of(reason, "" + c.total())));
        if (!rows.isEmpty()) table("Unsupported", "Cases that could not run here; they prove nothing either way.",
                List.of("reason", "cases"), rows);
    }

    private void exemptions() {
        List<List<String>> rows = report.exemptions().stream().map(e -> List.of(e.what(), e.reason())).toList();
        if (!rows.isEmpty()) table("Exceptions that applied",
                "Where recorded numbers are known not to be the mathematics, and something else was asked for.",
                List.of("numbers", "what the other library does"), rows);
    }

    private void ops() {
        List<List<String>> rows = new ArrayList<>();
        for (OpLine line : report.ops()) rows.add(OpsTable.cells(report.backend(), line));
        table("Ops", OpsTable.LEGEND, OpsTable.COLUMNS, rows);
    }

    private void table(String title, String lead, List<String> columns, List<List<String>> rows) {
        out.append("<section class=\"card\">");
        leaf("h2", title);
        if (!lead.isEmpty()) leaf("p class=\"lead\"", lead);
        out.append("<div class=\"scroll\"><table class=\"sortable\"><thead><tr>");
        columns.forEach(c -> leaf("th scope=\"col\"", c));
        out.append("</tr></thead><tbody>\n");
        for (List<String> row : rows) {
            out.append("<tr>");
            for (String cell : row) leaf(style(cell), cell);
            out.append("</tr>\n");
        }
        out.append("</tbody></table></div></section>\n");
    }

    private static String style(String cell) {
        return switch (cell) {
            case "FAIL", "VACUOUS" -> "td class=\"bad\"";
            case "PASS" -> "td class=\"good\"";
            default -> cell.matches("[0-9∞].*") ? "td class=\"number\"" : "td";
        };
    }

    private static String seconds(Counts c) {
        return String.format(Locale.ROOT, "%.1f", c.seconds());
    }

    private void leaf(String start, String text) {
        int space = start.indexOf(' ');
        out.append('<').append(start).append('>').append(escaped(text)).append("</")
                .append(space < 0 ? start : start.substring(0, space)).append(">");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;")
                .replaceAll("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]", "\ufffd");
    }
}
