package org.chainrule.harness.cases;

import java.util.List;
import java.util.function.IntFunction;
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
import org.chainrule.harness.Target;
import org.chainrule.harness.Values;
import org.chainrule.harness.View;

/** Every op of the table on the interval that it names: each dtype, shapes, views, and each argument broadcast. */
final class PointwiseCases implements Family {
    /** Shapes that every op meets. */
    private static final List<Shape> SHAPES = List.of(Shape.SCALAR, Shape.of(1), Shape.of(207), Shape.of(23, 47),
            Shape.of(3, 1, 5));

    @Override
    public String name() {
        return "pointwise";
    }

    @Override
    public Stream<Case> cases(Target target) {
        return Stream.of(DType.F32, DType.F64).flatMap(t -> subjects(t).map(s -> s.analysed(name(), t)));
    }

    static Stream<Subject> subjects(DType type) {
        return Ops.ALL.stream().flatMap(op -> subjects(op, type));
    }

    private static Stream<Subject> subjects(Pointwise op, DType type) {
        Values values = op.forward().isPredicate() ? Values.integers(-1, 1)
                : Values.between(op.lo(), op.hi()).awayFrom(op.kinks());
        Stream<Subject> shapes = SHAPES.stream().map(s -> of(op, Names.of(s), _ -> Input.of(s, type, values)));
        Stream<Subject> views = Stream.of(View.values()).filter(v -> v != View.WHOLE)
                .map(v -> of(op, Names.of(v), _ -> new Input(Shape.of(7, 13), type, values, v)));
        Stream<Subject> broadcasts = IntStream.range(0, op.arity() < 2 ? 0 : op.arity()).mapToObj(small -> of(op,
                "broadcast" + small,
                i -> Input.of(i == small ? Shape.of(11, 1) : Shape.of(5, 11, 3), type, values)));
        return Stream.of(shapes, views, broadcasts).flatMap(s -> s);
    }

    private static Subject of(Pointwise op, String variant, IntFunction<Input> argument) {
        return Subject.of(op.name(), variant, in -> Tensor.map(op, in.toArray(Tensor[]::new)),
                IntStream.range(0, op.arity()).mapToObj(argument).toArray(Input[]::new));
    }
}
