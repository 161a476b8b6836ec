package org.chainrule.harness.golden;

import static java.util.Map.entry;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.chainrule.Axes;
import org.chainrule.DataFormatException;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;

/** The recorded ops by name, written with the public API. */
public final class GoldenOps {
    /** An op of recorded cases: its outputs from its inputs and other arguments. */
    @FunctionalInterface
    public interface GoldenOp {
        List<Tensor> apply(List<Tensor> inputs, Attributes attributes);
    }

    private static final Map<String, GoldenOp> TABLE = Map.ofEntries(
            // element by element
            entry("abs", unary(Tensor::abs)),
            entry("cos", unary(Tensor::cos)),
            entry("erf", unary(Tensor::erf)),
            entry("exp", unary(Tensor::exp)),
            entry("expm1", unary(Tensor::expm1)),
            entry("floor", unary(Tensor::floor)),
            entry("hardsigmoid", unary(x -> x.map(Ops.HARDSIGMOID))),
            entry("hardswish", unary(x -> x.map(Ops.HARDSWISH))),
            entry("log", unary(Tensor::log)),
            entry("log1p", unary(Tensor::log1p)),
            entry("logsigmoid", unary(Tensor::logSigmoid)),
            entry("mish", unary(x -> x.map(Ops.MISH))),
            entry("neg", unary(Tensor::negate)),
            entry("reciprocal", unary(Tensor::reciprocal)),
            entry("relu", unary(Tensor::relu)),
            entry("round", unary(Tensor::round)),
            entry("rsqrt", unary(Tensor::rsqrt)),
            entry("selu", unary(x -> x.map(Ops.SELU))),
            entry("sigmoid", unary(Tensor::sigmoid)),
            entry("sign", unary(Tensor::sign)),
            entry("silu", unary(Tensor::silu)),
            entry("sin", unary(Tensor::sin)),
            entry("softsign", unary(x -> x.map(Ops.SOFTSIGN))),
            entry("sqrt", unary(Tensor::sqrt)),
            entry("square", unary(Tensor::square)),
            entry("tanh", unary(Tensor::tanh)),
            entry("pow3", unary(x -> x.pow(3))),
            entry("clamp",
                    one((x, a) -> x.clamp(a.numberOr(Double.NEGATIVE_INFINITY, "min"),
                            a.numberOr(Double.POSITIVE_INFINITY, "max")))),
            entry("elu", one((x, a) -> x.map(Ops.elu(a.number("alpha"))))),
            entry("gelu",
                    one((x, a) -> x.map(a.text("approximate").equals(Optional.of("tanh")) ? Ops.GELU_TANH : Ops.GELU))),
            entry("hardtanh", one((x, a) -> x.map(Ops.hardtanh(a.number("min_val"), a.number("max_val"))))),
            entry("leaky_relu", one((x, a) -> x.map(Ops.leakyRelu(a.number("negative_slope"))))),
            entry("softplus", one((x, a) -> x.map(Ops.softplus(a.numberOr(1, "beta"), a.numberOr(20, "threshold"))))),
            entry("add",
                    (in, a) -> List.of(in.getFirst().plus(
                            a.optionalNumber("alpha").map(s -> in.getLast().times(s)).orElseGet(() -> second(in, a))))),
            entry("sub", (in, a) -> List.of(in.getFirst().minus(second(in, a)))),
            entry("mul", (in, a) -> List.of(in.getFirst().times(second(in, a)))),
            entry("div", (in, a) -> List.of(quotient(in, a))),
            entry("maximum", two(Tensor::maximum)),
            entry("minimum", two(Tensor::minimum)),
            entry("atan2", two(Tensor::atan2)),
            entry("pow",
                    (in, a) -> List.of(a.optionalNumber("exponent").map(in.getFirst()::pow)
                            .orElseGet(() -> in.getFirst().pow(second(in, a))))),
            entry("where", (in, _) -> List.of(in.get(0).where(in.get(1), in.get(2)))),
            entry("eq", (in, a) -> List.of(in.getFirst().eq(second(in, a)))),
            entry("ne", (in, a) -> List.of(in.getFirst().ne(second(in, a)))),
            entry("lt", (in, a) -> List.of(in.getFirst().lt(second(in, a)))),
            entry("le", (in, a) -> List.of(in.getFirst().le(second(in, a)))),
            entry("gt", (in, a) -> List.of(in.getFirst().gt(second(in, a)))),
            entry("ge", (in, a) -> List.of(in.getFirst().ge(second(in, a)))),
            // reductions
            entry("sum", one((x, a) -> x.sum(axes(a)))),
            entry("mean", one((x, a) -> x.mean(axes(a)))),
            entry("prod", one((x, a) -> x.prod(axes(a)))),
            entry("amax", one((x, a) -> x.max(axes(a)))),
            entry("amin", one((x, a) -> x.min(axes(a)))),
            entry("max", one((x, a) -> x.max(axes(a)))),
            entry("min", one((x, a) -> x.min(axes(a)))),
            entry("max_dim", (in, a) -> extreme(in.getFirst().maxAlong(a.integer("dim")), a)),
            entry("min_dim", (in, a) -> extreme(in.getFirst().minAlong(a.integer("dim")), a)),
            entry("argmax", one((x, a) -> a.text("dim").isEmpty() ? x.argmax() : x.argmax(axes(a)))),
            entry("argmin", one((x, a) -> a.text("dim").isEmpty() ? x.argmin() : x.argmin(axes(a)))),
            entry("var", one((x, a) -> x.var(a.numberOr(1, "correction"), axes(a)))),
            entry("std", one((x, a) -> x.std(a.numberOr(1, "correction"), axes(a)))),
            entry("logsumexp", one((x, a) -> x.logSumExp(axes(a)))),
            entry("norm",
                    one((x, a) -> x.norm(a.number("ord", "arg1"), a.text("call").isPresent() ? Axes.all() : axes(a)))),
            entry("cumsum", one((x, a) -> x.cumsum(a.integer("dim")))),
            entry("sum_dim", one((x, a) -> x.square().sum(axes(a)))),
            entry("softmax", one((x, a) -> x.softmax(a.integer("dim")))),
            entry("log_softmax", one((x, a) -> x.logSoftmax(a.integer("dim")))),
            // products
            entry("matmul",
                    (in, _) -> List.of(in.getFirst().matmul(in.size() == 1 ? in.getFirst().t() : in.getLast()))),
            entry("mm", two(Tensor::matmul)),
            entry("bmm", two(Tensor::matmul)),
            entry("outer", two(Tensor::outer)),
            entry("linear", (in, _) -> List.of(linear(in.get(0), in.subList(1, in.size())))),
            entry("addmm",
                    (in, a) -> List
                            .of(scaled(in.get(0), a, "beta").plus(scaled(in.get(1).matmul(in.get(2)), a, "alpha")))),
            entry("mlp_mse",
                    (in, _) -> List.of(linear(linear(in.get(0), in.subList(1, 3)).tanh(), in.subList(3, 5))
                            .minus(in.get(5)).square().mean())),
            // movement and indexing
            entry("cat",
                    (in, a) -> List.of(Tensor.concat(a.integer("dim"),
                            in.size() == 1 ? new Tensor[] {in.getFirst(), in.getFirst()} : in.toArray(Tensor[]::new)))),
            entry("stack", (in, a) -> List.of(Tensor.stack(a.integer("dim"), in.toArray(Tensor[]::new)))),
            entry("chunk", (in, a) -> in.getFirst().chunk(a.integer("dim"), a.integer("chunks"))),
            entry("split", (in, a) -> in.getFirst().split(a.integer("dim"), a.integers("split_sizes"))),
            entry("diagonal", unary(Tensor::diagonal)),
            entry("embedding", two(Tensor::embedding)),
            entry("expand", one((x, a) -> x.expand(a.integers("size")))),
            entry("flatten", one((x, a) -> x.flatten(a.integer("start_dim"), a.integer("end_dim")))),
            entry("flip", one((x, a) -> x.flip(a.integers("dims")))),
            entry("gather", (in, a) -> List.of(in.get(0).gather(a.integer("dim"), in.get(1)))),
            entry("index_add", (in, a) -> List.of(in.get(0).indexAdd(a.integer("dim"), in.get(1), in.get(2)))),
            entry("index_select", (in, a) -> List.of(in.get(0).indexSelect(a.integer("dim"), in.get(1)))),
            entry("scatter_add", (in, a) -> List.of(in.get(0).scatterAdd(a.integer("dim"), in.get(1), in.get(2)))),
            entry("masked_fill", (in, a) -> List.of(in.get(0).maskedFill(in.get(1), a.number("value")))),
            entry("narrow", one((x, a) -> x.narrow(a.integer("dim"), a.integer("start"), a.integer("length")))),
            entry("pad", one(GoldenOps::pad)),
            entry("permute", one((x, a) -> x.permute(a.integers("dims")))),
            entry("repeat", one((x, a) -> x.tile(a.integers("repeats")))),
            entry("repeat_interleave", one((x, a) -> x.repeatInterleave(a.integer("dim"), a.integer("repeats")))),
            entry("reshape", one((x, a) -> x.reshape(a.integers("shape")))),
            entry("roll", one(GoldenOps::roll)),
            entry("select", one((x, a) -> x.select(a.integer("dim"), a.integer("index")))),
            entry("slice", one(GoldenOps::slice)),
            entry("squeeze", one((x, a) -> x.squeeze(a.integers("dim")))),
            entry("transpose", one((x, a) -> x.transpose(a.integer("dim0"), a.integer("dim1")))),
            entry("tril", one((x, a) -> x.tril(a.integer("diagonal")))),
            entry("triu", one((x, a) -> x.triu(a.integer("diagonal")))),
            entry("unfold", one((x, a) -> x.unfold(a.integer("dim"), a.integer("size"), a.integer("step")))),
            entry("unsqueeze", one((x, a) -> x.unsqueeze(a.integer("dim")))));

    private GoldenOps() {}

    /** The op of that name, if it is known. */
    public static Optional<GoldenOp> named(String op) {
        return Optional.ofNullable(TABLE.get(op)).or(() -> Optional.ofNullable(GoldenNetworkOps.TABLE.get(op)));
    }

    private interface WithAttributes {
        Tensor apply(Tensor x, Attributes a);
    }

    private static GoldenOp unary(UnaryOperator<Tensor> f) {
        return (in, _) -> List.of(f.apply(in.getFirst()));
    }

    private static GoldenOp one(WithAttributes f) {
        return (in, a) -> List.of(f.apply(in.getFirst(), a));
    }

    private static GoldenOp two(BinaryOperator<Tensor> f) {
        return (in, _) -> List.of(f.apply(in.getFirst(), in.getLast()));
    }

    /** The right operand: a number, the second input, or the first again. */
    private static Tensor second(List<Tensor> in, Attributes a) {
        Tensor x = in.getFirst();
        return a.optionalNumber("other").map(v -> x.session().constant(x.shape(), x.dtype(), v)).orElseGet(in::getLast);
    }

    private static Tensor quotient(List<Tensor> in, Attributes a) {
        Tensor x = in.getFirst();
        Tensor q = a.optionalNumber("self").map(v -> x.session().constant(x.shape(), x.dtype(), v).over(x))
                .orElseGet(() -> x.over(second(in, a)));
        return switch (a.text("rounding_mode").orElse("")) {
            case "floor" -> q.floor();
            case "trunc" -> q.trunc();
            default -> q;
        };
    }

    private static Axes axes(Attributes a) {
        Axes axes = Axes.of(a.integers("dim", "arg1"));
        return a.flag("keepdim") ? axes.keep() : axes;
    }

    private static List<Tensor> extreme(Tensor.Extreme e, Attributes a) {
        return a.flag("keepdim") ? List.of(e.value().unsqueeze(a.integer("dim")), e.index().unsqueeze(a.integer("dim")))
                : List.of(e.value(), e.index());
    }

    static Tensor linear(Tensor x, List<Tensor> weightAndBias) {
        Tensor y = x.matmul(weightAndBias.getFirst().t());
        return weightAndBias.size() == 1 ? y : y.plus(weightAndBias.getLast());
    }

    private static Tensor scaled(Tensor x, Attributes a, String name) {
        double s = a.numberOr(1, name);
        return s == 1 ? x : x.times(s);
    }

    private static Tensor slice(Tensor x, Attributes a) {
        if (a.text("start").isEmpty()) return x.slice(0, 0, 6).times(x.slice(0, 3, 9));
        return x.slice(a.integer("dim"), a.integer("start"), a.integer("end"), a.integer("step"));
    }

    private static Tensor roll(Tensor x, Attributes a) {
        int[] shifts = a.integers("shifts"), dims = a.integers("dims");
        if (dims.length == 0) return x.flatten().roll(0, shifts[0]).reshape(x.shape());
        Tensor t = x;
        for (int i = 0; i < dims.length; i++) t = t.roll(dims[i], shifts[i]);
        return t;
    }

    /** Pairs of counts, the last axis first. */
    private static Tensor pad(Tensor x, Attributes a) {
        int[] counts = a.integers("pad");
        String mode = a.text("mode").orElse("constant");
        Tensor t = x;
        for (int i = 0; i < counts.length / 2; i++) {
            int axis = x.shape().rank() - 1 - i, before = counts[2 * i], after = counts[2 * i + 1],
                    d = x.shape().dim(axis);
            t = switch (mode) {
                case "constant" -> t.pad(axis, before, after, a.numberOr(0, "value"));
                case "reflect" -> t.indexSelect(axis, x.session().tensor(IntStream.range(-before, d + after)
                        .mapToLong(k -> k < 0 ? -k : k >= d ? 2L * (d - 1) - k : k).toArray()));
                case "replicate" -> t.indexSelect(axis, x.session()
                        .tensor(IntStream.range(-before, d + after).mapToLong(k -> Math.clamp(k, 0, d - 1)).toArray()));
                default -> throw new DataFormatException(
                        "pad: mode '" + mode + "' is not known; counts " + Arrays.toString(counts));
            };
        }
        return t;
    }
}
