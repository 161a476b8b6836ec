package org.chainrule.cli.report;

import static org.chainrule.cli.report.Format.px;

/** The axes of a drawing: where its values lie, with grid lines and tick labels. */
record Frame(int width, int height, Scale x, Scale y, String xTitle, String yTitle) {
    private static final int LEFT = 58;
    private static final int RIGHT = 14;
    private static final int TOP = 26;
    private static final int BOTTOM = 40;

    double left() {
        return LEFT;
    }

    double right() {
        return width - RIGHT;
    }

    double top() {
        return TOP;
    }

    double bottom() {
        return height - BOTTOM;
    }

    double atX(double value) {
        return left() + x.position(value) * (right() - left());
    }

    double atY(double value) {
        return bottom() - y.position(value) * (bottom() - top());
    }

    /** Opens the {@code svg} element and draws the axes into it; the caller closes it. */
    void open(Html html, String description) {
        html.open(width < 560 ? "svg.chart.small" : "svg.chart", "viewBox", "0 0 " + width + " " + height, "role",
                "img", "aria-label", description,
                "style", "max-width:" + Math.round(width * 1.3) + "px");
        for (var tick : y.ticks()) {
            var at = px(atY(tick.value()));
            html.empty("line.grid", "x1", px(left()), "x2", px(right()), "y1", at, "y2", at);
            html.leaf("text.tick.end", tick.label(), "x", px(left() - 8), "y", px(atY(tick.value()) + 4));
        }
        for (var tick : x.ticks()) {
            html.leaf("text.tick.middle", tick.label(), "x", px(atX(tick.value())), "y", px(bottom() + 18));
        }
        html.empty("line.axis", "x1", px(left()), "x2", px(right()), "y1", px(bottom()), "y2", px(bottom()));
        html.leaf("text.axis-title.end", xTitle, "x", px(right()), "y", px(height - 5));
        html.leaf("text.axis-title", yTitle, "x", "4", "y", "13");
    }
}
