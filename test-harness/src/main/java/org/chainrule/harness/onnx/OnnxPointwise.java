package org.chainrule.harness.onnx;

import static java.util.Map.entry;
import static org.chainrule.harness.onnx.OnnxOp.binary;
import static org.chainrule.harness.onnx.OnnxOp.one;
import static org.chainrule.harness.onnx.OnnxOp.unary;

import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Expr;
import org.chainrule.expr.Ops;
import org.chainrule.expr.Pointwise;

/** Ops that act on each element, comparisons, logic and conversions. */
final class OnnxPointwise {
    /** In which whole numbers up to 2⁵³ are exact. */
    private static final DType EXACT = DType.F64;
    /** Without a threshold: {@link Ops#SOFTPLUS} gives the argument itself beyond one. */
    private static final Pointwise SOFTPLUS = Pointwise.unary("softplus_everywhere", -18, 18, Expr::softplus);

    static final Map<String, OnnxOp> TABLE = Map.ofEntries(
            entry("Abs", unary(Tensor::abs)),
            entry("Acos", unary(x -> halfChord(x).atan2(x))),
            entry("Acosh", unary(x -> x.plus(x.minus(1).times(x.plus(1)).sqrt()).log())),
            entry("Add", binary(Tensor::plus)),
            entry("And", binary(Tensor::and)),
            entry("Asin", unary(x -> x.atan2(halfChord(x)))),
            entry("Asinh", unary(OnnxPointwise::asinh)),
            entry("Atan", unary(x -> x.atan2(x.session().constant(Shape.SCALAR, x.dtype(), 1)))),
            entry("Atanh", unary(x -> x.log1p().minus(x.negate().log1p()).times(0.5))),
            entry("Cast", one(c -> {
                // both concern formats of 8 bits alone
                c.attributes().ignore("saturate");
                c.attributes().ignore("round_mode");
                return c.in(0).to(ElementType.required(c.attributes().integer("to", 0)).dtype());
            })),
            entry("CastLike", one(c -> {
                c.attributes().ignore("saturate");
                c.attributes().ignore("round_mode");
                return c.in(0).to(c.in(1).dtype());
            })),
            entry("Ceil", unary(x -> x.negate().floor().negate())),
            entry("Celu", one(c -> {
                double alpha = c.attributes().number("alpha", 1);
                return c.in(0).maximum(0).plus(c.in(0).over(alpha).expm1().times(alpha).minimum(0));
            })),
            entry("Clip", one(OnnxPointwise::clip)),
            entry("Cos", unary(Tensor::cos)),
            entry("Cosh", unary(x -> x.exp().plus(x.negate().exp()).times(0.5))),
            entry("Div", binary((a, b) -> a.dtype().isInteger() ? exactly(a, b, (x, y) -> x.over(y).trunc())
                    : a.over(b))),
            entry("Elu", one(c -> c.in(0).map(Ops.elu(c.attributes().number("alpha", 1))))),
            entry("Equal", binary(Tensor::eq)),
            entry("Erf", unary(Tensor::erf)),
            entry("Exp", unary(Tensor::exp)),
            entry("Floor", unary(Tensor::floor)),
            entry("Gelu", one(c -> c.in(0).map(switch (c.attributes().text("approximate", "none")) {
                case "none" -> Ops.GELU;
                case "tanh" -> Ops.GELU_TANH;
                default -> throw c.unsupported("approximate '" + c.attributes().text("approximate", "") + "'");
            }))),
            entry("Greater", binary(Tensor::gt)),
            entry("GreaterOrEqual", binary(Tensor::ge)),
            entry("HardSigmoid", one(c -> c.in(0).times(c.attributes().number("alpha", 0.2))
                    .plus(c.attributes().number("beta", 0.5)).clamp(0, 1))),
            entry("HardSwish", unary(x -> x.map(Ops.HARDSWISH))),
            entry("Identity", unary(x -> x.map(Ops.IDENTITY))),
            entry("IsInf", one(c -> {
                boolean up = c.attributes().flag("detect_positive", true),
                        down = c.attributes().flag("detect_negative", true);
                Tensor x = c.in(0), none = c.session().constant(x.shape(), DType.BOOL, 0);
                return (up ? x.eq(Double.POSITIVE_INFINITY) : none)
                        .or(down ? x.eq(Double.NEGATIVE_INFINITY) : none);
            })),
            entry("IsNaN", unary(x -> x.ne(x))),
            entry("LeakyRelu", one(c -> c.in(0).map(Ops.leakyRelu(c.attributes().number("alpha", 0.01))))),
            entry("Less", binary(Tensor::lt)),
            entry("LessOrEqual", binary(Tensor::le)),
            entry("Log", unary(Tensor::log)),
            entry("Max", one(c -> folded(c, Tensor::maximum))),
            entry("Mean", one(c -> folded(c, Tensor::plus).over(c.all().size()))),
            entry("Min", one(c -> folded(c, Tensor::minimum))),
            entry("Mish", unary(x -> x.map(Ops.MISH))),
            entry("Mod", one(OnnxPointwise::mod)),
            entry("Mul", binary(Tensor::times)),
            entry("Neg", unary(Tensor::negate)),
            entry("Not", unary(Tensor::not)),
            entry("Or", binary(Tensor::or)),
            entry("PRelu", binary((x, slope) -> x.lt(0).where(slope.times(x), x))),
            entry("Pow", binary(OnnxPointwise::pow)),
            entry("Reciprocal", unary(Tensor::reciprocal)),
            entry("Relu", unary(Tensor::relu)),
            entry("Round", unary(Tensor::round)),
            entry("Selu", one(c -> {
                double alpha = c.attributes().number("alpha", 1.67326319217681884765625),
                        gamma = c.attributes().number("gamma", 1.05070102214813232421875);
                return c.in(0).map(Ops.elu(alpha)).times(gamma);
            })),
            entry("Shrink", one(c -> {
                double bias = c.attributes().number("bias", 0), lambda = c.attributes().number("lambd", 0.5);
                Tensor x = c.in(0);
                return x.lt(-lambda).where(x.plus(bias), x.gt(lambda).where(x.minus(bias), 0));
            })),
            entry("Sigmoid", unary(Tensor::sigmoid)),
            entry("Sign", unary(Tensor::sign)),
            entry("Sin", unary(Tensor::sin)),
            entry("Sinh", unary(x -> {
                Tensor u = x.expm1();
                return u.plus(u.over(u.plus(1))).times(0.5);
            })),
            entry("Softplus", unary(x -> x.map(SOFTPLUS))),
            entry("Softsign", unary(x -> x.map(Ops.SOFTSIGN))),
            entry("Sqrt", unary(Tensor::sqrt)),
            entry("Sub", binary(Tensor::minus)),
            entry("Sum", one(c -> folded(c, Tensor::plus))),
            entry("Swish", one(c -> c.in(0).times(c.in(0).times(c.attributes().number("alpha", 1)).sigmoid()))),
            entry("Tan", unary(x -> x.sin().over(x.cos()))),
            entry("Tanh", unary(Tensor::tanh)),
            entry("ThresholdedRelu", one(c -> c.in(0).gt(c.attributes().number("alpha", 1)).where(c.in(0), 0))),
            entry("Where", one(c -> c.in(0).where(c.in(1), c.in(2)))),
            entry("Xor", binary(Tensor::ne)));

    private OnnxPointwise() {}

    /** {@code √(1 - x²)}, accurate near ±1. */
    private static Tensor halfChord(Tensor x) {
        return x.negate().plus(1).times(x.plus(1)).sqrt();
    }

    private static Tensor asinh(Tensor x) {
        Tensor a = x.abs(), s = x.square();
        return a.plus(s.over(s.plus(1).sqrt().plus(1))).log1p().times(x.sign());
    }

    private static Tensor folded(Call c, BinaryOperator<Tensor> f) {
        List<Tensor> in = c.all();
        return in.size() == 1 ? in.getFirst().map(Ops.IDENTITY) : in.stream().reduce(f).orElseThrow();
    }

    /** {@code f} in double precision, whose result has the dtype of {@code a}. */
    private static Tensor exactly(Tensor a, Tensor b, BinaryOperator<Tensor> f) {
        return f.apply(a.to(EXACT), b.to(EXACT)).to(a.dtype());
    }

    /** The result has the type of the base, whatever that of the exponent. */
    private static Tensor pow(Tensor a, Tensor b) {
        if (!a.dtype().isFloat()) return exactly(a, b, Tensor::pow);
        return a.pow(b.to(a.dtype()));
    }

    private static Tensor clip(Call c) {
        UnaryOperator<Tensor> low = c.attributes().number("min").<UnaryOperator<Tensor>>map(v -> x -> x.maximum(v))
                .orElse(x -> c.has(1) ? x.maximum(c.in(1)) : x);
        UnaryOperator<Tensor> high = c.attributes().number("max").<UnaryOperator<Tensor>>map(v -> x -> x.minimum(v))
                .orElse(x -> c.has(2) ? x.minimum(c.in(2)) : x);
        return high.apply(low.apply(c.in(0).map(Ops.IDENTITY)));
    }

    /** With the sign of the divisor as Python's, or with {@code fmod} that of the dividend as C's. */
    private static Tensor mod(Call c) {
        boolean fmod = c.attributes().flag("fmod", false);
        if (!fmod && c.in(0).dtype().isFloat()) throw c.unsupported("Mod of floats without fmod");
        BinaryOperator<Tensor> f = (a, b) -> {
            Tensor q = a.over(b);
            return a.minus((fmod ? q.trunc() : q.floor()).times(b));
        };
        return c.in(0).dtype().isFloat() ? f.apply(c.in(0), c.in(1)) : exactly(c.in(0), c.in(1), f);
    }
}
