package org.chainrule.harness.cases;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chainrule.Axes;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.harness.Input;
import org.chainrule.harness.Names;
import org.chainrule.harness.Values;
import org.chainrule.harness.View;

/** Folds: over each choice of axes, kept and dropped, of tensors seen through views. */
final class ReductionSubjects {
    private record Fold(String op, Values values, BiFunction<Tensor, Axes, Tensor> function) {}

    private static final Values ANY = Values.between(-2, 2), POSITIVE = Values.between(0.9, 1.1),
            // repeated, so that there are ties, and gradients must say which element has them
            TIES = Values.integers(-3, 3);
    private static final List<Fold> FOLDS = List.of(new Fold("sum", ANY, Tensor::sum),
            new Fold("mean", ANY, Tensor::mean), new Fold("prod", POSITIVE, Tensor::prod),
            new Fold("max", ANY, Tensor::max), new Fold("min", ANY, Tensor::min),
            new Fold("var", ANY, (x, a) -> x.var(1, a)), new Fold("std", ANY, (x, a) -> x.std(1, a)),
            new Fold("norm", ANY, (x, a) -> x.norm(2, a)), new Fold("norm1", ANY, (x, a) -> x.norm(1, a)),
            new Fold("logsumexp", ANY, Tensor::logSumExp));
    private static final List<int[]> AXES = List.of(new int[] {0}, new int[] {1}, new int[] {2}, new int[] {0, 2},
            new int[] {1, 2}, new int[] {-1, 0, 1});

    private ReductionSubjects() {}

    static Stream<Subject> all() {
        return Stream.of(FOLDS.stream().flatMap(ReductionSubjects::folds), ties(), indices(), sums())
                .flatMap(s -> s);
    }

    private static Stream<Subject> folds(Fold f) {
        Shape cube = Shape.of(4, 9, 5);
        Stream<Subject> axes = AXES.stream().map(a -> Subject.of(f.op, "axes" + Arrays.stream(a)
                .mapToObj(Integer::toString).collect(Collectors.joining(",")),
                in -> f.function.apply(in.getFirst(), Axes.of(a)), input(cube, f.values)));
        Stream<Subject> kept = Stream.of(Subject.of(f.op, "keep",
                in -> f.function.apply(in.getFirst(), Axes.of(1).keep()), input(cube, f.values)));
        Stream<Subject> whole = Stream.of(Shape.of(2), Shape.of(1031), Shape.of(37, 41))
                .map(s -> Subject.of(f.op, "all-" + Names.of(s),
                        in -> f.function.apply(in.getFirst(), Axes.all()), input(s, f.values)));
        Stream<Subject> views = Stream.of(View.values()).filter(v -> v != View.WHOLE)
                .map(v -> Subject.of(f.op, Names.of(v), in -> f.function.apply(in.getFirst(), Axes.of(1)),
                        input(Shape.of(6, 11), f.values).through(v)));
        return Stream.of(axes, kept, whole, views).flatMap(s -> s);
    }

    private static Stream<Subject> ties() {
        Input x = input(Shape.of(8, 9), TIES);
        return Stream.of(Subject.of("max", "ties", in -> in.getFirst().max(1), x),
                Subject.of("min", "ties", in -> in.getFirst().min(0), x),
                Subject.of("max", "ties-all", in -> in.getFirst().max(), x)).map(Subject::kinked);
    }

    private static Stream<Subject> indices() {
        Input x = input(Shape.of(8, 9), ANY), repeated = input(Shape.of(8, 9), TIES);
        return Stream.of(x, repeated).flatMap(i -> {
            String which = i == x ? "" : "ties-";
            return Stream.of(Subject.of("argmax", which + "axis0", in -> in.getFirst().argmax(0), i),
                    Subject.of("argmax", which + "axis1", in -> in.getFirst().argmax(1), i),
                    Subject.of("argmin", which + "axis1", in -> in.getFirst().argmin(1), i),
                    Subject.of("argmin", which + "transposed", in -> in.getFirst().argmin(0),
                            i.through(View.TRANSPOSED)));
        });
    }

    private static Stream<Subject> sums() {
        Stream<Subject> axes = Stream.of(0, 1, 2).map(a -> Subject.of("cumsum", "axis" + a,
                in -> in.getFirst().cumsum(a), input(Shape.of(3, 17, 5), ANY)));
        return Stream.concat(axes, Stream.of(Subject.of("cumsum", "broadcast",
                in -> in.getFirst().expandTo(Shape.of(9, 7)).cumsum(0), input(Shape.of(1, 7), ANY))));
    }

    private static Input input(Shape s, Values v) {
        return Input.of(s, DType.F32, v);
    }
}
