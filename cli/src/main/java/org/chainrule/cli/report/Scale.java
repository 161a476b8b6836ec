package org.chainrule.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** Maps the values of an axis to 0 (its start) … 1 (its end). */
sealed interface Scale {
    /** Values that span more than this factor ask for a logarithmic axis. */
    double LINEAR_SPAN = 40;

    List<Tick> ticks();

    double position(double value);

    record Tick(double value, String label) {}

    record Linear(double low, double high, List<Tick> ticks) implements Scale {
        @Override
        public double position(double value) {
            return Math.clamp((value - low) / (high - low), 0, 1);
        }
    }

    /** Values below {@code low}, zero among them, lie on the axis's start. */
    record Log(double low, double high, List<Tick> ticks) implements Scale {
        @Override
        public double position(double value) {
            return value <= low ? 0 : Math.clamp(Math.log(value / low) / Math.log(high / low), 0, 1);
        }
    }

    /** Linear, or logarithmic where the finite values are not negative and span decades. */
    static Scale fitting(double[] values) {
        var finite = finite(values);
        double low = finite.low();
        double high = finite.high();
        if (low >= 0 && high > LINEAR_SPAN * finite.leastPositive()) {
            return log(finite.leastPositive(), high);
        }
        return linear(low >= 0 && low < 0.4 * high ? 0 : low, high, value -> Format.number(value));
    }

    /** Logarithmic wherever it can be: no value is negative and one is positive. */
    static Scale preferLog(double[] values) {
        var finite = finite(values);
        return finite.low() >= 0 && finite.high() > 0 ? log(finite.leastPositive(), finite.high()) : fitting(values);
    }

    /** Linear from zero, for values that are not negative. */
    static Scale fromZero(double[] values) {
        return linear(0, finite(values).high(), value -> Format.number(value));
    }

    /** Shares between 0 and 1, as percentages. */
    static Scale shares(double[] values) {
        var finite = finite(values);
        var nice = linear(finite.low(), Math.min(1, finite.high()), value -> Format.number(value * 100) + "\u202f%");
        var inside = nice.ticks().stream().filter(tick -> tick.value() > -1e-9 && tick.value() < 1 + 1e-9).toList();
        return new Linear(Math.max(0, nice.low()), Math.min(1, nice.high()), inside);
    }

    /** Whole numbers from {@code first} to {@code last}; one alone lies in the middle. */
    static Scale epochs(int first, int last) {
        if (first == last) {
            return new Linear(first - 1.0, last + 1.0, List.of(new Tick(first, Integer.toString(first))));
        }
        int step = (int) Math.max(1, niceStep((last - first) / 5.0));
        var ticks = new ArrayList<Tick>();
        ticks.add(new Tick(first, Integer.toString(first)));
        for (int value = Math.floorDiv(first, step) * step; value <= last; value += step) {
            if (value - first >= step * 0.6) {
                ticks.add(new Tick(value, Integer.toString(value)));
            }
        }
        return new Linear(first, last, List.copyOf(ticks));
    }

    static Linear linear(double from, double to, DoubleFunction<String> label) {
        double pad = to > from ? 0 : Math.max(Math.abs(to) * 0.1, 1e-3);
        double step = niceStep((to - from + 2 * pad) / 4);
        long first = (long) Math.floor((from - pad) / step + 1e-9);
        long last = (long) Math.ceil((to + pad) / step - 1e-9);
        var ticks = new ArrayList<Tick>();
        for (long k = first; k <= last; k++) {
            ticks.add(new Tick(k * step, label.apply(k * step)));
        }
        return new Linear(first * step, last * step, List.copyOf(ticks));
    }

    private static Scale log(double from, double to) {
        int first = (int) Math.floor(Math.log10(from));
        int last = (int) Math.ceil(Math.log10(to));
        var candidates = new ArrayList<Double>();
        for (int exponent = first - 1; exponent <= last + 1; exponent++) {
            for (int digit : new int[] {1, 2, 5}) {
                candidates.add(Double.parseDouble(digit + "e" + exponent));
            }
        }
        double low = candidates.stream().filter(value -> value <= from).reduce((a, b) -> b).orElse(from);
        double high = candidates.stream().filter(value -> value >= to && value > low).findFirst().orElse(to);
        double decades = Math.log10(high / low);
        int every = (int) Math.max(1, Math.ceil(decades / 6));
        var ticks = candidates.stream().filter(value -> value >= low && value <= high)
                .filter(value -> decades < 2.2 || isPowerOfTen(value, every))
                .map(value -> new Tick(value, Format.number(value))).toList();
        return new Log(low, high, ticks);
    }

    private static boolean isPowerOfTen(double value, int every) {
        double exponent = Math.log10(value);
        return Math.abs(exponent - Math.rint(exponent)) < 1e-9 && Math.floorMod(Math.round(exponent), every) == 0;
    }

    private static double niceStep(double raw) {
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double digit = raw / power;
        return (digit <= 1.0001 ? 1 : digit <= 2.0001 ? 2 : digit <= 5.0001 ? 5 : 10) * power;
    }

    /** The extent of the finite ones among some values; 0 … 1 where there are none. */
    record Extent(double low, double high, double leastPositive) {}

    private static Extent finite(double[] values) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        double positive = Double.POSITIVE_INFINITY;
        for (double value : values) {
            if (Double.isFinite(value)) {
                low = Math.min(low, value);
                high = Math.max(high, value);
                positive = value >= Double.MIN_NORMAL ? Math.min(positive, value) : positive;
            }
        }
        return low > high ? new Extent(0, 1, 1) : new Extent(low, high, positive);
    }
}
