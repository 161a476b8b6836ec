package org.chainrule.cpu;

import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.expr.Expr.Fn;
import org.chainrule.expr.Expr.Fn2;

/** Each instruction as a loop over a block. */
final class Instructions {
    private Instructions() {}

    static void index(Shape shape, int axis, int start, Register y, int n) {
        int stride = 1, extent = shape.dim(axis);
        for (int a = axis + 1; a < shape.rank(); a++) stride *= shape.dim(a);
        for (int i = 0; i < n; i++) y.longs[y.at + i] = (long) (start + i) / stride % extent;
    }

    static void unary(Lanes l, Fn fn, DType type, Register x, Register y, int n) {
        switch (x.carrier) {
            case FLOAT -> unary(l, fn, x.floats, x.at, y.floats, y.at, n);
            case DOUBLE -> unary(fn, x.doubles, x.at, y.doubles, y.at, n);
            case LONG -> {
                for (int i = 0; i < n; i++) y.longs[y.at + i] = wrap(type, fn.applyToInteger(x.longs[x.at + i]));
            }
        }
    }

    private static void unary(Lanes l, Fn fn, float[] x, int xo, float[] y, int yo, int n) {
        switch (fn) {
            case NEG -> l.neg(x, xo, y, yo, n);
            case ABS -> l.abs(x, xo, y, yo, n);
            case SIGN -> sign(x, xo, y, yo, n);
            case FLOOR -> l.floor(x, xo, y, yo, n);
            case ROUND -> l.round(x, xo, y, yo, n);
            case SQRT -> l.sqrt(x, xo, y, yo, n);
            case EXP -> l.exp(x, xo, y, yo, n);
            case EXPM1 -> l.expm1(x, xo, y, yo, n);
            case LOG -> l.log(x, xo, y, yo, n);
            case LOG1P -> l.log1p(x, xo, y, yo, n);
            case SIN -> l.sin(x, xo, y, yo, n);
            case COS -> l.cos(x, xo, y, yo, n);
            case TANH -> l.tanh(x, xo, y, yo, n);
            case ERF -> l.erf(x, xo, y, yo, n);
            case NORMAL_CDF -> l.normalCdf(x, xo, y, yo, n);
            case SIGMOID -> l.sigmoid(x, xo, y, yo, n);
            case SOFTPLUS -> softplus(l, x, xo, y, yo, n);
            case RELU -> l.relu(x, xo, y, yo, n);
        }
    }

    private static void sign(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) y[yo + i] = x[xo + i] > 0 ? 1 : x[xo + i] < 0 ? -1 : 0;
    }

    private static final ThreadLocal<float[]> SPARE = ThreadLocal.withInitial(() -> new float[Tape.BLOCK]);

    /** {@code max(x, 0) + log1p(exp(-|x|))}. */
    private static void softplus(Lanes l, float[] x, int xo, float[] y, int yo, int n) {
        float[] t = SPARE.get();
        l.abs(x, xo, t, 0, n);
        l.neg(t, 0, t, 0, n);
        l.exp(t, 0, t, 0, n);
        l.log1p(t, 0, t, 0, n);
        l.relu(x, xo, y, yo, n);
        l.add(y, yo, t, 0, y, yo, n);
    }

    private static void unary(Fn fn, double[] x, int xo, double[] y, int yo, int n) {
        switch (fn) {
            case NEG -> Doubles.neg(x, xo, y, yo, n);
            case ABS -> Doubles.abs(x, xo, y, yo, n);
            case EXP -> Doubles.exp(x, xo, y, yo, n);
            case TANH -> Doubles.tanh(x, xo, y, yo, n);
            case SIGMOID -> Doubles.sigmoid(x, xo, y, yo, n);
            case SQRT -> Doubles.sqrt(x, xo, y, yo, n);
            case SIGN, FLOOR, ROUND, EXPM1, LOG, LOG1P, SIN, COS, ERF, NORMAL_CDF, SOFTPLUS, RELU -> {
                for (int i = 0; i < n; i++) y[yo + i] = fn.apply(x[xo + i]);
            }
        }
    }

    private static long wrap(DType type, long v) {
        return type == DType.I32 ? (int) v : v;
    }

    static void binary(Lanes l, Fn2 fn, DType operands, Register a, Register b, Register y, int n) {
        switch (a.carrier) {
            case FLOAT -> floats(l, fn, a, b, y.floats, y.at, n);
            case DOUBLE -> {
                if (fn.isPredicate()) for (int i = 0; i < n; i++)
                    y.floats[y.at + i] = (float) fn.apply(a.doubles[a.at + i], b.doubles[b.at + i]);
                else doubles(fn, a.doubles, a.at, b.doubles, b.at, y.doubles, y.at, n);
            }
            case LONG -> {
                if (fn.isPredicate())
                    for (int i = 0; i < n; i++)
                        y.floats[y.at + i] = fn.applyToIntegers(a.longs[a.at + i], b.longs[b.at + i]);
                else for (int i = 0; i < n; i++)
                    y.longs[y.at + i] = wrap(operands, fn.applyToIntegers(a.longs[a.at + i], b.longs[b.at + i]));
            }
        }
    }

    private static void floats(Lanes l, Fn2 fn, Register a, Register b, float[] y, int yo, int n) {
        float[] u = a.floats, v = b.floats;
        int uo = a.at, vo = b.at;
        if (b.uniform) {
            float s = v[vo];
            switch (fn) {
                case ADD -> l.add(u, uo, s, y, yo, n);
                case SUB -> l.sub(u, uo, s, y, yo, n);
                case MUL -> l.mul(u, uo, s, y, yo, n);
                case DIV -> l.div(u, uo, s, y, yo, n);
                case MAX -> l.max(u, uo, s, y, yo, n);
                case MIN -> l.min(u, uo, s, y, yo, n);
                case POW, ATAN2, LT, LE, EQ, AND, OR -> floats(l, fn, u, uo, v, vo, y, yo, n);
            }
        } else if (a.uniform) {
            float s = u[uo];
            switch (fn) {
                case ADD -> l.add(v, vo, s, y, yo, n);
                case SUB -> l.rsub(v, vo, s, y, yo, n);
                case MUL -> l.mul(v, vo, s, y, yo, n);
                case DIV -> l.rdiv(v, vo, s, y, yo, n);
                case MAX, MIN, POW, ATAN2, LT, LE, EQ, AND, OR -> floats(l, fn, u, uo, v, vo, y, yo, n);
            }
        } else {
            floats(l, fn, u, uo, v, vo, y, yo, n);
        }
    }

    private static void floats(Lanes l, Fn2 fn, float[] u, int uo, float[] v, int vo, float[] y, int yo, int n) {
        switch (fn) {
            case ADD -> l.add(u, uo, v, vo, y, yo, n);
            case SUB -> l.sub(u, uo, v, vo, y, yo, n);
            case MUL -> l.mul(u, uo, v, vo, y, yo, n);
            case DIV -> l.div(u, uo, v, vo, y, yo, n);
            case MAX -> l.max(u, uo, v, vo, y, yo, n);
            case MIN -> l.min(u, uo, v, vo, y, yo, n);
            case POW, ATAN2 -> {
                for (int i = 0; i < n; i++) y[yo + i] = (float) fn.apply(u[uo + i], v[vo + i]);
            }
            case LT -> l.lt(u, uo, v, vo, y, yo, n);
            case LE -> l.le(u, uo, v, vo, y, yo, n);
            case EQ -> l.eq(u, uo, v, vo, y, yo, n);
            case AND -> {
                for (int i = 0; i < n; i++) y[yo + i] = u[uo + i] != 0 && v[vo + i] != 0 ? 1 : 0;
            }
            case OR -> {
                for (int i = 0; i < n; i++) y[yo + i] = u[uo + i] != 0 || v[vo + i] != 0 ? 1 : 0;
            }
        }
    }

    private static void doubles(Fn2 fn, double[] u, int uo, double[] v, int vo, double[] y, int yo, int n) {
        switch (fn) {
            case ADD -> Doubles.add(u, uo, v, vo, y, yo, n);
            case SUB -> Doubles.sub(u, uo, v, vo, y, yo, n);
            case MUL -> Doubles.mul(u, uo, v, vo, y, yo, n);
            case DIV -> Doubles.div(u, uo, v, vo, y, yo, n);
            case MAX, MIN, POW, ATAN2, LT, LE, EQ, AND, OR -> {
                for (int i = 0; i < n; i++) y[yo + i] = fn.apply(u[uo + i], v[vo + i]);
            }
        }
    }

    static void where(Lanes l, Register c, Register t, Register o, Register y, int n) {
        switch (y.carrier) {
            case FLOAT -> l.select(c.floats, c.at, t.floats, t.at, o.floats, o.at, y.floats, y.at, n);
            case DOUBLE -> {
                for (int i = 0; i < n; i++)
                    y.doubles[y.at + i] = c.floats[c.at + i] != 0 ? t.doubles[t.at + i] : o.doubles[o.at + i];
            }
            case LONG -> {
                for (int i = 0; i < n; i++)
                    y.longs[y.at + i] = c.floats[c.at + i] != 0 ? t.longs[t.at + i] : o.longs[o.at + i];
            }
        }
    }

    static void cast(DType to, Register x, Register y, int n) {
        for (int i = 0; i < n; i++) {
            switch (y.carrier) {
                case FLOAT -> {
                    float v = switch (x.carrier) {
                        case FLOAT -> x.floats[x.at + i];
                        case DOUBLE -> (float) x.doubles[x.at + i];
                        case LONG -> x.longs[x.at + i];
                    };
                    y.floats[y.at + i] = to == DType.BOOL ? (isZero(x, i) ? 0 : 1) : v;
                }
                case DOUBLE -> y.doubles[y.at + i] = switch (x.carrier) {
                    case FLOAT -> x.floats[x.at + i];
                    case DOUBLE -> x.doubles[x.at + i];
                    case LONG -> x.longs[x.at + i];
                };
                case LONG -> {
                    long v = switch (x.carrier) {
                        case FLOAT -> (long) x.floats[x.at + i];
                        case DOUBLE -> (long) x.doubles[x.at + i];
                        case LONG -> x.longs[x.at + i];
                    };
                    y.longs[y.at + i] = wrap(to, v);
                }
            }
        }
    }

    private static boolean isZero(Register x, int i) {
        return switch (x.carrier) {
            case FLOAT -> x.floats[x.at + i] == 0;
            case DOUBLE -> x.doubles[x.at + i] == 0;
            case LONG -> x.longs[x.at + i] == 0;
        };
    }
}
