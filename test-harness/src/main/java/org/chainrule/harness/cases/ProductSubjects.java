package org.chainrule.harness.cases;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.harness.Input;
import org.chainrule.harness.Names;
import org.chainrule.harness.Values;
import org.chainrule.harness.View;

/** Products of matrices: sizes beside every tile's edge, vectors, batches, transposed and strided operands, epilogues. */
final class ProductSubjects {
    private static final Values ANY = Values.between(-1, 1);
    private static final int[][] SIZES =
            {{1, 1, 1}, {1, 7, 1}, {7, 1, 5}, {2, 3, 4}, {13, 17, 11}, {16, 16, 16}, {31, 33, 17}, {64, 5, 65},
                {5, 129, 48}, {48, 49, 3}, {65, 31, 97}};

    private ProductSubjects() {}

    static Stream<Subject> all() {
        return Stream.of(sizes(), views(), batches(), epilogues()).flatMap(s -> s);
    }

    private static Stream<Subject> sizes() {
        return Stream.of(SIZES).map(s -> product(s[0] + "x" + s[1] + "x" + s[2], matrix(s[0], s[1]),
                matrix(s[1], s[2])));
    }

    private static Stream<Subject> views() {
        return Stream.of(View.values()).filter(v -> v != View.WHOLE).flatMap(v -> Stream.of(
                product("left-" + Names.of(v), matrix(19, 21).through(v), matrix(21, 18)),
                product("right-" + Names.of(v), matrix(19, 21), matrix(21, 18).through(v)),
                product("both-" + Names.of(v), matrix(19, 21).through(v), matrix(21, 18).through(v))));
    }

    private static Stream<Subject> batches() {
        return Stream.of(product("batch", input(3, 5, 7), input(3, 7, 4)),
                product("batch-broadcast", input(2, 1, 5, 7), input(3, 7, 4)),
                product("batch-by-matrix", input(4, 5, 7), matrix(7, 3)),
                product("matrix-by-batch", matrix(5, 7), input(4, 7, 3)),
                product("vector-matrix", input(9), matrix(9, 6)), product("matrix-vector", matrix(6, 9), input(9)),
                product("dot", input(33), input(33)), product("batch-vector", input(3, 5, 7), input(7)),
                Subject.of("outer", "9x7", in -> in.getFirst().outer(in.getLast()), input(9), input(7)));
    }

    private static Stream<Subject> epilogues() {
        Input x = matrix(17, 23), w = matrix(23, 19), b = input(19), other = matrix(17, 19);
        return Stream.of(fused("bias", in -> product(in).plus(in.get(2)), x, w, b),
                fused("bias-relu", in -> product(in).plus(in.get(2)).relu(), x, w, b),
                fused("bias-tanh", in -> product(in).plus(in.get(2)).tanh(), x, w, b),
                fused("gated", in -> product(in).times(in.get(2)).sigmoid(), x, w, other),
                fused("residual", in -> product(in).times(0.5).plus(in.get(2)), x, w, other),
                fused("scaled-twice", in -> product(in).times(2).plus(product(in).square()), x, w),
                fused("transposed-after", in -> product(in).t().tanh(), x, w),
                fused("chain", in -> in.get(0).matmul(in.get(1)).tanh().matmul(in.get(2)), x, w, matrix(19, 8)));
    }

    private static Tensor product(List<Tensor> in) {
        return in.get(0).matmul(in.get(1));
    }

    private static Subject product(String variant, Input a, Input b) {
        return Subject.of("matmul", variant, ProductSubjects::product, a, b);
    }

    private static Subject fused(String variant, Function<List<Tensor>, Tensor> f, Input... inputs) {
        return Subject.of("matmul", "then-" + variant, f, inputs);
    }

    private static Input matrix(int m, int n) {
        return input(m, n);
    }

    private static Input input(int... dims) {
        return Input.of(Shape.of(dims), DType.F32, ANY);
    }
}
