package org.chainrule.harness.cases;

import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.harness.Input;
import org.chainrule.harness.Values;

/** What moves elements, by strides and by indices. */
final class MovementSubjects {
    private static final Values ANY = Values.between(-2, 2);

    private MovementSubjects() {}

    static Stream<Subject> all() {
        return Stream.concat(byStrides(), byIndices());
    }

    private static Stream<Subject> byStrides() {
        return Stream.of(one("reshape", "merge", x -> x.reshape(20, 6)),
                one("reshape", "split", x -> x.reshape(2, 2, 30)),
                one("reshape", "of-transposed", x -> x.transpose(0, 2).reshape(-1)),
                one("permute", "201", x -> x.permute(2, 0, 1)), one("permute", "021", x -> x.permute(0, 2, 1)),
                one("transpose", "ends", x -> x.transpose(0, -1)),
                one("expand", "front", x -> x.unsqueeze(0).expand(3, 4, 5, 6)),
                one("expand", "middle", x -> x.unsqueeze(2).expand(4, 5, 7, 6)),
                one("slice", "inner", x -> x.slice(1, 1, 4)), one("slice", "step", x -> x.slice(2, 1, 6, 2)),
                one("slice", "twice", x -> x.slice(2, 1, 6, 2).slice(2, 1, 3)),
                one("narrow", "last", x -> x.narrow(2, 2, 3)), one("select", "middle", x -> x.select(1, 3)),
                one("flip", "all", x -> x.flip(0, 1, 2)), one("pad", "both", x -> x.pad(1, 2, 3, 0)),
                one("pad", "value", x -> x.pad(2, 1, 0, 1.5)), one("roll", "3", x -> x.roll(1, 3)),
                one("tile", "213", x -> x.tile(2, 1, 3)),
                one("repeat_interleave", "axis1", x -> x.repeatInterleave(1, 3)),
                one("tril", "0", x -> x.tril(0)), one("triu", "1", x -> x.triu(1)),
                one("unfold", "overlap", x -> x.unfold(2, 3, 2)), one("unfold", "gap", x -> x.unfold(1, 2, 3)),
                one("diagonal", "5x5", x -> x.slice(2, 0, 5).select(0, 1).diagonal()),
                one("concat", "self", x -> Tensor.concat(1, x, x.negate(), x.slice(1, 0, 2))),
                one("stack", "middle", x -> Tensor.stack(1, x, x.square())),
                Subject.ofSeveral("chunk", "uneven", in -> in.getFirst().chunk(1, 2), cube()),
                Subject.ofSeveral("split", "132", in -> in.getFirst().split(2, 1, 3, 2), cube()),
                Subject.of("concat", "three", in -> Tensor.concat(0, in.toArray(Tensor[]::new)), input(3, 7),
                        input(1, 7), input(12, 7)));
    }

    private static Stream<Subject> byIndices() {
        return Stream.of(
                two("gather", "axis1", (x, i) -> x.gather(1, i), input(7, 9), indices(9, 7, 4)),
                two("gather", "axis0", (x, i) -> x.gather(0, i), input(7, 9), indices(7, 12, 9)),
                two("index_select", "axis0", (x, i) -> x.indexSelect(0, i), input(7, 9), indices(7, 11)),
                two("index_select", "axis1", (x, i) -> x.indexSelect(1, i), input(7, 9), indices(9, 40)),
                two("embedding", "2d", (x, i) -> x.embedding(i), input(13, 5), indices(13, 4, 6)),
                Subject.of("scatter_add", "axis1", in -> in.get(0).scatterAdd(1, in.get(1), in.get(2)), input(5, 6),
                        indices(6, 5, 20), input(5, 20)),
                Subject.of("scatter_add", "axis0-many", in -> in.get(0).scatterAdd(0, in.get(1), in.get(2)),
                        input(3, 2), indices(3, 300, 2), input(300, 2)),
                Subject.of("index_add", "axis0", in -> in.get(0).indexAdd(0, in.get(1), in.get(2)), input(4, 5),
                        indices(4, 9), input(9, 5)),
                Subject.of("where", "mask", in -> in.get(0).where(in.get(1), in.get(2)),
                        Input.of(Shape.of(11, 13), DType.BOOL, Values.integers(0, 1)), input(11, 13), input(11, 13)),
                Subject.of("masked_fill", "mask", in -> in.get(1).maskedFill(in.get(0), -3),
                        Input.of(Shape.of(11, 13), DType.BOOL, Values.integers(0, 1)), input(11, 13)),
                Subject.of("one_hot", "5", in -> in.getFirst().oneHot(5, DType.F32), indices(5, 12)));
    }

    private static Subject one(String op, String variant, UnaryOperator<Tensor> f) {
        return Subject.of(op, variant, in -> f.apply(in.getFirst()), cube());
    }

    private interface Indexed {
        Tensor apply(Tensor x, Tensor index);
    }

    private static Subject two(String op, String variant, Indexed f, Input x, Input index) {
        Function<List<Tensor>, Tensor> g = in -> f.apply(in.get(0), in.get(1));
        return Subject.of(op, variant, g, x, index);
    }

    private static Input cube() {
        return input(4, 5, 6);
    }

    private static Input input(int... dims) {
        return Input.of(Shape.of(dims), DType.F32, ANY);
    }

    private static Input indices(int below, int... dims) {
        return Input.of(Shape.of(dims), DType.I64, Values.integers(0, below - 1));
    }
}
