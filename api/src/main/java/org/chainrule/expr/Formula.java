package org.chainrule.expr;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.chainrule.expr.Expr.Arg;
import org.chainrule.expr.Expr.Binary;
import org.chainrule.expr.Expr.Const;
import org.chainrule.expr.Expr.Fn;
import org.chainrule.expr.Expr.Fn2;
import org.chainrule.expr.Expr.Index;
import org.chainrule.expr.Expr.Unary;
import org.chainrule.expr.Expr.Where;

/**
 * Expressions as people write them: infix, with as few parentheses as the operators need, {@code x², √x, |x|, σ(x)},
 * and {@code a if c else b} where an expression chooses. Trivial forms such as {@code 1·x} are simplified.
 */
public final class Formula {
    // How tightly the outermost operator of a text binds.
    private static final int CHOICE = 0, OR = 1, AND = 2, COMPARISON = 3, SUM = 4, PRODUCT = 5, POWER = 6, ATOM = 7;

    private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹", SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
    private static final MathContext FEW_DIGITS = new MathContext(15);
    private static final int SHORT = 12;

    /** Literals with a better name than their digits, by these. */
    private static final Map<String, Text> CONSTANTS = Map.of(
            key(Math.PI), new Text("π", ATOM),
            key(Math.sqrt(0.5)), new Text("√½", ATOM),
            key(Math.sqrt(2)), new Text("√2", ATOM),
            key(2 / Math.sqrt(Math.PI)), new Text("2/√π", SUM),
            key(1 / Math.sqrt(2 * Math.PI)), new Text("1/√(2π)", SUM),
            key(2 * Math.sqrt(2 / Math.PI)), new Text("√(8/π)", ATOM));

    private record Text(String text, int binding) {}

    private final List<String> names;

    private Formula(String... names) {
        this.names = List.of(names);
    }

    /** {@code e} with {@code names[i]} for argument {@code i}: a name, or a number, which is put in parentheses where it must be. */
    public static String of(Expr e, String... names) {
        return new Formula(names).text(Simplification.simplify(e), CHOICE);
    }

    /** The value of {@code op} at {@code x}, or at {@code x} and {@code y}; functions with a name of their own by their definition. */
    public static String of(Pointwise op) {
        return value(op, arguments(op));
    }

    /** The value of {@code op} at arguments of these names. */
    public static String value(Pointwise op, String... names) {
        return of(defined(op.forward()), names);
    }

    /** The derivative of {@code op} with respect to argument {@code i}, in which {@code f} is the op's own value. */
    public static String derivative(Pointwise op, int i) {
        String[] names = Arrays.copyOf(arguments(op), op.arity() + 1);
        names[op.arity()] = "f";
        return derivative(op, i, names);
    }

    /** As {@link #derivative(Pointwise, int)} with names for the arguments and, the last of {@code names}, for the op's own value. */
    public static String derivative(Pointwise op, int i, String... names) {
        Expr e = op.forward(), d = e.d(i);
        boolean named = !(e instanceof Arg || e instanceof Const);
        return of(named ? d.replace(e, Expr.arg(op.arity())) : d, names);
    }

    private static String[] arguments(Pointwise op) {
        return List.of("x", "y", "z").subList(0, op.arity()).toArray(String[]::new);
    }

    private static Expr defined(Expr e) {
        return switch (e) {
            case Unary(Fn fn, Expr x) when fn == Fn.SIGMOID -> Expr.of(1).over(Expr.of(1).plus(x.negate().exp()));
            case Unary(Fn fn, Expr x) when fn == Fn.RELU -> x.max(Expr.of(0));
            default -> e;
        };
    }

    private String text(Expr e, int least) {
        Text t = render(e);
        return t.binding < least ? "(" + t.text + ")" : t.text;
    }

    private Text render(Expr e) {
        return switch (e) {
            case Arg(int i) -> argument(names.get(i));
            case Const(double v) -> literal(v);
            case Index(int axis) -> new Text("i" + indexed(axis, SUBSCRIPTS), ATOM);
            case Unary(Fn fn, Expr x) -> unary(fn, x);
            case Binary(Fn2 fn, Expr a, Expr b) -> binary(fn, a, b);
            case Where(Expr c, Expr t, Expr o) ->
                    new Text(text(t, OR) + " if " + text(c, OR) + " else " + text(o, CHOICE), CHOICE);
        };
    }

    /** An argument may be told by its value: a name, or a number that is negative or has a power of ten. */
    private static Text argument(String name) {
        return new Text(name, name.startsWith("−") ? SUM : name.contains("×") ? PRODUCT : ATOM);
    }

    private Text unary(Fn fn, Expr x) {
        return switch (fn) {
            case NEG -> new Text("−" + text(x, PRODUCT), SUM);
            case ABS -> new Text("|" + text(x, CHOICE) + "|", ATOM);
            case FLOOR -> new Text("⌊" + text(x, CHOICE) + "⌋", ATOM);
            case SQRT -> new Text(
                    x instanceof Arg || x instanceof Const ? "√" + text(x, ATOM) : "√(" + text(x, CHOICE) + ")", POWER);
            case EXPM1 -> new Text(call("exp", x) + " − 1", SUM);
            case LOG1P -> new Text("log(1 + " + text(x, PRODUCT) + ")", ATOM);
            case NORMAL_CDF -> new Text(call("Φ", x), ATOM);
            case SIGMOID -> new Text(call("σ", x), ATOM);
            case SOFTPLUS -> new Text("log(1 + " + call("exp", x) + ")", ATOM);
            case SIGN, ROUND, EXP, LOG, SIN, COS, TANH, ERF, RELU ->
                    new Text(call(fn.name().toLowerCase(Locale.ROOT), x), ATOM);
        };
    }

    private String call(String name, Expr... args) {
        return name + "(" + String.join(", ", Arrays.stream(args).map(a -> text(a, CHOICE)).toList()) + ")";
    }

    private Text binary(Fn2 fn, Expr a, Expr b) {
        return switch (fn) {
            case ADD -> new Text(text(a, SUM) + " + " + text(b, PRODUCT), SUM);
            case SUB -> new Text(text(a, SUM) + " − " + text(b, PRODUCT), SUM);
            case MUL -> new Text(text(a, PRODUCT) + "·" + text(b, POWER), PRODUCT);
            case DIV -> new Text(text(a, PRODUCT) + "/" + text(b, POWER), PRODUCT);
            case POW -> power(a, b);
            case MAX -> new Text(call("max", a, b), ATOM);
            case MIN -> new Text(call("min", a, b), ATOM);
            case ATAN2 -> new Text(call("atan2", a, b), ATOM);
            case LT -> comparison(a, "<", ">", b);
            case LE -> comparison(a, "≤", "≥", b);
            case EQ -> equality(a, b);
            case AND -> new Text(text(a, AND) + " ∧ " + text(b, COMPARISON), AND);
            case OR -> new Text(text(a, OR) + " ∨ " + text(b, AND), OR);
        };
    }

    private Text power(Expr base, Expr exponent) {
        if (exponent instanceof Const(double v) && v == Math.rint(v) && v >= 0 && v < 1000)
            return new Text(text(base, ATOM) + indexed((int) v, SUPERSCRIPTS), POWER);
        return new Text(text(base, ATOM) + "^" + text(exponent, ATOM), POWER);
    }

    /** A literal goes to the right. */
    private Text comparison(Expr a, String sign, String reversed, Expr b) {
        boolean literalFirst = isLiteral(a) && !isLiteral(b);
        return new Text(literalFirst ? text(b, SUM) + " " + reversed + " " + text(a, SUM)
                : text(a, SUM) + " " + sign + " " + text(b, SUM), COMPARISON);
    }

    private static boolean isLiteral(Expr e) {
        return e instanceof Const || e instanceof Unary(Fn fn, Expr x) && fn == Fn.NEG && x instanceof Const;
    }

    /** {@code p = 0} of a comparison p says that it does not hold. */
    private Text equality(Expr a, Expr b) {
        if (b.equals(Expr.of(0)) && a instanceof Binary(Fn2 fn, Expr u, Expr v) && fn == Fn2.EQ)
            return new Text(text(u, SUM) + " ≠ " + text(v, SUM), COMPARISON);
        if (b.equals(Expr.of(0)) && a.isPredicate()) return new Text("¬" + text(a, ATOM), COMPARISON);
        return new Text(text(a, SUM) + " = " + text(b, SUM), COMPARISON);
    }

    private static Text literal(double v) {
        if (!Double.isFinite(v)) return new Text(Double.isNaN(v) ? "NaN" : v > 0 ? "∞" : "−∞", v < 0 ? SUM : ATOM);
        Text named = CONSTANTS.get(key(v));
        if (named != null) return named;
        return v < 0 ? new Text("−" + digits(-v), SUM) : new Text(digits(v), ATOM);
    }

    /** The shortest digits that tell the number; fewer where the last two are but the rounding of a product of literals. */
    private static String digits(double v) {
        BigDecimal rounded = new BigDecimal(v).round(FEW_DIGITS).stripTrailingZeros();
        BigDecimal d = rounded.precision() <= SHORT ? rounded : new BigDecimal(Double.toString(v)).stripTrailingZeros();
        int exponent = d.precision() - d.scale() - 1;
        return exponent < -6 || exponent > 15 ? d.toString() : d.toPlainString();
    }

    private static String key(double v) {
        return new BigDecimal(v).round(FEW_DIGITS).toString();
    }

    private static String indexed(int n, String digits) {
        StringBuilder b = new StringBuilder();
        for (char c : Integer.toString(n).toCharArray()) b.append(digits.charAt(c - '0'));
        return b.toString();
    }
}
