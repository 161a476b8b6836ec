package org.chainrule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chainrule.expr.Expr;
import org.chainrule.graph.Op;

/** Makes element-wise nodes: broadcasts, finds the result's dtype, and folds literals into the formula. */
final class Mapping {
    /** Below this every whole number is a double. */
    private static final double EXACT = 0x1p53;

    private Mapping() {}

    /** {@code expr} of the elements of {@code given}, broadcast together. */
    static Tensor node(String name, Expr expr, Tensor... given) {
        Tensor[] args = given.clone();
        for (int i = 0; i < args.length; i++)
            if (args[i].dtype().arithmetic() != args[i].dtype()) args[i] = args[i].to(args[i].dtype().arithmetic());
        return node(name, expr, resultType(name, expr, args), args);
    }

    /** As {@link #node(String, Expr, Tensor...)}, of arithmetic dtypes, with the result's dtype told. */
    static Tensor node(String name, Expr expr, DType type, Tensor... args) {
        Shape s = args[0].shape();
        for (Tensor t : args) s = Shape.broadcast(name, s, t.shape());
        Session session = args[0].session();
        Expr e = expr;
        List<Tensor> live = new ArrayList<>();
        Expr[] to = new Expr[args.length];
        boolean folds = false;
        for (int i = 0; i < args.length; i++) {
            if (args[i].op() instanceof Op.Constant(double v)) {
                to[i] = Expr.of(v);
                folds = true;
            } else {
                to[i] = Expr.arg(live.size());
                live.add(args[i].expandTo(s));
            }
        }
        if (folds) e = expr.with(to);
        if (live.isEmpty() && !usesIndex(e)) {
            double v = e.eval(new double[0]);
            if (!type.isInteger() || Math.abs(v) < EXACT) return session.constant(s, type, type.round(v));
            Tensor[] made = Arrays.stream(args).map(session::materialised).toArray(Tensor[]::new);
            return node(name, expr, type, made);
        }
        return new Tensor(session, new Op.Map(name, e), s, type, live.toArray(Tensor[]::new));
    }

    private static boolean usesIndex(Expr e) {
        return switch (e) {
            case Expr.Index _ -> true;
            case Expr.Arg _, Expr.Const _ -> false;
            case Expr.Unary(Expr.Fn _, Expr x) -> usesIndex(x);
            case Expr.Binary(Expr.Fn2 _, Expr a, Expr b) -> usesIndex(a) || usesIndex(b);
            case Expr.Where(Expr c, Expr t, Expr o) -> usesIndex(c) || usesIndex(t) || usesIndex(o);
        };
    }

    private static DType resultType(String name, Expr expr, Tensor[] args) {
        return typeOf(name, expr, args, new IdentityHashMap<>()).orElse(args[0].dtype());
    }

    /** The dtype that {@code e} has; literals take that of what they are combined with and have none of their own. */
    private static Optional<DType> typeOf(String name, Expr e, Tensor[] args, Map<Expr, Optional<DType>> done) {
        Optional<DType> seen = done.get(e);
        if (seen != null) return seen;
        Optional<DType> type = switch (e) {
            case Expr.Arg(int i) -> Optional.of(args[i].dtype());
            case Expr.Const _ -> Optional.empty();
            case Expr.Index _ -> Optional.of(DType.I64);
            case Expr.Unary(Expr.Fn fn, Expr x) -> {
                Optional<DType> of = typeOf(name, x, args, done);
                if (fn.isTranscendental() && of.filter(DType::isInteger).isPresent())
                    throw new InvalidArgumentException(
                            name + ": dtype " + of.get() + " is not a float type; convert it, as in x.to(DType.F32)");
                yield of;
            }
            case Expr.Binary(Expr.Fn2 fn, Expr a, Expr b) -> {
                Optional<DType> common = common(name, typeOf(name, a, args, done), typeOf(name, b, args, done));
                yield fn.isPredicate() ? Optional.of(DType.BOOL) : common;
            }
            case Expr.Where(Expr c, Expr t, Expr o) -> {
                DType condition = typeOf(name, c, args, done).orElse(DType.BOOL);
                if (condition != DType.BOOL) throw new InvalidArgumentException(
                        name + ": the condition has dtype " + condition + ", not BOOL; compare it, as in x.gt(0)");
                yield common(name, typeOf(name, t, args, done), typeOf(name, o, args, done));
            }
        };
        done.put(e, type);
        return type;
    }

    private static Optional<DType> common(String name, Optional<DType> a, Optional<DType> b) {
        if (a.isPresent() && b.isPresent()) Tensor.requireSameType(name, a.get(), b.get());
        return a.isPresent() ? a : b;
    }
}
