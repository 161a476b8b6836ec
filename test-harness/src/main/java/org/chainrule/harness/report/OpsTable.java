package org.chainrule.harness.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.chainrule.harness.Accuracy.Quantity;
import org.chainrule.harness.ConformanceReport;
import org.chainrule.harness.ConformanceReport.OpLine;
import org.chainrule.harness.ConformanceReport.Worst;
import org.chainrule.harness.Counts;

/** The table of ops: one line for each op in each dtype. */
final class OpsTable {
    static final List<String> COLUMNS = List.of("op", "backend", "dtype", "verdict", "forward ulps", "at",
            "gradient ulps", "at", "cases", "seconds");
    static final String LEGEND =
            "Errors are in units in the last place of the dtype, the worst among the cases that running error "
                    + "analysis judged; at names the case. In f64 they are the distance from the analysis' own double precision. dtype any "
                    + "counts the cases whose names tell none. A verdict is FAIL or VACUOUS where any case is, else PASS where any "
                    + "passed; cases are passed, and with a sign failed (✗), vacuous (∅) and unsupported (–).";

    private OpsTable() {}

    static String markdown(ConformanceReport report) {
        StringBuilder b = new StringBuilder("# Ops of `").append(report.backend()).append("` on ")
                .append(report.device()).append("\n\n").append(Reports.scope(report.options())).append(' ')
                .append(report.summary()).append(".\n\n").append(LEGEND).append("\n\n");
        row(b, COLUMNS);
        row(b, COLUMNS.stream().map(c -> c.endsWith("ulps") || c.equals("cases") || c.equals("seconds") ? "--:" : "---")
                .toList());
        report.ops().forEach(line -> row(b, cells(report.backend(), line)));
        return b.toString();
    }

    private static void row(StringBuilder b, List<String> cells) {
        b.append("| ").append(String.join(" | ", cells.stream().map(c -> c.replace("|", "\\|")).toList()))
                .append(" |\n");
    }

    /** The cells of a line, by {@link #COLUMNS}. */
    static List<String> cells(String backend, OpLine line) {
        Map<Quantity, Worst> worst = line.worst();
        return List.of(line.subject().op(), backend, line.subject().type(), line.counts().verdict(),
                ulps(worst, Quantity.FORWARD), at(worst, Quantity.FORWARD), ulps(worst, Quantity.GRADIENT),
                at(worst, Quantity.GRADIENT), cases(line.counts()),
                String.format(Locale.ROOT, "%.2f", line.counts().seconds()));
    }

    private static String ulps(Map<Quantity, Worst> worst, Quantity q) {
        Worst w = worst.get(q);
        if (w == null) return "";
        double u = w.accuracy().ulps();
        return u == 0 ? "0" : Double.isInfinite(u) ? "∞"
                : String.format(Locale.ROOT, u < 0.01 ? "%.1e" : u < 1000 ? "%.2f" : "%.2e", u);
    }

    private static String at(Map<Quantity, Worst> worst, Quantity q) {
        Worst w = worst.get(q);
        return w == null || w.accuracy().ulps() == 0 ? "" : w.name();
    }

    private static String cases(Counts c) {
        return c.passed() + (c.failed() > 0 ? " ✗" + c.failed() : "") + (c.vacuous() > 0 ? " ∅" + c.vacuous() : "")
                + (c.unsupported() > 0 ? " –" + c.unsupported() : "");
    }
}
