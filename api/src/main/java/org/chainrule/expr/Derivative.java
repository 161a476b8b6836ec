package org.chainrule.expr;

import static org.chainrule.expr.Expr.of;

import org.chainrule.expr.Expr.Arg;
import org.chainrule.expr.Expr.Binary;
import org.chainrule.expr.Expr.Const;
import org.chainrule.expr.Expr.Index;
import org.chainrule.expr.Expr.Unary;
import org.chainrule.expr.Expr.Where;

/**
 * Symbolic differentiation by the chain rule. Where a derivative can be told from the function's own value
 * (exp, tanh, sigmoid, sqrt, division), it is, so that a gradient reads the stored output instead of computing it again.
 * Sub-gradients: relu and abs have derivative 0 at 0, max and min split a tie in half.
 */
final class Derivative {
    private static final Expr ZERO = of(0), ONE = of(1);

    private Derivative() {}

    static Expr derive(Expr e, int i) {
        return switch (e) {
            case Arg(int index) -> index == i ? ONE : ZERO;
            case Const _, Index _ -> ZERO;
            case Unary(Expr.Fn fn, Expr x) -> {
                Expr dx = Derivative.derive(x, i);
                yield dx.equals(ZERO) ? ZERO : times(dx, ofFunction(fn, x, e));
            }
            case Binary(Expr.Fn2 fn, Expr a, Expr b) ->
                    ofFunction(fn, a, b, e, Derivative.derive(a, i), Derivative.derive(b, i));
            case Where(Expr c, Expr t, Expr o) -> where(c, Derivative.derive(t, i), Derivative.derive(o, i));
        };
    }

    private static Expr ofFunction(Expr.Fn fn, Expr x, Expr y) {
        return switch (fn) {
            case NEG -> of(-1);
            case ABS -> x.sign();
            case SIGN, FLOOR, ROUND -> ZERO;
            case SQRT -> of(0.5).over(y);
            case EXP -> y;
            case EXPM1 -> y.plus(1);
            case LOG -> x.reciprocal();
            case LOG1P -> x.plus(1).reciprocal();
            case SIN -> x.cos();
            case COS -> x.sin().negate();
            case TANH -> ONE.minus(y.times(y));
            case ERF -> x.times(x).negate().exp().times(2 / Math.sqrt(Math.PI));
            case NORMAL_CDF -> x.times(x).times(-0.5).exp().times(1 / Math.sqrt(2 * Math.PI));
            case SIGMOID -> y.times(ONE.minus(y));
            case SOFTPLUS -> x.sigmoid();
            case RELU -> y.le(ZERO).where(ZERO, ONE);
        };
    }

    private static Expr ofFunction(Expr.Fn2 fn, Expr a, Expr b, Expr y, Expr da, Expr db) {
        return switch (fn) {
            case ADD -> plus(da, db);
            case SUB -> minus(da, db);
            case MUL -> a.equals(b) ? times(da, a.times(2)) : plus(times(da, b), times(db, a));
            case DIV -> db.equals(ZERO)
                    ? (da.equals(ZERO) ? ZERO : da.over(b))
                    : minus(da, times(db, y)).over(b);
            case MAX -> ofChoice(a, b, b.lt(a), a.lt(b), da, db);
            case MIN -> ofChoice(a, b, a.lt(b), b.lt(a), da, db);
            case POW -> plus(
                    times(da, where(b.eq(ZERO), ZERO, b.times(power(a, b)))),
                    times(db, where(a.eq(ZERO).and(ZERO.le(b)), ZERO, y.times(a.log()))));
            case ATAN2 -> {
                Expr n = a.times(a).plus(b.times(b));
                yield minus(times(da, b.over(n)), times(db, a.over(n)));
            }
            case LT, LE, EQ, AND, OR -> ZERO;
        };
    }

    /** The chosen one's derivative; that of both in halves at a tie and in full where either is NaN, so that neither loses it. */
    private static Expr ofChoice(Expr a, Expr b, Expr isFirst, Expr isSecond, Expr da, Expr db) {
        if (da.equals(ZERO) && db.equals(ZERO)) return ZERO;
        return where(a.eq(b), times(of(0.5), plus(da, db)), where(isFirst, da, where(isSecond, db, plus(da, db))));
    }

    private static Expr power(Expr a, Expr b) {
        return b instanceof Const(double v) ? (v == 2 ? a : v == 1 ? ONE : a.pow(of(v - 1))) : a.pow(b.minus(1));
    }

    private static Expr plus(Expr a, Expr b) {
        return a.equals(ZERO) ? b : b.equals(ZERO) ? a : a.plus(b);
    }

    private static Expr minus(Expr a, Expr b) {
        return b.equals(ZERO) ? a : a.equals(ZERO) ? b.negate() : a.minus(b);
    }

    /** {@code a · b}; a branch of a choice that is 0 stays 0, even where the other factor is infinite. */
    static Expr times(Expr a, Expr b) {
        if (a.equals(ZERO) || b.equals(ZERO)) return ZERO;
        if (a.equals(ONE)) return b;
        if (b.equals(ONE)) return a;
        if (a instanceof Const(double x) && b instanceof Const(double y)) return of(x * y);
        if (b instanceof Where(Expr c, Expr t, Expr o) && (t.equals(ZERO) || o.equals(ZERO)))
            return where(c, times(a, t), times(a, o));
        if (a instanceof Where(Expr c, Expr t, Expr o) && (t.equals(ZERO) || o.equals(ZERO)))
            return where(c, times(t, b), times(o, b));
        return a.times(b);
    }

    private static Expr where(Expr c, Expr t, Expr o) {
        if (t.equals(o)) return t;
        if (c instanceof Binary(Expr.Fn2 fn, Const(double a), Const(double b))) return fn.apply(a, b) != 0 ? t : o;
        return c.where(t, o);
    }
}
