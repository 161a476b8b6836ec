package org.chainrule.cpu.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Function;
import org.chainrule.DType;
import org.chainrule.GradientCheck;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.nn.Losses;
import org.chainrule.nn.Norms;
import org.junit.jupiter.api.Test;

class GradientCheckTest {
    private static Tensor normal(Session session, long seed, int... dims) {
        return session.normal(Rng.of(seed), DType.F64, Shape.of(dims)).eval();
    }

    @Test
    void rightGradientsPass() {
        try (Session session = Session.open("reference")) {
            Tensor a = normal(session, 1, 3, 4), b = normal(session, 2, 4, 2);
            assertEquals(20,
                    GradientCheck.check(in -> in.get(0).matmul(in.get(1)).tanh(), a, b).requireCorrect().compared());
            GradientCheck.check(in -> in.getFirst().softmax(1).log(), a).requireCorrect();
            GradientCheck.check(in -> Norms.layerNorm(in.getFirst(), Shape.of(4), 1e-5), a).requireCorrect();
            GradientCheck.check(in -> Norms.groupNorm(in.getFirst(), 2, 1e-5), a).requireCorrect();
            GradientCheck
                    .check(in -> Losses.bceWithLogits(in.getFirst(), in.get(1).sigmoid()), a, normal(session, 3, 3, 4))
                    .requireCorrect();
            GradientCheck.check(in -> Losses.crossEntropy(in.getFirst().times(30), session.tensor(0L, 3, 1)), a)
                    .requireCorrect();
            GradientCheck
                    .check(in -> in.getFirst().gradients(in.getFirst().exp(), List.of(in.getFirst())).getFirst(), a)
                    .requireCorrect();
            GradientCheck.check(in -> in.getFirst().times(1e3).plus(1e3).sin(), session.tensor(0.3)).requireCorrect();
        }
    }

    @Test
    void wrongGradientsAreFoundAndNamed() {
        try (Session session = Session.open("reference")) {
            Tensor a = normal(session, 1, 5);
            for (double factor : new double[] {7, 0, -1, 1.00001, Double.NaN}) {
                Function<List<Tensor>, Tensor> wrong = in -> Tensor.custom("wrong", in.getFirst().square(),
                        (x, _, c) -> List.of(c.times(x.getFirst()).times(2 * factor)), in.getFirst());
                GradientCheck.Report r = GradientCheck.check(wrong, a);
                assertFalse(r.isCorrect());
                assertEquals(5, r.wrong().size());
                assertTrue(assertThrows(InvalidArgumentException.class, r::requireCorrect).getMessage()
                        .contains("of input 0"));
            }
        }
    }

    @Test
    void nothingToCompareIsNotCorrect() {
        try (Session session = Session.open("reference")) {
            assertFalse(GradientCheck.check(in -> in.getFirst(), session.tensor(new double[0])).isCorrect());
            assertThrows(InvalidArgumentException.class,
                    () -> GradientCheck.check(in -> in.getFirst(), session.tensor(1L)));
        }
    }
}
