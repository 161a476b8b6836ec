package org.chainrule.harness.cases;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.harness.Case;
import org.chainrule.harness.Family;
import org.chainrule.harness.Input;
import org.chainrule.harness.OpCheck;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Target;
import org.chainrule.harness.Values;
import org.chainrule.harness.View;

/** Shapes just beyond where device functions divide folds among groups and products into tiles: small enough for a simulator, and chosen as any other shape is. */
public final class StructureCases implements Family {
    private static final Values ANY = Values.between(-1, 1);
    /** Odd, and more than two parts of a fold have. */
    private static final int LONG = 8209;
    /** More than a processor's items fold alone, and less than two parts. */
    private static final int MIDDLE = 4111;

    @Override
    public String name() {
        return "structure";
    }

    @Override
    public Stream<Case> cases(Target target) {
        DType t = DType.F32, half = DType.BF16;
        return Stream.of(one("sum", "groups", t, Tensor::sum, MIDDLE),
                one("max", "groups-of-columns", t, x -> x.max(0), MIDDLE, 2),
                one("sum", "parts", t, x -> x.tanh().sum().times(2), LONG),
                one("min", "parts-of-columns", half, x -> x.min(0), LONG, 2),
                product("packed", half, matrix(half, 17, 31), matrix(half, 31, 63)),
                product("packed-transposed", t, matrix(t, 17, 31), matrix(t, 31, 65).through(View.TRANSPOSED)),
                product("in-place", t, matrix(t, 37, 15), matrix(t, 15, 64)),
                product("batches", t, matrix(t, 2, 1, 5, 9), matrix(t, 3, 9, 17)));
    }

    private Case one(String op, String variant, DType t, Function<Tensor, Tensor> f, int... dims) {
        return of(op, variant, t, OpCheck.of(in -> f.apply(in.getFirst()), matrix(t, dims)));
    }

    /** A product and its two gradients; few of a block's rows and columns lie beyond the ends, for a simulator takes as long for those. */
    private Case product(String variant, DType t, Input a, Input b) {
        return of("matmul", variant, t,
                new OpCheck(List.of(a, b), in -> List.of(in.get(0).matmul(in.get(1)).plus(0.5).relu())));
    }

    private Case of(String op, String variant, DType t, OpCheck check) {
        return new Case(name() + "/" + op + "/" + t.name().toLowerCase(java.util.Locale.ROOT) + "/" + variant, op, t,
                Oracle.ANALYSIS, check);
    }

    private static Input matrix(DType t, int... dims) {
        return Input.of(Shape.of(dims), t, ANY);
    }
}
