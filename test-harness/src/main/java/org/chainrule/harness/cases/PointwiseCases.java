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
        return Ops.ALL.stream().flatMap(op -> Stream.of(DType.F32, DType.F64).flatMap(t -> cases(op, t)));
    }

    private Stream<Case> cases(Pointwise op, DType type) {
        String head = name() + "/" + op.name() + "/" + Names.of(type) + "/";
        Values values = op.forward().isPredicate() ? Values.integers(-1, 1)
                : Values.between(op.lo(), op.hi()).awayFrom(op.kinks());
        Stream<Case> shapes = SHAPES.stream().map(s -> of(op, head + Names.of(s), inputs(op, s, type, values)));
        Stream<Case> views = Stream.of(View.values()).filter(v -> v != View.WHOLE)
                .map(v -> of(op, head + Names.of(v), inputs(op, Shape.of(7, 13), type, values)
                        .stream().map(i -> i.through(v)).toList()));
        Stream<Case> broadcasts = op.arity() < 2 ? Stream.of()
                : IntStream.range(0, op.arity()).mapToObj(small -> of(op, head + "broadcast" + small,
                        IntStream.range(0, op.arity())
                                .mapToObj(i -> Input.of(i == small ? Shape.of(11, 1) : Shape.of(5, 11, 3), type,
                                        values))
                                .toList()));
        return Stream.of(shapes, views, broadcasts).flatMap(s -> s);
    }

    private static List<Input> inputs(Pointwise op, Shape shape, DType type, Values values) {
        return IntStream.range(0, op.arity()).mapToObj(_ -> Input.of(shape, type, values)).toList();
    }

    private static Case of(Pointwise op, String name, List<Input> inputs) {
        return new Case(name, op.name(), Oracle.ANALYSIS,
                new OpCheck(inputs, in -> List.of(Tensor.map(op, in.toArray(Tensor[]::new)))));
    }
}
