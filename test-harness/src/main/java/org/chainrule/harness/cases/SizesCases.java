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
import org.chainrule.harness.Names;
import org.chainrule.harness.OpCheck;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Target;
import org.chainrule.harness.Values;

/** One op of each kind of kernel at extents on either side of every usual vector, tile, block and workgroup. */
final class SizesCases implements Family {
    private static final List<Integer> SIZES = List.of(7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255,
            256, 257, 1023, 1024, 1025);
    private static final Values ANY = Values.between(-2, 2);

    /** An op, and its inputs where an extent is {@code n}. */
    private interface Sized {
        OpCheck at(int n, DType type);
    }

    private record Kind(String name, String op, Sized sized) {
        /** In double precision those whose arithmetic has loops of its own there. */
        List<DType> dtypes() {
            return Stream.of("map", "sum", "matmul").anyMatch(name::startsWith) ? List.of(DType.F32, DType.F64)
                    : List.of(DType.F32);
        }
    }

    private static final List<Kind> KINDS = List.of(
            new Kind("map", "tanh", (n, t) -> OpCheck.of(in -> in.get(0).times(in.get(1)).plus(0.5).tanh(),
                    any(t, n), any(t, n))),
            new Kind("broadcast", "mul",
                    (n, t) -> OpCheck.of(in -> in.get(0).times(in.get(1)), any(t, 3, n), any(t, 3, 1))),
            one("sum-last", "sum", x -> x.sum(-1), n -> Shape.of(3, n)),
            one("sum-first", "sum", x -> x.sum(0), n -> Shape.of(n, 3)),
            one("sum-all", "sum", Tensor::sum, n -> Shape.of(n)),
            one("max-last", "max", x -> x.max(-1), n -> Shape.of(3, n)),
            one("max-first", "max", x -> x.max(0), n -> Shape.of(n, 3)),
            new Kind("matmul-m", "matmul", (n, t) -> matmul(t, n, 5, 3)),
            new Kind("matmul-k", "matmul", (n, t) -> matmul(t, 3, n, 5)),
            new Kind("matmul-n", "matmul", (n, t) -> matmul(t, 5, 3, n)),
            one("argmax-last", "argmax", x -> x.argmax(-1), n -> Shape.of(3, n)),
            one("argmax-first", "argmax", x -> x.argmax(0), n -> Shape.of(n, 3)),
            one("cumsum-last", "cumsum", x -> x.cumsum(-1), n -> Shape.of(2, n)),
            one("cumsum-first", "cumsum", x -> x.cumsum(0), n -> Shape.of(n, 2)),
            new Kind("gather", "gather", (n, t) -> OpCheck.of(in -> in.get(0).gather(0, in.get(1)), any(t, n, 2),
                    index(n, n, 2))),
            new Kind("gather-rows", "gather", (n, t) -> OpCheck.of(in -> in.get(0).indexSelect(0, in.get(1)),
                    any(t, 5, n), index(5, 7))),
            new Kind("scatter-add", "scatter_add", (n, t) -> OpCheck.of(
                    in -> in.get(0).scatterAdd(0, in.get(1), in.get(2)), any(t, 9), index(9, n), any(t, n))),
            one("softmax-last", "softmax", x -> x.softmax(-1), n -> Shape.of(3, n)),
            one("softmax-first", "softmax", x -> x.softmax(0), n -> Shape.of(n, 3)),
            one("normalize", "normalize", x -> x.normalize(1e-5), n -> Shape.of(3, n)));

    @Override
    public String name() {
        return "sizes";
    }

    @Override
    public Stream<Case> cases(Target target) {
        return KINDS.stream().flatMap(k -> k.dtypes().stream()
                .flatMap(t -> SIZES.stream().map(n -> new Case(
                        name() + "/" + k.name + "/" + Names.of(t) + "/" + n, k.op, t,
                        Oracle.ANALYSIS, k.sized.at(n, t)))));
    }

    private static Kind one(String name, String op, Function<Tensor, Tensor> f, Function<Integer, Shape> shape) {
        return new Kind(name, op,
                (n, t) -> OpCheck.of(in -> f.apply(in.getFirst()), Input.of(shape.apply(n), t, ANY)));
    }

    private static OpCheck matmul(DType type, int m, int k, int n) {
        return OpCheck.of(in -> in.get(0).matmul(in.get(1)), any(type, m, k), any(type, k, n));
    }

    private static Input any(DType type, int... dims) {
        return Input.of(Shape.of(dims), type, ANY);
    }

    private static Input index(int extent, int... dims) {
        return Input.of(Shape.of(dims), DType.I64, Values.integers(0, extent - 1));
    }
}
