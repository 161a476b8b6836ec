package org.chainrule.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/** A named curve over epochs. What was not measured has no point; what was not finite has one, and is a gap. */
record Series(String name, String style, List<Point> points) {
    record Point(int epoch, double value) {}

    static Series of(String name, String style, List<Epoch> epochs, Function<Epoch, OptionalDouble> value) {
        var points = new ArrayList<Point>();
        for (var epoch : epochs) {
            value.apply(epoch).ifPresent(measured -> points.add(new Point(epoch.number(), measured)));
        }
        return new Series(name, style, List.copyOf(points));
    }

    boolean isMeasured() {
        return !points.isEmpty();
    }

    double[] values() {
        return points.stream().mapToDouble(Point::value).toArray();
    }

    /** The runs of finite points between the gaps, each thinned to the extremes of {@code buckets} intervals. */
    List<List<Point>> segments(int buckets) {
        var segments = new ArrayList<List<Point>>();
        var segment = new ArrayList<Point>();
        for (var point : points) {
            if (Double.isFinite(point.value())) {
                segment.add(point);
            } else if (!segment.isEmpty()) {
                segments.add(thinned(segment, buckets));
                segment = new ArrayList<>();
            }
        }
        if (!segment.isEmpty()) {
            segments.add(thinned(segment, buckets));
        }
        return segments;
    }

    /** The epochs whose value is not finite. */
    List<Integer> gaps() {
        return points.stream().filter(point -> !Double.isFinite(point.value())).map(Point::epoch).toList();
    }

    private static List<Point> thinned(List<Point> points, int buckets) {
        if (points.size() <= 2 * buckets) {
            return points;
        }
        var kept = new ArrayList<Point>();
        for (int b = 0; b < buckets; b++) {
            int from = (int) ((long) b * points.size() / buckets);
            int to = (int) ((long) (b + 1) * points.size() / buckets);
            int least = from;
            int greatest = from;
            for (int i = from; i < to; i++) {
                least = points.get(i).value() < points.get(least).value() ? i : least;
                greatest = points.get(i).value() > points.get(greatest).value() ? i : greatest;
            }
            kept.add(points.get(Math.min(least, greatest)));
            if (least != greatest) {
                kept.add(points.get(Math.max(least, greatest)));
            }
        }
        return kept;
    }
}
