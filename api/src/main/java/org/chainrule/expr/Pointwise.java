package org.chainrule.expr;

import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.chainrule.Tensor;

/**
 * An element-wise op, declared once: its name, its number of arguments, its formula and the interval it is tested on.
 * Its gradient, its fused kernels and its tests are made from the formula. As a function of one tensor it is also a
 * layer of a network.
 *
 * @param name    what it is called in tables and errors
 * @param arity   number of arguments
 * @param forward the formula over {@code Arg(0) … Arg(arity - 1)}
 * @param lo      lower end of the interval on which tests draw arguments
 * @param hi      upper end of that interval
 * @param kinks   arguments at which there is no derivative, which finite differences keep away from
 */
public record Pointwise(String name, int arity, Expr forward, double lo, double hi, List<Double> kinks)
        implements UnaryOperator<Tensor> {

    public static Pointwise unary(String name, double lo, double hi, UnaryOperator<Expr> f, Double... kinks) {
        return new Pointwise(name, 1, f.apply(Expr.arg(0)), lo, hi, List.of(kinks));
    }

    public static Pointwise binary(String name, double lo, double hi, BinaryOperator<Expr> f) {
        return new Pointwise(name, 2, f.apply(Expr.arg(0), Expr.arg(1)), lo, hi, List.of());
    }

    /** This op applied to each element of {@code x}. */
    @Override
    public Tensor apply(Tensor x) {
        return x.map(this);
    }

    /** The value in double precision. */
    public double eval(double... args) {
        return forward.eval(args);
    }

    @Override
    public String toString() {
        return name;
    }
}
