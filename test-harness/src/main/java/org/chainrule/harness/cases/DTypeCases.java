package org.chainrule.harness.cases;

import java.util.List;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.expr.Pointwise;
import org.chainrule.harness.Case;
import org.chainrule.harness.Family;
import org.chainrule.harness.Input;
import org.chainrule.harness.Names;
import org.chainrule.harness.OpCheck;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Target;
import org.chainrule.harness.Values;
import org.chainrule.harness.View;

/** Whole numbers, truth values and the half-width types: arithmetic, comparisons, folds, and casts between all dtypes. */
final class DTypeCases implements Family {
    private static final List<Pointwise> ARITHMETIC = List.of(Ops.ADD, Ops.SUB, Ops.MUL, Ops.MAXIMUM, Ops.MINIMUM,
            Ops.NEG, Ops.ABS, Ops.SIGN, Ops.SQUARE, Ops.RELU, Ops.LT, Ops.LE, Ops.EQ, Ops.NE);
    private static final List<Pointwise> LOGIC = List.of(Ops.AND, Ops.OR, Ops.NOT, Ops.EQ, Ops.NE);
    private static final List<Pointwise> SMALL = List.of(Ops.ADD, Ops.MUL, Ops.DIV, Ops.TANH, Ops.GELU, Ops.RELU,
            Ops.SQRT);

    @Override
    public String name() {
        return "dtype";
    }

    @Override
    public Stream<Case> cases(Target target) {
        Stream<Case> whole = Stream.of(DType.I32, DType.I64).flatMap(t -> Stream.concat(
                ARITHMETIC.stream().flatMap(op -> pointwise(op, t, Values.integers(-100, 100))), folds(t)));
        Stream<Case> logic = LOGIC.stream().flatMap(op -> pointwise(op, DType.BOOL, Values.integers(0, 1)));
        Stream<Case> half = Stream.of(DType.F16, DType.BF16).flatMap(t -> Stream.concat(SMALL.stream()
                .flatMap(op -> pointwise(op, t, Values.between(Math.max(0.5, op.lo()), Math.min(4, op.hi())))),
                folds(t)));
        return Stream.of(whole, logic, half, casts()).flatMap(s -> s);
    }

    private Stream<Case> pointwise(Pointwise op, DType type, Values values) {
        return Stream.of(View.WHOLE, View.TRANSPOSED, View.STEPPED).map(v -> {
            Input x = new Input(Shape.of(9, 23), type, values, v);
            List<Input> inputs = op.arity() == 1 ? List.of(x) : List.of(x, x);
            return of(op.name(), type, Names.of(v),
                    new OpCheck(inputs, in -> List.of(Tensor.map(op, in.toArray(Tensor[]::new)))));
        });
    }

    private Stream<Case> folds(DType type) {
        Values values = Values.integers(-9, 9);
        Input x = Input.of(Shape.of(13, 29), type, values);
        Input a = Input.of(Shape.of(7, 12), type, values), b = Input.of(Shape.of(12, 5), type, values);
        Input index = Input.of(Shape.of(8, 29), DType.I64, Values.integers(0, 12));
        Stream<Case> all = Stream.of(of("sum", type, "all", OpCheck.of(in -> in.getFirst().sum(), x)),
                of("sum", type, "axis0", OpCheck.of(in -> in.getFirst().sum(0), x)),
                of("max", type, "axis1", OpCheck.of(in -> in.getFirst().max(1), x)),
                of("min", type, "all", OpCheck.of(in -> in.getFirst().min(), x)),
                of("argmax", type, "axis1", OpCheck.of(in -> in.getFirst().argmax(1), x)),
                of("cumsum", type, "axis1", OpCheck.of(in -> in.getFirst().cumsum(1), x)),
                of("concat", type, "axis0", OpCheck.of(in -> Tensor.concat(0, in.get(0), in.get(0)), x)),
                of("permute", type, "10", OpCheck.of(in -> Tensor.concat(0, in.getFirst().t(), in.getFirst().t()), x)),
                of("pad", type, "both", OpCheck.of(in -> in.getFirst().pad(1, 2, 1, 0), x)),
                of("gather", type, "axis0", OpCheck.of(in -> in.get(0).gather(0, in.get(1)), x, index)),
                of("where", type, "zero", OpCheck.of(in -> in.get(0).lt(in.get(1)).where(in.get(0), in.get(1)), a, a)));
        // products of whole numbers are refused
        return type.isInteger() ? all : Stream.concat(all,
                Stream.of(of("matmul", type, "7x12x5", OpCheck.of(in -> in.get(0).matmul(in.get(1)), a, b))));
    }

    /** Every dtype to every other: as values of its own, and fused between ops. */
    private Stream<Case> casts() {
        Values values = Values.of(0, -0.0, 1, -1, 2.5, -2.5, 3.999, -3.999, 100.25, 1000.0625, 1.0 / 3, 65504, 1e-3);
        return Stream.of(DType.values()).flatMap(from -> Stream.of(DType.values()).filter(to -> to != from)
                .flatMap(to -> {
                    Input x = Input.of(Shape.of(7, 31), from, values);
                    String variant = "to-" + Names.of(to);
                    return Stream.of(of("cast", from, variant, OpCheck.of(in -> in.getFirst().to(to), x)),
                            of("cast", from, variant + "-and-back", OpCheck.of(in -> in.getFirst().to(to).to(from), x)),
                            of("cast", from, variant + "-between", OpCheck.of(
                                    in -> in.getFirst().to(DType.F64).times(1.5).to(to).to(DType.F32).plus(1), x)));
                }));
    }

    private Case of(String op, DType type, String variant, OpCheck check) {
        return new Case(name() + "/" + op + "/" + Names.of(type) + "/" + variant, op, type, Oracle.ANALYSIS, check);
    }
}
