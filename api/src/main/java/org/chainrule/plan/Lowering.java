package org.chainrule.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Expr;
import org.chainrule.graph.Op;
import org.chainrule.plan.Value.Ref;
import org.chainrule.spi.Buffer;

/**
 * From tensors to values: composites that the device has no kernel for become their bodies, movement becomes layouts,
 * equal values become one, and only what the roots need is kept.
 */
final class Lowering {
    private record Key(Object op, List<Ref> inputs, Shape shape, DType dtype) {}

    private static final Expr SAME = Expr.arg(0);

    private final Set<String> composites;
    private final Table<Tensor, Ref> refs = new Table<>();
    private final Map<Key, Value> known = new HashMap<>();
    final List<Value> values = new ArrayList<>();

    Lowering(Set<String> composites) {
        this.composites = composites;
    }

    /** How to read {@code t}, lowering what it needs. */
    Ref lower(Tensor t) {
        Set<Tensor> entered = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Tensor> stack = new ArrayDeque<>();
        stack.push(t);
        while (!stack.isEmpty()) {
            Tensor x = stack.peek();
            if (refs.has(x)) {
                stack.pop();
            } else if (entered.add(x)) {
                for (Tensor p : parents(x)) if (!refs.has(p)) stack.push(p);
            } else {
                stack.pop();
                refs.put(x, ref(x));
            }
        }
        return refs.get(t);
    }

    /** Whether {@code t} is read from a buffer; what the host supplies is asked for anew even where it was observed. */
    private static boolean isGiven(Tensor t) {
        return t.op() instanceof Op.Leaf || t.buffer() != Buffer.NONE && !(t.op() instanceof Op.HostScalar);
    }

    private List<Tensor> parents(Tensor t) {
        if (isGiven(t)) return List.of();
        return t.op() instanceof Op.Composite(String name, List<Double> _, Tensor body, Op.GradientRule _)
                && !composites.contains(name)
                        ? List.of(body)
                        : t.inputs();
    }

    private Ref ref(Tensor t) {
        if (isGiven(t))
            return whole(value(t.op() instanceof Op.Leaf l ? l : new Op.Leaf(t.name()), List.of(), t, false));
        return switch (t.op()) {
            case Op.Constant(double v) -> new Ref.Literal(v, t.dtype());
            case Op.StopGradient _ -> input(t, 0);
            case Op.Composite(String name, List<Double> _, Tensor body, Op.GradientRule _) when !composites
                    .contains(name) -> refs.get(body);
            case Op.Permute(List<Integer> order) -> moved(t, l -> l.permute(order));
            case Op.Expand _ -> moved(t, l -> l.expand(t.shape()));
            case Op.Slice(List<Integer> start, List<Integer> step) -> moved(t, l -> l.slice(t.shape(), start, step));
            case Op.Reshape _ -> switch (input(t, 0)) {
                case Ref.Literal l -> l;
                case Ref.View(Value of, Layout layout) -> layout.reshape(t.shape())
                        .<Ref>map(l -> new Ref.View(of, l))
                        .orElseGet(() -> new Ref.View(copy(new Ref.View(of, layout), layout.shape(), t),
                                Layout.of(t.shape())));
            };
            case Op.Map _, Op.Cast _, Op.Reduce _, Op.ArgReduce _, Op.CumulativeSum _, Op.MatMul _, Op.Embed _, Op.Concat _, Op.Gather _, Op.ScatterAdd _ ->
                    whole(value(t.op(), inputs(t), t, true));
            case Op.Leaf _, Op.HostScalar _, Op.Random _, Op.Composite _ -> whole(value(t.op(), inputs(t), t, false));
        };
    }

    private Ref input(Tensor t, int i) {
        return refs.get(t.inputs().get(i));
    }

    private Ref moved(Tensor t, java.util.function.UnaryOperator<Layout> move) {
        return switch (input(t, 0)) {
            case Ref.Literal l -> l;
            case Ref.View(Value of, Layout layout) -> new Ref.View(of, move.apply(layout));
        };
    }

    /** Inputs as references; a literal is kept only where the op is pointwise, and filled in elsewhere. */
    private List<Ref> inputs(Tensor t) {
        List<Ref> r = new ArrayList<>();
        for (int i = 0; i < t.inputs().size(); i++) {
            Ref in = input(t, i);
            r.add(in instanceof Ref.Literal && !(t.op() instanceof Op.Map) ? whole(filled(in, t.inputs().get(i))) : in);
        }
        return r;
    }

    private static Ref whole(Value v) {
        return new Ref.View(v, Layout.of(v.shape));
    }

    private Value value(Op op, List<Ref> inputs, Tensor t, boolean shared) {
        Key key = new Key(shared ? key(op) : t, inputs, t.shape(), t.dtype());
        return known.computeIfAbsent(key, _ -> add(op, inputs, t.shape(), t));
    }

    /** What tells ops apart: a formula, not what it is called. */
    private static Object key(Op op) {
        return op instanceof Op.Map(String _, Expr e) ? e : op;
    }

    private Value add(Op op, List<Ref> inputs, Shape shape, Tensor t) {
        Value v = new Value(values.size(), op, shape, t.dtype(), inputs, t);
        values.add(v);
        return v;
    }

    /** A value of its own with the elements that {@code ref} shows. */
    Value copy(Ref ref, Shape shape, Tensor t) {
        return add(new Op.Map("copy", SAME), List.of(ref), shape, t);
    }

    private Value filled(Ref literal, Tensor t) {
        return known.computeIfAbsent(new Key(SAME, List.of(literal), t.shape(), t.dtype()),
                _ -> copy(literal, t.shape(), t));
    }
}
