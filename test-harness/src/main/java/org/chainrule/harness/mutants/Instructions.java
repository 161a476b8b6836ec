package org.chainrule.harness.mutants;

import static org.chainrule.harness.mutants.ScheduleMutant.instructions;

import java.util.List;
import org.chainrule.DType;
import org.chainrule.expr.Expr.Fn;
import org.chainrule.expr.Expr.Fn2;
import org.chainrule.plan.Program.Instruction;
import org.chainrule.plan.Program.Instruction.Binary;
import org.chainrule.plan.Program.Instruction.Cast;
import org.chainrule.plan.Program.Instruction.Const;
import org.chainrule.plan.Program.Instruction.Index;
import org.chainrule.plan.Program.Instruction.Unary;
import org.chainrule.plan.Program.Instruction.Where;

/** Devices whose scalar arithmetic is wrong. */
final class Instructions {
    private Instructions() {}

    static List<Mutant> all() {
        return List.of(branch("branch-with-zero-times-seven", 7), branch("branch-with-zero-always-zero", 0),
                branch("branch-with-zero-sign-flipped", -1),
                unary("tanh-is-erf", Fn.TANH, (u, to) -> to.add(new Unary(Fn.ERF, u.x(), u.type()))),
                unary("sigmoid-unstable", Fn.SIGMOID, Instructions::unstableSigmoid),
                unary("relu-of-nan-is-zero", Fn.RELU, Instructions::reluWithoutNaN),
                unary("sqrt-by-power", Fn.SQRT,
                        (u, to) -> to.add(new Binary(Fn2.POW, u.x(), constant(to, 0.5, u.type()),
                                u.type()))),
                unary("floor-is-round", Fn.FLOOR, (u, to) -> to.add(new Unary(Fn.ROUND, u.x(), u.type()))),
                unary("erf-not-a-number", Fn.ERF, (u, to) -> constant(to, Double.NaN, u.type())),
                unary("exp-of-slightly-more", Fn.EXP, (u, to) -> to.add(new Unary(Fn.EXP,
                        to.add(new Binary(Fn2.MUL, u.x(), constant(to, 1 + 0x1p-20, u.type()), u.type())), u.type()))),
                unary("exp-overflows-early", Fn.EXP, Instructions::overflowingEarly),
                unary("log-loses-small-arguments", Fn.LOG1P, (u, to) -> to.add(new Unary(Fn.LOG,
                        to.add(new Binary(Fn2.ADD, u.x(), constant(to, 1, u.type()), u.type())), u.type()))),
                binary("maximum-ignores-nan", Fn2.MAX, (b, to) -> to.add(new Where(
                        to.add(new Binary(Fn2.LT, b.a(), b.b(), b.operands())), b.b(), b.a(), b.operands()))),
                binary("less-is-less-or-equal", Fn2.LT,
                        (b, to) -> to.add(new Binary(Fn2.LE, b.a(), b.b(), b.operands()))),
                binary("less-or-equal-is-less", Fn2.LE,
                        (b, to) -> to.add(new Binary(Fn2.LT, b.a(), b.b(), b.operands()))),
                binary("difference-reversed", Fn2.SUB,
                        (b, to) -> to.add(new Binary(Fn2.SUB, b.b(), b.a(), b.operands()))),
                binary("quotient-by-reciprocal", Fn2.DIV, Instructions::byReciprocal),
                binary("power-of-absolute-value", Fn2.POW, (b, to) -> to.add(new Binary(Fn2.POW,
                        to.add(new Unary(Fn.ABS, b.a(), b.operands())), b.b(), b.operands()))),
                Mutant.device("branches-swapped",
                        instructions((i, to) -> i instanceof Where(int c, int t, int o, var type)
                                ? to.add(new Where(c, o, t, type)) : to.add(i))),
                Mutant.device("index-off-by-one", instructions((i, to) -> {
                    int r = to.add(i);
                    return i instanceof Index ? to.add(new Binary(Fn2.ADD, r, constant(to, 1, DType.I64), DType.I64))
                            : r;
                })),
                Mutant.device("cast-rounds", instructions((i, to) -> i instanceof Cast(int x, DType from, DType type)
                        && from.isFloat() && type.isInteger()
                                ? to.add(new Cast(to.add(new Unary(Fn.ROUND, x, from)), from, type)) : to.add(i))),
                Mutant.device("constants-in-half-width",
                        instructions((i, to) -> i instanceof Const(double v, DType type)
                                && type.isFloat() ? constant(to, DType.BF16.round(v), type) : to.add(i))),
                Mutant.device("double-computed-in-single", instructions((i, to) -> {
                    int r = to.add(i);
                    return i.type() == DType.F64 ? to.add(new Cast(to.add(new Cast(r, DType.F64, DType.F32)), DType.F32,
                            DType.F64)) : r;
                })));
    }

    private interface Of<I extends Instruction> {
        int replace(I i, Rewriting to);
    }

    private static Mutant unary(String name, Fn fn, Of<Unary> rule) {
        return Mutant.device(name, instructions(
                (i, to) -> i instanceof Unary u && u.fn() == fn ? rule.replace(u, to) : to.add(i)));
    }

    private static Mutant binary(String name, Fn2 fn, Of<Binary> rule) {
        return Mutant.device(name, instructions(
                (i, to) -> i instanceof Binary b && b.fn() == fn ? rule.replace(b, to) : to.add(i)));
    }

    /** The shape that the gradient of a rectifier has: a value on one side and 0 on the other. */
    private static Mutant branch(String name, double factor) {
        return Mutant.device(name, instructions((i, to) -> {
            int r = to.add(i);
            return i instanceof Where w && w.type().isFloat()
                    && (to.isConstant(w.then(), 0) || to.isConstant(w.otherwise(), 0))
                            ? to.add(new Binary(Fn2.MUL, r, constant(to, factor, w.type()), w.type())) : r;
        }));
    }

    private static int constant(Rewriting to, double v, DType type) {
        return to.add(new Const(v, type));
    }

    /** The bound beyond which the result is infinite, kept in half width: 88.5 for 88.72. */
    private static int overflowingEarly(Unary u, Rewriting to) {
        int right = to.add(u);
        if (u.type() != DType.F32) return right;
        int bound = constant(to, DType.BF16.round(Math.log(Float.MAX_VALUE)), u.type());
        return to.add(new Where(to.add(new Binary(Fn2.LT, bound, u.x(), u.type())),
                constant(to, Double.POSITIVE_INFINITY, u.type()), right, u.type()));
    }

    private static int unstableSigmoid(Unary u, Rewriting to) {
        int e = to.add(new Unary(Fn.EXP, u.x(), u.type()));
        int below = to.add(new Binary(Fn2.ADD, e, constant(to, 1, u.type()), u.type()));
        return to.add(new Binary(Fn2.DIV, e, below, u.type()));
    }

    private static int reluWithoutNaN(Unary u, Rewriting to) {
        int zero = constant(to, 0, u.type());
        return to.add(new Where(to.add(new Binary(Fn2.LT, zero, u.x(), u.type())), u.x(), zero, u.type()));
    }

    private static int byReciprocal(Binary b, Rewriting to) {
        int inverse = to.add(new Binary(Fn2.DIV, constant(to, 1, b.operands()), b.b(), b.operands()));
        return to.add(new Binary(Fn2.MUL, b.a(), inverse, b.operands()));
    }
}
