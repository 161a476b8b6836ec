package org.chainrule.harness.analysis;

import java.util.ArrayList;
import java.util.List;
import org.chainrule.Shape;
import org.chainrule.expr.Expr.Fn2;
import org.chainrule.graph.Op;
import org.chainrule.harness.analysis.RunningError.Elements;

/** What rounding may make of folds, products of matrices and indexed elements. */
final class Reductions {
    private static final double WHOLE = 1 << 24;

    private Reductions() {}

    static Elements reduce(Arithmetic arithmetic, Op.Reduction kind, List<Integer> axes, Elements in, Shape s) {
        List<List<Integer>> terms = lists(s);
        Places.each(in.shape(), (i, at) -> {
            int[] to = at.clone();
            for (int a : axes) to[a] = 0;
            terms.get(Places.of(s, to)).add(i);
        });
        Elements r = new Elements(s);
        for (int i = 0; i < r.value().length; i++) {
            List<Integer> t = terms.get(i);
            switch (kind) {
                case SUM -> sum(arithmetic, in, t, r, i);
                case PROD -> product(arithmetic, in, t, r, i);
                case MAX -> extreme(Fn2.MAX, Double.NEGATIVE_INFINITY, in, t, r, i);
                case MIN -> extreme(Fn2.MIN, Double.POSITIVE_INFINITY, in, t, r, i);
            }
        }
        return r;
    }

    private static List<List<Integer>> lists(Shape s) {
        List<List<Integer>> r = new ArrayList<>();
        for (int i = 0; i < s.size(); i++) r.add(new ArrayList<>());
        return r;
    }

    /** Sums of the elements at {@code terms}, in any order. */
    private static void sum(Arithmetic arithmetic, Elements in, List<Integer> terms, Elements to, int i) {
        double v = 0;
        Sum sum = new Sum(arithmetic);
        for (int t : terms) {
            v += in.value()[t];
            sum.add(in.range()[t]);
        }
        to.set(i, v, sum.range(0));
    }

    /** Collects the ends of terms. */
    private static final class Sum {
        private final Arithmetic arithmetic;
        private double lo, hi, magnitude;
        private int terms;
        private boolean nan, whole = true;

        Sum(Arithmetic arithmetic) {
            this.arithmetic = arithmetic;
        }

        void add(Interval x) {
            nan |= x.nan();
            if (x.isPoint(0)) return;
            if (x.isEmpty()) {
                lo = hi = Double.NaN;
                return;
            }
            lo += x.lo();
            hi += x.hi();
            magnitude += x.magnitude();
            terms++;
            whole &= x.isPoint() && x.lo() == Math.rint(x.lo());
        }

        /** @param more roundings of each term beside those of the additions */
        Interval range(int more) {
            if (Double.isNaN(lo) && Double.isNaN(hi)) return Interval.NAN;
            if (Double.isNaN(lo) || Double.isNaN(hi)) return Interval.ANY;
            boolean exact = terms <= 1 && more == 0 || whole && magnitude <= WHOLE;
            if (exact) return new Interval(lo, hi, nan);
            if (Double.isInfinite(lo) && lo == hi) return new Interval(lo, hi, nan);
            double error = arithmetic.gamma(Math.max(0, terms - 1) + more) * magnitude
                    + more * (double) terms * arithmetic.least();
            boolean overflows = Double.isInfinite(arithmetic.nearest(magnitude + error));
            return overflows ? Interval.ANY : new Interval(lo - error, hi + error, nan);
        }
    }

    private static void product(Arithmetic arithmetic, Elements in, List<Integer> terms, Elements to, int i) {
        double v = 1, most = 1;
        int roundings = -1;
        Interval p = Interval.of(1);
        for (int t : terms) {
            Interval x = in.range()[t];
            v *= in.value()[t];
            p = ScalarIntervals.multiplied(p, x);
            most *= Math.max(1, x.magnitude());
            if (!x.isPoint(1)) roundings++;
        }
        if (roundings <= 0 || p.isEmpty() || p.isPoint(0) && Double.isFinite(most)) {
            to.set(i, v, p);
        } else if (Double.isInfinite(arithmetic.nearest(most)) && !Double.isInfinite(p.lo())) {
            to.set(i, v, Interval.ANY);
        } else {
            double error = arithmetic.gamma(roundings) * p.magnitude() + roundings * most * arithmetic.least();
            to.set(i, v, Double.isInfinite(p.lo()) && p.lo() == p.hi() ? p
                    : new Interval(p.lo() - error, p.hi() + error, p.nan()));
        }
    }

    private static void extreme(Fn2 fn, double start, Elements in, List<Integer> terms, Elements to, int i) {
        double v = start, lo = start, hi = start;
        boolean nan = false, always = false;
        for (int t : terms) {
            Interval x = in.range()[t];
            v = fn.apply(v, in.value()[t]);
            nan |= x.nan();
            always |= x.isEmpty();
            if (!x.isEmpty()) {
                lo = fn.apply(lo, x.lo());
                hi = fn.apply(hi, x.hi());
            }
        }
        to.set(i, v, always ? Interval.NAN : new Interval(lo, hi, nan));
    }

    static Elements argReduce(boolean greatest, int axis, Elements in, Shape s) {
        Elements r = new Elements(s);
        int n = in.shape().dim(axis);
        Places.each(s, (i, at) -> {
            int best = 0;
            double most = in.value()[Places.of(in.shape(), Places.moved(at, axis, 0))];
            for (int p = 1; p < n && !Double.isNaN(most); p++) {
                double v = in.value()[Places.of(in.shape(), Places.moved(at, axis, p))];
                if (Double.isNaN(v) || (greatest ? v > most : v < most)) {
                    best = p;
                    most = v;
                }
            }
            Interval winner = in.range()[Places.of(in.shape(), Places.moved(at, axis, best))];
            int first = best, last = best;
            for (int p = 0; p < n; p++) {
                Interval x = in.range()[Places.of(in.shape(), Places.moved(at, axis, p))];
                boolean point = x.width() == 0 && winner.width() == 0 && x.nan() == x.isEmpty()
                        && winner.nan() == winner.isEmpty();
                int order = greatest ? Double.compare(x.hi() + 0.0, winner.lo() + 0.0)
                        : Double.compare(winner.hi() + 0.0, x.lo() + 0.0);
                // numbers that differ in double precision may have become one: then the first is taken
                boolean may = point ? !winner.isEmpty() && (order > 0 || order == 0 && p < best)
                        : x.nan() || !winner.isEmpty() && order >= 0;
                if (may) {
                    first = Math.min(first, p);
                    last = Math.max(last, p);
                }
            }
            r.set(i, best, new Interval(first, last, false));
        });
        return r;
    }

    static Elements cumulativeSum(Arithmetic arithmetic, int axis, Elements in) {
        Elements r = new Elements(in.shape());
        int[] dims = in.shape().dims();
        int stride = 1;
        for (int a = axis + 1; a < dims.length; a++) stride *= dims[a];
        for (int i = 0; i < r.value().length; i++) {
            if (i / stride % dims[axis] != 0) continue;
            double v = 0;
            Sum sum = new Sum(arithmetic);
            for (int k = i, p = 0; p < dims[axis]; p++, k += stride) {
                v += in.value()[k];
                sum.add(in.range()[k]);
                r.set(k, v, sum.range(0));
            }
        }
        return r;
    }

    static Elements matmul(Arithmetic arithmetic, Elements a, Elements b, Shape s) {
        Elements r = new Elements(s);
        int rank = s.rank(), depth = a.shape().dim(rank - 1), rows = s.dim(rank - 2), columns = s.dim(rank - 1);
        for (int i = 0; i < r.value().length; i++) {
            int column = i % columns, ka = i / columns * depth, kb = i / columns / rows * depth * columns + column;
            double v = 0;
            Sum sum = new Sum(arithmetic);
            for (int p = 0; p < depth; p++, ka++, kb += columns) {
                v += a.value()[ka] * b.value()[kb];
                sum.add(ScalarIntervals.multiplied(a.range()[ka], b.range()[kb]));
            }
            r.set(i, v, sum.range(1));
        }
        return r;
    }

    /** Where an index is not certain, each place that it may name may get the update or not. */
    static Elements scatterAdd(Arithmetic arithmetic, int axis, Elements index, Elements updates, Shape s) {
        double[] v = new double[Math.toIntExact(s.size())];
        Sum[] sums = new Sum[v.length];
        for (int i = 0; i < sums.length; i++) sums[i] = new Sum(arithmetic);
        Places.each(index.shape(), (i, at) -> {
            Interval k = within(index.range()[i], s.dim(axis));
            for (int p = (int) k.lo(); p <= k.hi(); p++) {
                Interval u = updates.range()[i];
                sums[Places.of(s, Places.moved(at, axis, p))]
                        .add(k.isPoint() ? u : u.or(Interval.of(0)).orNaN(u.nan()));
            }
            v[Places.of(s, Places.moved(at, axis, (int) index.value()[i]))] += updates.value()[i];
        });
        Elements r = new Elements(s);
        for (int i = 0; i < v.length; i++) r.set(i, v[i], sums[i].range(0));
        return r;
    }

    private static Interval within(Interval index, int extent) {
        if (!(index.lo() >= 0 && index.hi() < extent)) throw new IllegalArgumentException(
                "the index " + index + " may be outside an axis of extent " + extent);
        return index;
    }

    static Elements gather(int axis, Elements source, Elements index, Shape s) {
        Elements r = new Elements(s);
        Places.each(s, (i, at) -> {
            Interval k = within(index.range()[i], source.shape().dim(axis));
            Interval any = source.range()[Places.of(source.shape(), Places.moved(at, axis, (int) k.lo()))];
            for (int p = (int) k.lo() + 1; p <= k.hi(); p++)
                any = any.or(source.range()[Places.of(source.shape(), Places.moved(at, axis, p))]);
            r.set(i, source.value()[Places.of(source.shape(), Places.moved(at, axis, (int) index.value()[i]))], any);
        });
        return r;
    }
}
