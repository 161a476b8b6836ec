package org.chainrule.cli.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.chainrule.cli.JsonObject;
import org.chainrule.cli.Paragraph;
import org.chainrule.cli.report.Format;
import org.chainrule.harness.Case;
import org.chainrule.harness.ConformanceReport;
import org.chainrule.harness.Counts;
import org.chainrule.harness.Result;
import org.chainrule.harness.perf.Performance;
import org.chainrule.harness.perf.Timing;
import org.chainrule.io.Json;

/** What a run of the suite is told as. */
final class VerifyText {
    private static final int COLUMNS = 100;
    private static final String FAMILY = "%-12s %8s %8s %12s %8s %9s";
    private static final String SPEED = "  %-20s %-32s %10s %17s %10s";

    private VerifyText() {}

    static List<String> lines(ConformanceReport report, double seconds, Function<Case, String> again) {
        List<String> lines = new ArrayList<>();
        lines.add(FAMILY.formatted("family", "passed", "failed", "unsupported", "vacuous", "seconds"));
        report.families().forEach((family, c) -> lines.add(row(family, c, c.seconds())));
        lines.add(row("all", report.counts(), seconds));
        report.unsupported().forEach((reason, c) -> {
            if (lines.getLast().startsWith("all ")) lines.addAll(List.of("", "Unsupported"));
            lines.addAll(Paragraph.hanging("  %6d  ".formatted(c.total()), reason, COLUMNS));
        });
        for (Result r : report.failures()) {
            lines.add("");
            lines.add(ConformanceReport.text(r));
            lines.add("  again: " + again.apply(r.subject()));
        }
        lines.add("");
        Counts all = report.counts();
        lines.add(all.total() == all.unsupported() ? "No case could run here: nothing is proven."
                : report.failures().isEmpty() ? "No case failed."
                : report.failures().size() == 1 ? "1 case failed." : report.failures().size() + " cases failed.");
        return lines;
    }

    private static String row(String name, Counts c, double seconds) {
        return FAMILY.formatted(name, c.passed(), c.failed(), c.unsupported(), c.vacuous(),
                String.format(Locale.ROOT, "%.1f", seconds));
    }

    static List<String> lines(Performance p) {
        List<String> lines = new ArrayList<>(List.of("", "Speed in f32, medians after warming up"));
        lines.add(SPEED.formatted("workload", "size", "time", "rate", "of ceiling"));
        p.copy().ifPresent(t -> lines.add(row(t, "ceiling")));
        p.matmul().ifPresent(t -> lines.add(row(t, "ceiling")));
        p.timings().forEach(t -> lines.add(row(t, p.share(t).map(Format::percent).orElse("–"))));
        lines.addAll(Paragraph.hanging("  ",
                "The ceilings are measured, not the hardware's: GB/s beside the copy kernel's, GFLOP/s "
                        + "beside the largest matrix product's. What fits in a cache may pass the copy, which does not. GB/s counts "
                        + "each input and output once; the training step counts its matrix products alone.",
                COLUMNS));
        return lines;
    }

    private static String row(Timing t, String share) {
        return SPEED.formatted(t.workload().name(), t.size(), time(t.seconds()),
                Format.number(t.rate(), 3) + " " + "%-7s".formatted(t.workload().unit().perSecond()), share);
    }

    private static String time(double seconds) {
        return seconds < 1e-3 ? Format.number(seconds * 1e6, 3) + " µs"
                : seconds < 1 ? Format.number(seconds * 1e3, 3) + " ms" : Format.number(seconds, 3) + " s";
    }

    static Json.Obj json(Performance p) {
        JsonObject json = new JsonObject();
        p.copy().ifPresent(t -> json.with("copy", json(t, Optional.empty())));
        p.matmul().ifPresent(t -> json.with("matmul", json(t, Optional.empty())));
        return json.with("timings", p.timings().stream().map(t -> json(t, p.share(t))).toList()).build();
    }

    private static Json.Obj json(Timing t, Optional<Double> share) {
        JsonObject json = new JsonObject().with("workload", t.workload().name()).with("op", t.workload().op())
                .with("size", t.size()).with("seconds", t.seconds()).with("rate", t.rate())
                .with("unit", t.workload().unit().perSecond()).with("runs", t.runs());
        share.ifPresent(s -> json.with("of_ceiling", s));
        return json.build();
    }
}
