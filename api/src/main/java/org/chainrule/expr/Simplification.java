package org.chainrule.expr;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
 * Brings an expression into the form in which a person would write it: literals of a product multiplied out and put in
 * front, equal factors as powers, signs pulled out, neutral elements left out. Equal over the real numbers; NaN,
 * infinities and the last bits may differ, so the result is for reading, not for computing.
 */
final class Simplification {
    private static final Expr ZERO = Expr.of(0), ONE = Expr.of(1);

    private Simplification() {}

    static Expr simplify(Expr e) {
        return switch (e) {
            case Arg _, Index _ -> e;
            case Const(double v) -> signed(v);
            case Unary(Fn fn, Expr x) -> fn == Fn.NEG ? new Product(e).expr() : new Unary(fn, simplify(x));
            case Binary b -> binary(b);
            case Where(Expr c, Expr t, Expr o) -> choice(simplify(c), simplify(t), simplify(o));
        };
    }

    private static Expr binary(Binary e) {
        return switch (e.fn()) {
            case ADD, SUB -> new Sum(e).expr();
            case MUL, DIV -> new Product(e).expr();
            case POW -> e.b().equals(ONE) ? simplify(e.a()) : withSimpleArguments(e);
            case EQ -> equality(simplify(e.a()), simplify(e.b()));
            case MAX, MIN, ATAN2, LT, LE, AND, OR -> withSimpleArguments(e);
        };
    }

    private static Expr withSimpleArguments(Binary e) {
        return new Binary(e.fn(), simplify(e.a()), simplify(e.b()));
    }

    private static Expr choice(Expr condition, Expr then, Expr otherwise) {
        if (condition instanceof Const(double v)) return v != 0 ? then : otherwise;
        if (then.equals(otherwise)) return then;
        if (otherwise instanceof Where(Expr c, Expr t, Expr o) && t.equals(then))
            return new Where(condition.or(c), then, o);
        return new Where(condition, then, otherwise);
    }

    /** Compares with a truth value told in numbers: {@code (u if c else v) = v} says that c is false. */
    private static Expr equality(Expr a, Expr b) {
        if (a instanceof Where(Expr c, Const(double t), Const(double o)) && c.isPredicate()
                && b instanceof Const(double v) && t != o) {
            if (v == t) return c;
            if (v == o) return c.eq(ZERO);
        }
        return a.eq(b);
    }

    /** Literals stand without their sign, so that there is one way to tell a negative number. */
    private static Expr signed(double v) {
        return v < 0 ? Expr.of(-v).negate() : Expr.of(v == 0 ? 0 : v);
    }

    /** A sum taken apart: how often each term occurs, and one literal. */
    private static final class Sum {
        private final Map<Expr, Double> terms = new LinkedHashMap<>();

        Sum(Expr e) {
            collect(e, 1);
        }

        private void collect(Expr e, double times) {
            switch (e) {
                case Binary(Fn2 fn, Expr a, Expr b) when fn == Fn2.ADD || fn == Fn2.SUB -> {
                    collect(a, times);
                    collect(b, fn == Fn2.ADD ? times : -times);
                }
                case Unary(Fn fn, Expr x) when fn == Fn.EXPM1 -> {
                    term(x.exp(), times);
                    term(ONE, -times);
                }
                default -> term(e, times);
            }
        }

        private void term(Expr e, double times) {
            Product p = new Product(e);
            double c = p.coefficient();
            if (c != 0) terms.merge(p.withoutCoefficient(), c * times, Double::sum);
        }

        Expr expr() {
            Expr sum = ZERO;
            for (Map.Entry<Expr, Double> t : terms.entrySet()) {
                double c = t.getValue();
                Expr x = new Product(Expr.of(Math.abs(c)).times(t.getKey())).expr();
                if (c != 0) sum = sum.equals(ZERO) ? (c < 0 ? x.negate() : x) : c < 0 ? sum.minus(x) : sum.plus(x);
            }
            return sum;
        }
    }

    /** A quotient of two products taken apart: literals and powers, above and below the line. */
    private static final class Product {
        private final Map<Expr, Integer> above = new LinkedHashMap<>(), below = new LinkedHashMap<>();
        private double numerator = 1, denominator = 1;

        Product(Expr e) {
            collect(e, 1);
        }

        private void collect(Expr e, int power) {
            switch (e) {
                case Const(double v) -> scale(v, power);
                case Unary(Fn fn, Expr x) when fn == Fn.NEG -> {
                    scale(-1, power);
                    collect(x, power);
                }
                case Binary(Fn2 fn, Expr a, Expr b) when fn == Fn2.MUL || fn == Fn2.DIV -> {
                    collect(a, power);
                    collect(b, fn == Fn2.MUL ? power : -power);
                }
                case Binary(Fn2 fn, Expr a, Const(double p)) when fn == Fn2.POW && p == Math.rint(p) && p > 0
                        && p < 16 -> collect(a, power * (int) p);
                default -> factor(e, power);
            }
        }

        private void factor(Expr e, int power) {
            Expr x = simplify(e);
            boolean product = switch (x) {
                case Const _ -> true;
                case Unary(Fn fn, Expr _) -> fn == Fn.NEG;
                case Binary(Fn2 fn, Expr _, Expr _) -> fn == Fn2.MUL || fn == Fn2.DIV;
                case Arg _, Index _, Where _ -> false;
            };
            if (product) collect(x, power);
            else(power > 0 ? above : below).merge(x, Math.abs(power), Integer::sum);
        }

        private void scale(double v, int power) {
            if (power > 0) numerator *= Math.pow(v, power);
            else denominator *= Math.pow(v, -power);
        }

        double coefficient() {
            return numerator / denominator;
        }

        Expr withoutCoefficient() {
            return quotient(1, 1);
        }

        Expr expr() {
            if (numerator == 0) return ZERO;
            double n = Math.abs(numerator), d = Math.abs(denominator);
            Expr q = n / d == Math.rint(n / d) ? quotient(n / d, 1) : quotient(n, d);
            return coefficient() < 0 ? q.negate() : q;
        }

        private Expr quotient(double n, double d) {
            Expr a = times(n, above), b = times(d, below);
            return b.equals(ONE) ? a : a.over(b);
        }

        /** Arguments first, other factors as they came. */
        private static Expr times(double coefficient, Map<Expr, Integer> powers) {
            List<Expr> factors = new ArrayList<>();
            if (coefficient != 1) factors.add(Expr.of(coefficient));
            powers.forEach((x, p) -> {
                if (x instanceof Arg) factors.add(power(x, p));
            });
            powers.forEach((x, p) -> {
                if (!(x instanceof Arg)) factors.add(power(x, p));
            });
            return factors.stream().reduce(Expr::times).orElse(ONE);
        }

        private static Expr power(Expr x, int p) {
            if (x instanceof Unary(Fn fn, Expr y) && fn == Fn.SQRT && p % 2 == 0) return power(y, p / 2);
            return p == 1 ? x : x.pow(Expr.of(p));
        }
    }
}
