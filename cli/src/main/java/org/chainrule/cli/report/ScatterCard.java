package org.chainrule.cli.report;

import static org.chainrule.cli.report.Format.px;

import java.util.List;

/** Predicted against true values; on the diagonal they are equal. */
record ScatterCard(Outcome.Regression regression, int width, int height) {
    private static final int MAX_POINTS = 2000;

    void write(Html html) {
        var finite = regression.predictions().stream()
                .filter(point -> Double.isFinite(point.truth()) && Double.isFinite(point.predicted())).toList();
        int lost = regression.predictions().size() - finite.size();
        html.nest("section.card", () -> {
            html.leaf("h2", "Predicted and true").line();
            html.leaf("p.lead", sentence(finite)).line();
            if (!finite.isEmpty()) {
                scatter(html, finite);
            }
            if (lost > 0) {
                html.leaf("p.note", "⚠ %s not a finite number and cannot be drawn."
                        .formatted(lost == 1 ? "One pair is" : lost + " pairs are"));
            }
        });
    }

    /** RMSE = √(Σ(ŷ − y)² / n) and R² = 1 − Σ(ŷ − y)² / Σ(y − ȳ)². */
    private String sentence(List<Outcome.Prediction> points) {
        if (points.isEmpty()) {
            return "No prediction is a finite number.";
        }
        double mean = points.stream().mapToDouble(Outcome.Prediction::truth).average().orElse(0);
        double residual = points.stream().mapToDouble(p -> Math.pow(p.predicted() - p.truth(), 2)).sum();
        double total = points.stream().mapToDouble(p -> Math.pow(p.truth() - mean, 2)).sum();
        var error = "Typical error (RMSE) %s over %s".formatted(Format.number(Math.sqrt(residual / points.size()), 3),
                Format.plural(points.size(), "test sample"));
        return total == 0 ? error + "." : "%s; R² = %s.".formatted(error, Format.number(1 - residual / total, 3));
    }

    private void scatter(Html html, List<Outcome.Prediction> points) {
        double low = points.stream().mapToDouble(p -> Math.min(p.truth(), p.predicted())).min().orElse(0);
        double high = points.stream().mapToDouble(p -> Math.max(p.truth(), p.predicted())).max().orElse(1);
        var scale = Scale.linear(low, high, value -> Format.number(value));
        var frame = new Frame(width, height, scale, scale, "true " + regression.quantity(),
                "predicted " + regression.quantity());
        frame.open(html, "Predicted against true %s. %s".formatted(regression.quantity(), sentence(points)));
        html.empty("line.diagonal", "x1", px(frame.left()), "y1", px(frame.bottom()),
                "x2", px(frame.right()), "y2", px(frame.top()));
        int stride = Math.ceilDiv(points.size(), MAX_POINTS);
        for (int i = 0; i < points.size(); i += stride) {
            var point = points.get(i);
            html.open("g.hit.cell");
            html.leaf("title", "true  %s\npredicted  %s"
                    .formatted(Format.number(point.truth()), Format.number(point.predicted())));
            html.empty("circle.point", "cx", px(frame.atX(point.truth())), "cy", px(frame.atY(point.predicted())), "r",
                    "3");
            html.close();
        }
        html.close().line();
        if (stride > 1) {
            html.leaf("p.note", "One sample in %d is drawn; the numbers above count all.".formatted(stride));
        }
    }
}
