package org.chainrule.harness.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.chainrule.expr.Expr;

/** A formula in the order of its evaluation, each distinct sub-formula once; gives its value in double and what rounding may make of it. */
final class ExprIntervals {
    private record Node(Expr expr, int a, int b, int c) {}

    private final List<Node> nodes = new ArrayList<>();
    private final Map<Expr, Integer> numbers = new HashMap<>();
    private final Arithmetic arithmetic;
    private final ScalarIntervals scalar;
    private final double[] values;
    private final Interval[] ranges;

    ExprIntervals(Expr e, Arithmetic arithmetic) {
        this.arithmetic = arithmetic;
        this.scalar = new ScalarIntervals(arithmetic);
        number(e);
        this.values = new double[nodes.size()];
        this.ranges = new Interval[nodes.size()];
    }

    private int number(Expr e) {
        Integer known = numbers.get(e);
        if (known != null) return known;
        Node n = switch (e) {
            case Expr.Arg _, Expr.Const _, Expr.Index _ -> new Node(e, 0, 0, 0);
            case Expr.Unary(Expr.Fn _, Expr x) -> new Node(e, number(x), 0, 0);
            case Expr.Binary(Expr.Fn2 _, Expr a, Expr b) -> new Node(e, number(a), number(b), 0);
            case Expr.Where(Expr c, Expr t, Expr o) -> new Node(e, number(c), number(t), number(o));
        };
        nodes.add(n);
        numbers.put(e, nodes.size() - 1);
        return nodes.size() - 1;
    }

    /** Computes the element at {@code index} of {@code in}; {@link #value()} and {@link #range()} tell it. */
    void evaluate(List<RunningError.Elements> in, int element, int[] index) {
        for (int i = 0; i < ranges.length; i++) {
            Node n = nodes.get(i);
            switch (n.expr) {
                case Expr.Arg(int k) -> {
                    values[i] = in.get(k).value()[element];
                    ranges[i] = in.get(k).range()[element];
                }
                case Expr.Const(double v) -> {
                    values[i] = v;
                    ranges[i] = Interval.of(arithmetic.nearest(v));
                }
                case Expr.Index(int axis) -> {
                    values[i] = index[axis];
                    ranges[i] = Interval.of(index[axis]);
                }
                case Expr.Unary(Expr.Fn fn, Expr _) -> {
                    values[i] = fn.apply(values[n.a]);
                    ranges[i] = scalar.apply(fn, ranges[n.a]);
                }
                case Expr.Binary(Expr.Fn2 fn, Expr _, Expr _) -> {
                    values[i] = fn.apply(values[n.a], values[n.b]);
                    ranges[i] = isOne(n.a) && fn == Expr.Fn2.MUL ? ranges[n.b]
                            : isOne(n.b) && fn == Expr.Fn2.MUL ? ranges[n.a]
                            : scalar.apply(fn, ranges[n.a], ranges[n.b], n.a == n.b);
                }
                case Expr.Where _ -> {
                    values[i] = values[n.a] != 0 ? values[n.b] : values[n.c];
                    Interval c = ranges[n.a];
                    ranges[i] = c.isPoint() ? ranges[c.lo() != 0 ? n.b : n.c] : !c.contains(0) ? ranges[n.b]
                            : ranges[n.b].or(ranges[n.c]);
                }
            }
        }
    }

    private boolean isOne(int node) {
        return nodes.get(node).expr instanceof Expr.Const(double v) && v == 1;
    }

    double value() {
        return values[values.length - 1];
    }

    Interval range() {
        return ranges[ranges.length - 1];
    }
}
