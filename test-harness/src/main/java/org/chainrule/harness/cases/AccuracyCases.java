package org.chainrule.harness.cases;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Expr;
import org.chainrule.expr.Ops;
import org.chainrule.expr.Pointwise;
import org.chainrule.harness.Accuracy;
import org.chainrule.harness.Case;
import org.chainrule.harness.Family;
import org.chainrule.harness.Input;
import org.chainrule.harness.OpCheck;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Sweep;
import org.chainrule.harness.Target;
import org.chainrule.harness.Values;
import org.chainrule.harness.Verdict;
import org.chainrule.harness.analysis.Arithmetic;

/**
 * Every op sampled densely in f32: over its interval, and over all numbers that the format has, each binade alike. The functions that networks are made of are also
 * swept far more densely, and held to what is promised of them.
 */
final class AccuracyCases implements Family {
    private static final Shape MANY = Shape.of(1 << 14);
    private static final int DENSE = 1 << 20;

    /** Units in the last place within which a value is, whatever the backend. */
    private record Promise(Pointwise op, double ulps) {
        /** Of an op that is one function: the limit of the function, from which the bounds of all others are derived. */
        static Promise of(Pointwise op) {
            return new Promise(op, switch (op.forward()) {
                case Expr.Unary(Expr.Fn fn, Expr.Arg _) -> Arithmetic.F32.limit(fn);
                case Expr.Binary(Expr.Fn2 fn, Expr.Arg _, Expr.Arg _) -> Arithmetic.F32.limit(fn);
                case Expr.Arg _, Expr.Const _, Expr.Index _, Expr.Unary _, Expr.Binary _, Expr.Where _ ->
                        throw new IllegalStateException(op + " is not one function, so no one limit is its own");
            });
        }
    }

    private static final List<Promise> PROMISES =
            Stream.of(Ops.EXP, Ops.LOG, Ops.TANH, Ops.SIGMOID, Ops.ERF, Ops.SQRT, Ops.DIV).map(Promise::of).toList();
    /**
     * Less than its functions' limits allow (1.5 of the normal distribution function, which the product may double, and 0.5 of
     * the product), and on its interval alone: beyond, the distribution function is subnormal before the value is.
     */
    private static final Promise GELU = new Promise(Ops.GELU, 2);

    @Override
    public String name() {
        return "accuracy";
    }

    @Override
    public Stream<Case> cases(Target target) {
        Stream<Case> derived = Ops.ALL.stream().filter(op -> !op.forward().isPredicate())
                .flatMap(op -> Stream.of(
                        of(op, "interval", Values.between(op.lo(), op.hi()).awayFrom(op.kinks())),
                        of(op, "binades", r -> Float.intBitsToFloat(Sweep.finite(r.nextInt())))));
        Stream<Case> intervals = Stream.concat(PROMISES.stream(), Stream.of(GELU))
                .map(p -> of(p, "dense-interval", Sweep::ofInterval));
        Stream<Case> formats = PROMISES.stream().map(p -> of(p, "dense-format", Sweep::ofFormat));
        return Stream.of(derived, intervals, formats).flatMap(c -> c);
    }

    private interface Sweeping {
        Sweep of(Pointwise op, int elements, SplittableRandom random);
    }

    private Case of(Promise promise, String variant, Sweeping sweeping) {
        Pointwise op = promise.op;
        return new Case(name() + "/" + op.name() + "/f32/" + variant, op.name(), DType.F32, Oracle.FORMULA, bench -> {
            bench.require(DType.F32);
            Accuracy worst = sweeping.of(op, DENSE, bench.random()).forward(bench.session());
            return worst.ulps() <= promise.ulps
                    ? new Verdict.Pass(new Verdict.Evidence(DENSE, List.of(worst), List.of()))
                    : new Verdict.Fail(
                            op + " at " + worst.where() + " is off by " + worst.ulps() + " ULP, promised are "
                                    + promise.ulps);
        });
    }

    private Case of(Pointwise op, String variant, Values values) {
        List<Input> inputs = IntStream.range(0, op.arity()).mapToObj(_ -> Input.of(MANY, DType.F32, values)).toList();
        return new Case(name() + "/" + op.name() + "/f32/" + variant, op.name(), DType.F32, Oracle.ANALYSIS,
                new OpCheck(inputs, in -> List.of(Tensor.map(op, in.toArray(Tensor[]::new)))));
    }
}
