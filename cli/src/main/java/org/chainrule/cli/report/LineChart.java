package org.chainrule.cli.report;

import static org.chainrule.cli.report.Format.px;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;

/** Curves over epochs, with a legend and, under each epoch, its values to read. */
record LineChart(Frame frame, String description, List<Series> series, DoubleFunction<String> format,
        Optional<Epoch> best) {
    private static final int MAX_READOUTS = 160;

    void write(Html html) {
        var drawn = series.stream().filter(Series::isMeasured).toList();
        if (drawn.size() > 1) {
            legend(html, drawn);
        }
        frame.open(html, description);
        best.ifPresent(epoch -> mark(html, epoch));
        drawn.forEach(curve -> curve(html, curve));
        readouts(html, drawn);
        html.close().line();
        gapNotes(html, drawn);
    }

    private static void gapNotes(Html html, List<Series> drawn) {
        var curvesByGaps = new LinkedHashMap<List<Integer>, List<Series>>();
        for (var curve : drawn) {
            curvesByGaps.computeIfAbsent(curve.gaps(), _ -> new ArrayList<>()).add(curve);
        }
        curvesByGaps.remove(List.of());
        curvesByGaps
                .forEach(
                        (gaps, curves) -> html
                                .leaf("p.note", "⚠ Not a finite number in %s: %s. The curve has a gap there."
                                        .formatted(gaps.size() == 1 ? "epoch " + gaps.getFirst()
                                                : "%d epochs, the first of them %d".formatted(gaps.size(),
                                                        gaps.getFirst()),
                                                curves.stream().map(Series::name).collect(Collectors.joining(", "))))
                                .line());
    }

    private static void legend(Html html, List<Series> drawn) {
        html.nest("ul.legend", () -> {
            for (var curve : drawn) {
                html.open("li");
                html.open("svg.key", "viewBox", "0 0 26 10", "aria-hidden", "true");
                html.empty("path.curve." + curve.style(), "d", "M1 5H25").close();
                html.text(curve.name()).close();
            }
        });
    }

    private void mark(Html html, Epoch epoch) {
        double x = frame.atX(epoch.number());
        boolean nearRight = x > frame.right() - 90;
        html.empty("line.best", "x1", px(x), "x2", px(x), "y1", px(frame.top() - 18), "y2", px(frame.bottom()));
        html.leaf(nearRight ? "text.best-label.end" : "text.best-label", "best: epoch " + epoch.number(),
                "x", px(nearRight ? x - 5 : x + 5), "y", px(frame.top() - 9));
    }

    private void curve(Html html, Series curve) {
        for (var segment : curve.segments((int) (frame.right() - frame.left()))) {
            if (segment.size() == 1) {
                var only = segment.getFirst();
                html.empty("circle.dot." + curve.style(), "cx", px(frame.atX(only.epoch())),
                        "cy", px(frame.atY(only.value())), "r", "3.5");
            } else {
                html.empty("path.curve." + curve.style(), "d", segment.stream()
                        .map(point -> px(frame.atX(point.epoch())) + " " + px(frame.atY(point.value())))
                        .collect(Collectors.joining("L", "M", "")));
            }
        }
    }

    /** One invisible column per epoch that shows its values when pointed at; with JavaScript off as a native title. */
    private void readouts(Html html, List<Series> drawn) {
        var values = new TreeMap<Integer, List<Reading>>();
        for (var curve : drawn) {
            for (var point : curve.points()) {
                values.computeIfAbsent(point.epoch(), _ -> new ArrayList<>()).add(new Reading(curve, point.value()));
            }
        }
        var epochs = List.copyOf(values.entrySet());
        int stride = Math.ceilDiv(epochs.size(), MAX_READOUTS);
        for (int i = 0; i < epochs.size(); i += stride) {
            int epoch = epochs.get(i).getKey();
            double from = i == 0 ? frame.left() : (frame.atX(epochs.get(i - stride).getKey()) + frame.atX(epoch)) / 2;
            double to = i + stride >= epochs.size() ? frame.right()
                    : (frame.atX(epoch) + frame.atX(epochs.get(i + stride).getKey())) / 2;
            readout(html, epoch, from, to, epochs.get(i).getValue());
        }
    }

    private record Reading(Series series, double value) {}

    private void readout(Html html, int epoch, double from, double to, List<Reading> readings) {
        html.open("g.hit", "data-epoch", Integer.toString(epoch));
        html.leaf("title", readings.stream()
                .map(reading -> reading.series().name() + "  " + format.apply(reading.value()))
                .collect(Collectors.joining("\n", "epoch " + epoch + "\n", "")));
        html.empty("rect", "x", px(from), "y", px(frame.top()), "width", px(Math.max(0.1, to - from)),
                "height", px(frame.bottom() - frame.top()));
        html.empty("line", "x1", px(frame.atX(epoch)), "x2", px(frame.atX(epoch)),
                "y1", px(frame.top()), "y2", px(frame.bottom()));
        for (var reading : readings) {
            if (Double.isFinite(reading.value())) {
                html.empty("circle." + reading.series().style(), "cx", px(frame.atX(epoch)),
                        "cy", px(frame.atY(reading.value())), "r", "3.5");
            }
        }
        html.close();
    }
}
