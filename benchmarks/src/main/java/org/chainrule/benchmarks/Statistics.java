package org.chainrule.benchmarks;

import java.util.List;

/** The order statistics of some measurements. Quartiles are the measurements at a quarter and three quarters of the way, rounded outwards. */
record Statistics(double least, double lowerQuartile, double median, double upperQuartile, double greatest) {
    static Statistics of(List<Double> values) {
        if (values.isEmpty()) throw new IllegalArgumentException("there is nothing to take the median of");
        List<Double> s = values.stream().sorted().toList();
        int last = s.size() - 1;
        double median = (s.get(last / 2) + s.get((last + 1) / 2)) / 2;
        return new Statistics(s.getFirst(), s.get(last / 4), median, s.get(last - last / 4), s.getLast());
    }
}
