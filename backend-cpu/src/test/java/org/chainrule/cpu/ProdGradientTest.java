package org.chainrule.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.chainrule.Axes;
import org.chainrule.GradientCheck;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of a product to any order, where none, one or more of its elements are zero. */
class ProdGradientTest {
    private static Tensor gradient(Tensor y, Tensor x) {
        return y.gradients(x).getFirst();
    }

    /** The matrix of second derivatives, row by row. */
    private static double[] hessian(Session s, double... at) {
        Tensor x = s.tensor(at), g = gradient(x.prod(), x);
        double[] all = new double[at.length * at.length];
        for (int i = 0; i < at.length; i++)
            System.arraycopy(gradient(g.select(0, i), x).toDoubles(), 0, all, i * at.length, at.length);
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void secondDerivativesAreTheProductsOfTheOtherElements(String backend) {
        try (Session s = Session.open(backend)) {
            assertArrayEquals(new double[] {0, 5, 3, 5, 0, 2, 3, 2, 0}, hessian(s, 2, 3, 5));
            assertArrayEquals(new double[] {0, 5, 3, 5, 0, 0, 3, 0, 0}, hessian(s, 0, 3, 5));
            assertArrayEquals(new double[] {0, 5, 0, 5, 0, 0, 0, 0, 0}, hessian(s, 0, 0, 5));
            assertArrayEquals(new double[9], hessian(s, 0, 0, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void theThirdDerivativeOfThreeZerosIsOne(String backend) {
        try (Session s = Session.open(backend)) {
            Tensor x = s.tensor(0.0, 0, 0);
            Tensor second = gradient(gradient(x.prod(), x).select(0, 0), x).select(0, 1);
            assertArrayEquals(new double[] {0, 0, 1}, gradient(second, x).toDoubles());
        }
    }

    @Test
    void gradientsOfGradientsAgreeWithFiniteDifferences() {
        try (Session s = Session.open("reference")) {
            double[] v = {0.5, -1.5, 2, 0, 3, -0.25, 0, 0, 1.25, 0.75, 0, -2, 1.5, 0.5, -1};
            Tensor x = s.tensor(Shape.of(3, 5), v);
            for (Axes axes : List.of(Axes.of(1), Axes.of(0), Axes.all())) {
                GradientCheck.check(in -> in.getFirst().prod(axes), x).requireCorrect();
                GradientCheck.check(in -> gradient(in.getFirst().prod(axes).square().sum(), in.getFirst()), x)
                        .requireCorrect();
            }
        }
    }

    @Test
    void theGradientOfAProductOfNothingIsEmpty() {
        try (Session s = Session.open("reference")) {
            Tensor x = s.tensor(Shape.of(2, 0), new double[0]);
            assertEquals(Shape.of(2, 0), gradient(x.prod(1).sum(), x).shape());
        }
    }
}
