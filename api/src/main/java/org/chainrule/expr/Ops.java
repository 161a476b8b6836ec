package org.chainrule.expr;

import static org.chainrule.expr.Expr.of;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.chainrule.InvalidArgumentException;

/**
 * Every element-wise op there is. A new one is one line here: from its formula come the float64 reference, the
 * derivative, the fused kernels of every backend, the forward and gradient tests on the interval that it names, its
 * row in the op table and, with one argument, its name as an activation.
 */
public final class Ops {
    private static final List<Pointwise> TABLE = new ArrayList<>();

    // Arithmetic
    public static final Pointwise ADD = binary("add", -8, 8, Expr::plus);
    public static final Pointwise SUB = binary("sub", -8, 8, Expr::minus);
    public static final Pointwise MUL = binary("mul", -8, 8, Expr::times);
    public static final Pointwise DIV = binary("div", 0.5, 8, Expr::over);
    public static final Pointwise MAXIMUM = binary("maximum", -8, 8, Expr::max);
    public static final Pointwise MINIMUM = binary("minimum", -8, 8, Expr::min);
    public static final Pointwise POW = binary("pow", 0.25, 3, Expr::pow);
    public static final Pointwise ATAN2 = binary("atan2", 0.25, 3, Expr::atan2);

    // Comparisons: no gradient
    public static final Pointwise LT = binary("lt", -8, 8, Expr::lt);
    public static final Pointwise LE = binary("le", -8, 8, Expr::le);
    public static final Pointwise EQ = binary("eq", -8, 8, Expr::eq);
    public static final Pointwise NE = binary("ne", -8, 8, (a, b) -> a.eq(b).where(of(0), of(1)).eq(of(1)));
    public static final Pointwise AND = binary("and", -8, 8, Expr::and);
    public static final Pointwise OR = binary("or", -8, 8, Expr::or);
    public static final Pointwise NOT = unary("not", -8, 8, x -> x.eq(of(0)));

    // Elementary functions
    public static final Pointwise NEG = unary("neg", -8, 8, Expr::negate);
    public static final Pointwise ABS = unary("abs", -8, 8, Expr::abs, 0.0);
    public static final Pointwise SIGN = unary("sign", -8, 8, Expr::sign, 0.0);
    public static final Pointwise FLOOR = unary("floor", -7.9, 7.9, Expr::floor, -7.0, -6.0, -5.0, -4.0, -3.0, -2.0,
            -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0);
    public static final Pointwise ROUND = unary("round", -3.4, 3.4, Expr::round, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5);
    public static final Pointwise TRUNC =
            unary("trunc", -2.9, 2.9, x -> x.abs().floor().times(x.sign()), -2.0, -1.0, 0.0, 1.0, 2.0);
    public static final Pointwise SQUARE = unary("square", -8, 8, Expr::square);
    public static final Pointwise SQRT = unary("sqrt", 0.1, 8, Expr::sqrt);
    public static final Pointwise RSQRT = unary("rsqrt", 0.1, 8, x -> x.sqrt().reciprocal());
    public static final Pointwise RECIPROCAL = unary("reciprocal", 0.25, 8, Expr::reciprocal);
    public static final Pointwise EXP = unary("exp", -8, 8, Expr::exp);
    public static final Pointwise EXPM1 = unary("expm1", -8, 8, Expr::expm1);
    public static final Pointwise LOG = unary("log", 0.1, 8, Expr::log);
    public static final Pointwise LOG1P = unary("log1p", -0.9, 8, Expr::log1p);
    public static final Pointwise SIN = unary("sin", -8, 8, Expr::sin);
    public static final Pointwise COS = unary("cos", -8, 8, Expr::cos);
    public static final Pointwise ERF = unary("erf", -4, 4, Expr::erf);

    // Activations
    public static final Pointwise IDENTITY = unary("identity", -8, 8, x -> x);
    public static final Pointwise RELU = unary("relu", -8, 8, Expr::relu, 0.0);
    public static final Pointwise TANH = unary("tanh", -8, 8, Expr::tanh);
    public static final Pointwise SIGMOID = unary("sigmoid", -30, 30, Expr::sigmoid);
    public static final Pointwise LOG_SIGMOID = unary("log_sigmoid", -30, 30, x -> x.negate().softplus().negate());
    /** Hendrycks and Gimpel 2016, "Gaussian Error Linear Units": {@code x Φ(x)}. */
    public static final Pointwise GELU = unary("gelu", -6, 6, x -> x.times(x.normalCdf()));
    /** The tanh approximation of the same paper, as in GPT-2: {@code x σ(2u)} with {@code u = √(2/π)(x + 0.044715 x³)}. */
    public static final Pointwise GELU_TANH = unary("gelu_tanh", -6, 6,
            x -> x.times(x.plus(x.times(x).times(x).times(0.044715)).times(2 * Math.sqrt(2 / Math.PI)).sigmoid()));
    public static final Pointwise SILU = unary("silu", -30, 30, x -> x.times(x.sigmoid()));
    /** Misra 2019, "Mish: A Self Regularized Non-Monotonic Activation Function". */
    public static final Pointwise MISH = unary("mish", -30, 30, x -> x.times(x.softplus().tanh()));
    public static final Pointwise SOFTPLUS = listed(softplus(1, 20));
    public static final Pointwise SOFTSIGN = unary("softsign", -8, 8, x -> x.over(x.abs().plus(1)));
    public static final Pointwise LEAKY_RELU = listed(leakyRelu(0.01));
    public static final Pointwise ELU = listed(elu(1));
    /** Klambauer et al. 2017, "Self-Normalizing Neural Networks". */
    public static final Pointwise SELU =
            unary("selu", -8, 8, x -> elu(x, 1.6732632423543772).times(1.0507009873554805), 0.0);
    public static final Pointwise HARDTANH = listed(hardtanh(-1, 1));
    public static final Pointwise RELU6 = unary("relu6", -8, 8, x -> hardtanh(x, 0, 6), 0.0, 6.0);
    /** Howard et al. 2019, "Searching for MobileNetV3": {@code clamp(x + 3, 0, 6) / 6}. */
    public static final Pointwise HARDSIGMOID =
            unary("hardsigmoid", -8, 8, x -> hardtanh(x.plus(3), 0, 6).over(6), -3.0, 3.0);
    public static final Pointwise HARDSWISH = unary("hardswish", -8, 8,
            x -> x.le(of(-3)).where(x.times(0), of(3).le(x).where(x, x.times(x.plus(3)).over(6))), -3.0, 3.0);

    /** Every op of this table, in the order of declaration. */
    public static final List<Pointwise> ALL = Collections.unmodifiableList(TABLE);

    private Ops() {}

    /** {@code x} where positive, {@code slope · x} elsewhere. */
    public static Pointwise leakyRelu(double slope) {
        return Pointwise.unary("leaky_relu" + (slope == 0.01 ? "" : "(" + slope + ")"), -8, 8,
                x -> of(0).lt(x).where(x, x.times(slope)), 0.0);
    }

    /** Clevert et al. 2015: {@code x} where positive, {@code alpha (exp(x) - 1)} elsewhere. */
    public static Pointwise elu(double alpha) {
        return Pointwise.unary("elu" + (alpha == 1 ? "" : "(" + alpha + ")"), -8, 8, x -> elu(x, alpha),
                alpha == 1 ? new Double[0] : new Double[] {0.0});
    }

    private static Expr elu(Expr x, double alpha) {
        return of(0).lt(x).where(x, x.expm1().times(alpha));
    }

    /** {@code log(1 + exp(beta x)) / beta}; {@code x} itself where {@code beta x > threshold}. */
    public static Pointwise softplus(double beta, double threshold) {
        boolean standard = beta == 1 && threshold == 20;
        return Pointwise.unary("softplus" + (standard ? "" : "(" + beta + ", " + threshold + ")"), -18, 18,
                x -> of(threshold).lt(x.times(beta)).where(x,
                        beta == 1 ? x.softplus() : x.times(beta).softplus().over(beta)));
    }

    /** {@code x} held within {@code [lo, hi]}, with derivative 0 at both ends. */
    public static Pointwise hardtanh(double lo, double hi) {
        return Pointwise.unary("hardtanh" + (lo == -1 && hi == 1 ? "" : "(" + lo + ", " + hi + ")"), -8, 8,
                x -> hardtanh(x, lo, hi), lo, hi);
    }

    private static Expr hardtanh(Expr x, double lo, double hi) {
        return x.le(of(lo)).where(of(lo), of(hi).le(x).where(of(hi), x));
    }

    /** {@code x} held within {@code [lo, hi]}, with derivative 1 at both ends; either may be infinite. */
    public static Pointwise clamp(double lo, double hi) {
        return Pointwise.unary("clamp(" + lo + ", " + hi + ")", -8, 8, x -> x.clamp(lo, hi), lo, hi);
    }

    /** The op of this table with that name, in any case and with {@code -} for {@code _}. */
    public static Pointwise named(String name) {
        String key = name.toLowerCase(Locale.ROOT).replace('-', '_');
        for (Pointwise op : ALL) if (op.name().equals(key)) return op;
        throw new InvalidArgumentException("no op is called '" + name + "'; there are "
                + String.join(", ", ALL.stream().map(Pointwise::name).toList()));
    }

    private static Pointwise unary(String name, double lo, double hi, UnaryOperator<Expr> f, Double... kinks) {
        return listed(Pointwise.unary(name, lo, hi, f, kinks));
    }

    private static Pointwise binary(String name, double lo, double hi, BinaryOperator<Expr> f) {
        return listed(Pointwise.binary(name, lo, hi, f));
    }

    private static Pointwise listed(Pointwise op) {
        TABLE.add(op);
        return op;
    }
}
