package org.chainrule.cli.report;

import static org.chainrule.cli.report.Format.px;

import java.util.List;

/** Gradient norms as colours: a row per layer, the first on top; a column per epoch (or group of epochs). */
record GradientHeatMap(Run run, int width) {
    private static final int MAX_COLUMNS = 100;
    private static final int RIGHT = 14;
    private static final int TOP = 8;

    void write(Html html, String sentence) {
        var epochs = run.epochs().stream().filter(epoch -> !epoch.gradientNorms().isEmpty()).toList();
        int stride = Math.ceilDiv(epochs.size(), MAX_COLUMNS);
        int columns = Math.ceilDiv(epochs.size(), stride);
        int rows = run.layers().size();
        double left = 16 + 6.6 * Math.min(18, run.layers().stream().mapToInt(String::length).max().orElse(1));
        double cellWidth = (width - left - RIGHT) / columns;
        double cellHeight = Math.clamp(240.0 / rows, 5, 24);
        double bottom = TOP + rows * cellHeight;
        var scale = Scale.preferLog(epochs.stream().flatMap(epoch -> epoch.gradientNorms().stream())
                .mapToDouble(Double::doubleValue).toArray());

        html.open("svg.chart", "viewBox", "0 0 %d %s".formatted(width, px(bottom + 66)), "role", "img",
                "aria-label", "Gradient norm of each layer over epochs, as colours. " + sentence,
                "style", "max-width:" + Math.round(width * 1.3) + "px");
        int labelEvery = (int) Math.ceil(12 / cellHeight);
        for (int l = 0; l < rows; l++) {
            if (l % labelEvery == 0) {
                html.leaf("text.tick.end", shortened(run.layers().get(l)), "x", px(left - 8),
                        "y", px(TOP + (l + 0.5) * cellHeight + 4));
            }
            for (int c = 0; c < columns; c++) {
                var epoch = epochs.get(c * stride);
                cell(html, epoch, l, scale, left + c * cellWidth, TOP + l * cellHeight, cellWidth, cellHeight);
            }
        }
        for (var tick : Scale.epochs(epochs.getFirst().number(), epochs.getLast().number()).ticks()) {
            double at = (position(epochs, tick.value()) / stride + 0.5) * cellWidth;
            html.leaf("text.tick.middle", tick.label(), "x", px(left + at), "y", px(bottom + 18));
        }
        html.leaf("text.axis-title.end", "epoch", "x", px(width - RIGHT), "y", px(bottom + 36));
        colourBar(html, scale, left, bottom + 30);
        html.close().line();
        if (stride > 1) {
            html.leaf("p.note", "One epoch in %d is drawn.".formatted(stride));
        }
    }

    private void cell(Html html, Epoch epoch, int layer, Scale scale, double x, double y, double w, double h) {
        double norm = epoch.gradientNorms().get(layer);
        html.open("g.hit.cell", "data-epoch", Integer.toString(epoch.number()));
        html.leaf("title", "epoch %d\n%s  %s".formatted(epoch.number(), run.layers().get(layer), Format.number(norm)));
        html.empty(Double.isFinite(norm) ? "rect" : "rect.bad", "x", px(x), "y", px(y), "width", px(w + 0.3),
                "height", px(h + 0.3), "style",
                Double.isFinite(norm) ? "fill:" + Viridis.at(scale.position(norm)) : "");
        html.close();
    }

    private static double position(List<Epoch> epochs, double number) {
        double first = epochs.getFirst().number();
        double last = epochs.getLast().number();
        return last == first ? 0 : (number - first) / (last - first) * (epochs.size() - 1);
    }

    private static void colourBar(Html html, Scale scale, double left, double top) {
        int steps = 32;
        for (int i = 0; i < steps; i++) {
            html.empty("rect", "x", px(left + i * 5), "y", px(top), "width", "5.3", "height", "9",
                    "style", "fill:" + Viridis.at((i + 0.5) / steps));
        }
        var ticks = scale.ticks();
        html.leaf("text.tick", ticks.getFirst().label(), "x", px(left), "y", px(top + 24));
        html.leaf("text.tick.end", ticks.getLast().label(), "x", px(left + steps * 5), "y", px(top + 24));
    }

    private static String shortened(String name) {
        return name.length() <= 18 ? name : name.substring(0, 17) + "…";
    }
}
