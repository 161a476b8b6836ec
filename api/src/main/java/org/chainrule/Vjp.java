package org.chainrule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.chainrule.expr.Expr;
import org.chainrule.graph.Op;

/**
 * Reverse-mode differentiation, graph to graph: one vector-Jacobian product rule for each kind of op, written in
 * tensor ops, so that gradients can be differentiated again and run wherever the forward ops run.
 */
final class Vjp {
    private Vjp() {}

    static List<Tensor> gradients(List<Tensor> outputs, List<Tensor> cotangents, List<Tensor> wrt) {
        if (outputs.size() != cotangents.size()) throw new InvalidArgumentException(
                "gradients: " + outputs.size() + " outputs and " + cotangents.size() + " cotangents");
        for (Tensor t : wrt) if (!t.dtype().isFloat()) throw new InvalidArgumentException(
                "gradients: " + t.name() + " has dtype " + t.dtype() + "; only float tensors have gradients");
        List<Tensor> order = order(outputs);
        Set<Tensor> needed = needed(order, wrt);
        Map<Tensor, Tensor> cotangent = new IdentityHashMap<>();
        for (int k = 0; k < outputs.size(); k++) {
            Tensor y = outputs.get(k), c = cotangents.get(k);
            if (!y.dtype().isFloat()) throw new InvalidArgumentException("gradients: the output " + y.name()
                    + " has dtype " + y.dtype() + "; only float tensors have gradients");
            if (!c.shape().equals(y.shape()) || c.dtype() != y.dtype())
                throw new ShapeMismatchException("gradients: output " + y.shape() + " " + y.dtype() + " and cotangent "
                        + c.shape() + " " + c.dtype() + " differ");
            cotangent.merge(y, c, Tensor::plus);
        }
        for (Tensor y : order.reversed()) {
            Tensor c = cotangent.get(y);
            if (c == null || !needed.contains(y)) continue;
            List<Tensor> to = parents(y);
            List<Tensor> back = to.isEmpty() ? List.of() : pull(y, c, needed);
            for (int i = 0; i < back.size(); i++) {
                Tensor g = back.get(i), x = to.get(i);
                if (needed.contains(x) && x.dtype().isFloat()) cotangent.merge(x, g, Tensor::plus);
            }
        }
        List<Tensor> result = new ArrayList<>();
        for (Tensor t : wrt) {
            Tensor g = cotangent.get(t);
            result.add(g == null ? t.session().constant(t.shape(), t.dtype(), 0) : g);
        }
        return result;
    }

    /** What gradients flow to from {@code y}. */
    private static List<Tensor> parents(Tensor y) {
        if (!y.dtype().isFloat()) return List.of();
        return switch (y.op()) {
            case Op.StopGradient _ -> List.of();
            case Op.Composite(String _, List<Double> _, Tensor body, Op.GradientRule rule) when rule
                    == Op.GradientRule.OF_BODY -> List.of(body);
            default -> y.inputs();
        };
    }

    /** All nodes that gradients may flow through, each after its parents. */
    private static List<Tensor> order(List<Tensor> outputs) {
        List<Tensor> order = new ArrayList<>();
        Set<Tensor> entered = Collections.newSetFromMap(new IdentityHashMap<>()),
                done = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Tensor> stack = new ArrayDeque<>(outputs);
        while (!stack.isEmpty()) {
            Tensor t = stack.peek();
            if (entered.add(t)) {
                for (Tensor p : parents(t)) if (!entered.contains(p)) stack.push(p);
            } else {
                stack.pop();
                if (done.add(t)) order.add(t);
            }
        }
        return order;
    }

    private static Set<Tensor> needed(List<Tensor> order, List<Tensor> wrt) {
        Set<Tensor> needed = Collections.newSetFromMap(new IdentityHashMap<>());
        needed.addAll(wrt);
        for (Tensor t : order) {
            for (Tensor p : parents(t)) {
                if (needed.contains(p)) {
                    needed.add(t);
                    break;
                }
            }
        }
        return needed;
    }

    /** Cotangents of the parents of {@code y}, in their order, given its own. Those of parents that are not needed are not used. */
    private static List<Tensor> pull(Tensor y, Tensor c, Set<Tensor> needed) {
        List<Tensor> in = y.inputs();
        return switch (y.op()) {
            case Op.Leaf _, Op.Constant _, Op.HostScalar _, Op.Random _, Op.StopGradient _, Op.ArgReduce _ -> List.of();
            case Op.Map(String name, Expr e) -> pullMap(name, e, y, c, needed);
            case Op.Cast _ -> in.getFirst().dtype().isFloat() ? List.of(c.to(in.getFirst().dtype())) : List.of();
            case Op.Reduce(Op.Reduction kind, List<Integer> axes) ->
                    List.of(pullReduce(kind, axes, in.getFirst(), y, c));
            case Op.CumulativeSum(int axis) -> List.of(c.flip(axis).cumsum(axis).flip(axis));
            case Op.MatMul _ -> {
                Tensor a = in.getFirst(), b = in.getLast();
                yield List.of(
                        !needed.contains(a) ? c : isTransposed(a) ? b.matmul(c.t()).t() : c.matmul(b.t()),
                        !needed.contains(b) ? c : isTransposed(b) ? c.t().matmul(a).t() : a.t().matmul(c));
            }
            case Op.Permute(List<Integer> order) -> {
                int[] inverse = new int[order.size()];
                for (int i = 0; i < inverse.length; i++) inverse[order.get(i)] = i;
                yield List.of(c.permute(inverse));
            }
            case Op.Reshape _ -> List.of(c.reshape(in.getFirst().shape()));
            case Op.Expand _ -> List.of(sumTo(c, in.getFirst().shape()));
            case Op.Slice(List<Integer> start, List<Integer> step) ->
                    List.of(c.embedded(in.getFirst().shape(), start, step));
            case Op.Embed(List<Integer> start, List<Integer> step) ->
                    List.of(c.sliced(in.getFirst().shape(), start, step));
            case Op.Concat(int axis) -> c.split(axis, in.stream().mapToInt(t -> t.shape().dim(axis)).toArray());
            case Op.Gather(int axis) ->
                    List.of(Tensor.scatter(in.getFirst().shape(), axis, in.getLast(), c).to(in.getFirst().dtype()));
            case Op.ScatterAdd(int axis) -> List.of(c, c.gather(axis, in.getFirst()));
            case Op.Composite(String _, List<Double> _, Tensor _, Op.GradientRule rule) -> {
                if (rule == Op.GradientRule.OF_BODY) yield List.of(c);
                List<Tensor> g = rule.gradients(in, y, c);
                if (g.size() != in.size()) throw new InvalidArgumentException(
                        y.name() + ": its gradient rule gave " + g.size() + " gradients for " + in.size() + " inputs");
                for (int i = 0; i < g.size(); i++) {
                    if (in.get(i).dtype().isFloat() && !g.get(i).shape().equals(in.get(i).shape())) {
                        throw new ShapeMismatchException(y.name() + ": its gradient rule gave shape " + g.get(i).shape()
                                + " for input " + i + " of shape " + in.get(i).shape());
                    }
                }
                yield g;
            }
        };
    }

    /** {@code c · ∂e/∂argᵢ}, where sub-expressions equal to {@code e} read the node's own value. */
    private static List<Tensor> pullMap(String name, Expr e, Tensor y, Tensor c, Set<Tensor> needed) {
        List<Tensor> in = y.inputs(), result = new ArrayList<>();
        int n = in.size();
        boolean foldable = !(e instanceof Expr.Arg || e instanceof Expr.Const);
        for (int i = 0; i < n; i++) {
            Expr d = needed.contains(in.get(i)) ? e.d(i, Expr.arg(n)) : Expr.of(0);
            if (d.equals(Expr.of(0))) {
                result.add(c.session().constant(in.get(i).shape(), c.dtype(), 0));
            } else if (d.equals(Expr.arg(n))) {
                result.add(c);
            } else {
                Expr g = foldable ? d.replace(e, Expr.arg(n + 1)) : d;
                List<Tensor> args = new ArrayList<>();
                Expr[] to = new Expr[n + 2];
                for (int k = 0; k < n + 2; k++) {
                    to[k] = Expr.arg(args.size());
                    if (g.uses(k)) args.add(k < n ? in.get(k) : k == n ? c : y);
                }
                result.add(Mapping.node(name + "_vjp" + i, g.with(to), c.dtype(), args.toArray(Tensor[]::new)));
            }
        }
        return result;
    }

    private static Tensor pullReduce(Op.Reduction kind, List<Integer> axes, Tensor x, Tensor y, Tensor c) {
        Axes kept = Axes.of(axes.stream().mapToInt(Integer::intValue).toArray()).keep();
        return switch (kind) {
            case SUM -> c.expandTo(x.shape());
            case MAX, MIN -> {
                Tensor chosen = x.eq(y).to(x.dtype());
                yield chosen.times(c.over(chosen.sum(kept)));
            }
            case PROD -> gradients(List.of(productTree(x, axes)), List.of(c), List.of(x)).getFirst();
        };
    }

    /**
     * The product over {@code axes}, which stay with extent 1, multiplied in pairs. Its gradient is made of products of
     * the other elements without a division, so that it and its own gradients are right where elements are zero.
     */
    private static Tensor productTree(Tensor x, List<Integer> axes) {
        Tensor p = x;
        for (int axis : axes) {
            if (p.shape().dim(axis) == 0) p = p.session().constant(p.shape().with(axis, 1), p.dtype(), 1);
            for (int n = p.shape().dim(axis); n > 1; n = p.shape().dim(axis)) {
                int half = n / 2;
                Tensor pairs = p.narrow(axis, 0, half).times(p.narrow(axis, half, half));
                p = n % 2 == 0 ? pairs : Tensor.concat(axis, pairs, p.narrow(axis, n - 1, 1));
            }
        }
        return p;
    }

    private static Tensor sumTo(Tensor c, Shape to) {
        int[] axes = IntStream.range(0, to.rank()).filter(i -> to.dim(i) == 1 && c.shape().dim(i) != 1)
                .toArray();
        return axes.length == 0 ? c : c.sum(Axes.of(axes).keep());
    }

    private static boolean isTransposed(Tensor t) {
        if (!(t.op() instanceof Op.Permute(List<Integer> order))) return false;
        int r = order.size();
        for (int i = 0; i < r - 2; i++) if (order.get(i) != i) return false;
        return order.get(r - 1) == r - 2;
    }
}
