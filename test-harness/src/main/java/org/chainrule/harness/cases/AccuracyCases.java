package org.chainrule.harness.cases;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.expr.Pointwise;
import org.chainrule.harness.Case;
import org.chainrule.harness.Family;
import org.chainrule.harness.Input;
import org.chainrule.harness.OpCheck;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Target;
import org.chainrule.harness.Values;

/** Every op sampled densely in f32: over its interval, and over all numbers that the format has, each binade alike. */
final class AccuracyCases implements Family {
    private static final Shape MANY = Shape.of(1 << 14);

    @Override
    public String name() {
        return "accuracy";
    }

    @Override
    public Stream<Case> cases(Target target) {
        return Ops.ALL.stream().filter(op -> !op.forward().isPredicate())
                .flatMap(op -> Stream.of(
                        of(op, "interval", Values.between(op.lo(), op.hi()).awayFrom(op.kinks())),
                        of(op, "binades", r -> Float.intBitsToFloat(finite(r.nextInt())))));
    }

    /** The bits of a finite number: infinities and NaN give up their exponent. */
    private static int finite(int bits) {
        return (bits & 0x7F800000) == 0x7F800000 ? bits & 0x80FFFFFF : bits;
    }

    private Case of(Pointwise op, String variant, Values values) {
        List<Input> inputs = IntStream.range(0, op.arity()).mapToObj(_ -> Input.of(MANY, DType.F32, values)).toList();
        return new Case(name() + "/" + op.name() + "/f32/" + variant, op.name(), Oracle.ANALYSIS,
                new OpCheck(inputs, in -> List.of(Tensor.map(op, in.toArray(Tensor[]::new)))));
    }
}
