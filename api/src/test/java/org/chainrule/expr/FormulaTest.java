package org.chainrule.expr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chainrule.expr.Expr.arg;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class FormulaTest {
    private static final Expr X = arg(0), Y = arg(1);

    private static String text(Expr e) {
        return Formula.of(e, "x", "y");
    }

    @Test
    void parenthesesStandWhereTheyAreNeededOnly() {
        assertThat(text(X.plus(Y).times(X))).isEqualTo("x·(x + y)");
        assertThat(text(X.times(Y).plus(X))).isEqualTo("x·y + x");
        assertThat(text(X.minus(Y.minus(X.exp())))).isEqualTo("x − y + exp(x)");
        assertThat(text(X.over(Y.times(X)))).isEqualTo("x/(y·x)");
        assertThat(text(X.over(Y).over(X.plus(1)))).isEqualTo("x/(y·(x + 1))");
        assertThat(text(X.negate().pow(Expr.of(2)))).isEqualTo("(−x)²");
        assertThat(text(X.pow(Y.minus(1)))).isEqualTo("x^(y − 1)");
        assertThat(text(X.lt(Y).where(X, Y).times(2))).isEqualTo("2·(x if x < y else y)");
        assertThat(text(X.plus(Y).sqrt().plus(Y.sqrt()))).isEqualTo("√(x + y) + √y");
        assertThat(text(X.lt(Y).or(X.eq(Y).and(Y.le(X))))).isEqualTo("x < y ∨ x = y ∧ y ≤ x");
    }

    @Test
    void trivialFormsAreSimplified() {
        assertThat(text(X.times(1))).isEqualTo("x");
        assertThat(text(Expr.of(0).plus(X))).isEqualTo("x");
        assertThat(text(X.times(0))).isEqualTo("0");
        assertThat(text(X.negate().negate())).isEqualTo("x");
        assertThat(text(X.plus(Y.negate()))).isEqualTo("x − y");
        assertThat(text(X.times(-3).times(Y.negate()))).isEqualTo("3·x·y");
        assertThat(text(X.times(X).times(X))).isEqualTo("x³");
        assertThat(text(X.plus(X).minus(X.times(2)))).isEqualTo("0");
        assertThat(text(X.times(0.1).times(3))).isEqualTo("0.3·x");
        assertThat(text(X.times(Math.sqrt(0.5)))).isEqualTo("√½·x");
        assertThat(text(X.lt(Y).where(X, X))).isEqualTo("x");
        assertThat(text(X.sqrt().times(X.sqrt()))).isEqualTo("x");
    }

    @Test
    void anArgumentMayBeGivenByItsValue() {
        assertThat(Formula.of(X.minus(Y).square(), "0.7", "−1")).isEqualTo("(0.7 − (−1))²");
        assertThat(Formula.of(X.exp().plus(X.square()), "−1")).isEqualTo("exp(−1) + (−1)²");
    }

    @Test
    void opsReadAsInATextbook() {
        assertThat(Formula.of(Ops.SIGMOID)).isEqualTo("1/(1 + exp(−x))");
        assertThat(Formula.derivative(Ops.SIGMOID, 0)).isEqualTo("f·(1 − f)");
        assertThat(Formula.of(Ops.NE)).isEqualTo("x ≠ y");
        assertThat(Formula.derivative(Ops.TANH, 0)).isEqualTo("1 − f²");
        assertThat(Formula.derivative(Ops.DIV, 1)).isEqualTo("−f/y");
        assertThat(Formula.derivative(Ops.GELU, 0)).isEqualTo("Φ(x) + (1/√(2π))·x·exp(−0.5·x²)");
        assertThat(Formula.derivative(Ops.IDENTITY, 0)).isEqualTo("1");
        assertThat(Formula.derivative(Ops.HARDTANH, 0)).isEqualTo("0 if x ≤ −1 ∨ x ≥ 1 else 1");
    }

    /** What is shown must mean what is computed. */
    @ParameterizedTest
    @FieldSource("org.chainrule.expr.Ops#ALL")
    void simplifyingKeepsTheValue(Pointwise op) {
        assertSameValues(op, op.forward());
        IntStream.range(0, op.arity()).forEach(i -> assertSameValues(op, op.forward().d(i)));
    }

    private static void assertSameValues(Pointwise op, Expr e) {
        Expr simple = Simplification.simplify(e);
        SplittableRandom random = new SplittableRandom(7);
        for (int k = 0; k < 100; k++) {
            double[] x = random.doubles(op.arity(), op.lo(), op.hi()).toArray();
            double expected = e.eval(x);
            assertThat(Math.abs(simple.eval(x) - expected)).as("%s at %s", simple, x[0])
                    .isLessThanOrEqualTo(1e-13 * Math.max(1, Math.abs(expected)));
        }
    }
}
