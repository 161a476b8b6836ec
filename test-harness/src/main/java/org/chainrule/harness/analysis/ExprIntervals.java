package org.chainrule.harness.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.chainrule.expr.Expr;
import org.chainrule.expr.Expr.Fn;
import org.chainrule.expr.Expr.Fn2;
import org.chainrule.harness.analysis.RunningError.Elements;

/** A formula in the order of its evaluation, each distinct sub-formula once; gives its value in double and what rounding may make of it. */
final class ExprIntervals {
    /** Computes a sub-formula whose arguments have been computed. Which kind it is was found out once, not for each element. */
    private interface Step {
        void at(List<Elements> in, int element, int[] index);
    }

    private final List<Step> steps = new ArrayList<>();
    private final Map<Expr, Integer> numbers = new HashMap<>();
    private final ScalarIntervals scalar;
    private final double[] values;
    private final Interval[] ranges;
    private final int result;

    ExprIntervals(Expr e, Arithmetic arithmetic) {
        this.scalar = new ScalarIntervals(arithmetic);
        this.result = number(e);
        this.values = new double[numbers.size()];
        this.ranges = new Interval[numbers.size()];
        numbers.forEach((each, i) -> {
            if (each instanceof Expr.Const(double v)) set(i, v, Interval.of(arithmetic.nearest(v)));
        });
    }

    private int number(Expr e) {
        Integer known = numbers.get(e);
        if (known != null) return known;
        switch (e) {
            case Expr.Arg(int k) -> add(to -> (in, element, _) -> set(to, in.get(k).value()[element],
                    in.get(k).range()[element]));
            case Expr.Index(int axis) -> add(to -> (_, _, index) -> set(to, index[axis], Interval.of(index[axis])));
            case Expr.Unary(Fn fn, Expr x) -> unary(fn, number(x));
            case Expr.Binary(Fn2 fn, Expr a, Expr b) -> binary(fn, number(a), number(b), isOne(a), isOne(b));
            case Expr.Where(Expr c, Expr t, Expr o) -> where(number(c), number(t), number(o));
            case Expr.Const _ -> {
                // needs no step: it is the same for each element
            }
        }
        numbers.put(e, numbers.size());
        return numbers.size() - 1;
    }

    private static boolean isOne(Expr e) {
        return e instanceof Expr.Const(double v) && v == 1;
    }

    /** Adds the step that computes the sub-formula whose number is next. */
    private void add(IntFunction<Step> step) {
        steps.add(step.apply(numbers.size()));
    }

    private void unary(Fn fn, int x) {
        add(to -> (_, _, _) -> set(to, fn.apply(values[x]), scalar.apply(fn, ranges[x])));
    }

    /** Nothing is rounded where one factor is known to be 1. */
    private void binary(Fn2 fn, int a, int b, boolean isOneA, boolean isOneB) {
        if (fn == Fn2.MUL && isOneA) add(to -> (_, _, _) -> set(to, values[b], ranges[b]));
        else if (fn == Fn2.MUL && isOneB) add(to -> (_, _, _) -> set(to, values[a], ranges[a]));
        else add(to -> (_, _, _) -> set(to, fn.apply(values[a], values[b]),
                scalar.apply(fn, ranges[a], ranges[b], a == b)));
    }

    private void where(int condition, int then, int otherwise) {
        add(to -> (_, _, _) -> {
            Interval c = ranges[condition];
            Interval r = c.isPoint() ? ranges[c.lo() != 0 ? then : otherwise] : !c.contains(0) ? ranges[then]
                    : ranges[then].or(ranges[otherwise]);
            set(to, values[condition] != 0 ? values[then] : values[otherwise], r);
        });
    }

    private void set(int to, double value, Interval range) {
        values[to] = value;
        ranges[to] = range;
    }

    /** Computes the element at {@code index} of {@code in}; {@link #value()} and {@link #range()} tell it. */
    void evaluate(List<Elements> in, int element, int[] index) {
        for (Step s : steps) s.at(in, element, index);
    }

    double value() {
        return values[result];
    }

    Interval range() {
        return ranges[result];
    }
}
