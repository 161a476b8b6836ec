package org.chainrule.harness.cases;

import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.expr.Pointwise;
import org.chainrule.harness.Input;
import org.chainrule.harness.Names;
import org.chainrule.harness.Values;
import org.chainrule.harness.View;

/** Every op of the table on the interval that it names: each dtype, shapes, views, and each argument broadcast. */
final class PointwiseSubjects {
    /** Shapes that every op meets. */
    private static final List<Shape> SHAPES =
            List.of(Shape.SCALAR, Shape.of(1), Shape.of(207), Shape.of(23, 47), Shape.of(3, 1, 5));

    /** There are many ops, and where their elements lie does not depend on their types: one kind of view is enough in the second. */
    static final Set<View> VIEWS_IN_DOUBLE = Set.of(View.WHOLE, View.STEPPED);

    private PointwiseSubjects() {}

    static Stream<Subject> all() {
        return Ops.ALL.stream().flatMap(PointwiseSubjects::of);
    }

    private static Stream<Subject> of(Pointwise op) {
        Values values = op.forward().isPredicate() ? Values.integers(-1, 1)
                : Values.between(op.lo(), op.hi()).awayFrom(op.kinks());
        Stream<Subject> shapes = SHAPES.stream().map(s -> of(op, Names.of(s), _ -> Input.of(s, DType.F32, values)));
        Stream<Subject> views = Stream.of(View.values()).filter(v -> v != View.WHOLE)
                .map(v -> of(op, Names.of(v), _ -> new Input(Shape.of(7, 13), DType.F32, values, v)));
        Stream<Subject> broadcasts = IntStream.range(0, op.arity() < 2 ? 0 : op.arity()).mapToObj(small -> of(op,
                "broadcast" + small,
                i -> Input.of(i == small ? Shape.of(11, 1) : Shape.of(5, 11, 3), DType.F32, values)));
        return Stream.of(shapes, views, broadcasts).flatMap(s -> s);
    }

    private static Subject of(Pointwise op, String variant, IntFunction<Input> argument) {
        return Subject.of(op.name(), variant, in -> Tensor.map(op, in.toArray(Tensor[]::new)),
                IntStream.range(0, op.arity()).mapToObj(argument).toArray(Input[]::new));
    }
}
