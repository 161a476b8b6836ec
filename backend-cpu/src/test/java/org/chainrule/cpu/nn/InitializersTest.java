package org.chainrule.cpu.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Stream;
import org.chainrule.Rng;
import org.chainrule.Shape;
import org.chainrule.ShapeMismatchException;
import org.chainrule.nn.Initializer;
import org.chainrule.nn.Initializers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InitializersTest {
    /** 30 to 20 channels with a field of 5 by 5. */
    private static final Shape WEIGHT = Shape.of(20, 30, 5, 5);
    private static final double IN = 30 * 25, OUT = 20 * 25;

    static Stream<Arguments> scaled() {
        return Stream.of(
                Arguments.of("glorotUniform", Initializers.glorotUniform(), Math.sqrt(2 / (IN + OUT)), true),
                Arguments.of("glorotNormal", Initializers.glorotNormal(), Math.sqrt(2 / (IN + OUT)), false),
                Arguments.of("heUniform", Initializers.heUniform(), Math.sqrt(2 / IN), true),
                Arguments.of("heNormal", Initializers.heNormal(), Math.sqrt(2 / IN), false),
                Arguments.of("lecunUniform", Initializers.lecunUniform(), Math.sqrt(1 / IN), true),
                Arguments.of("lecunNormal", Initializers.lecunNormal(), Math.sqrt(1 / IN), false),
                Arguments.of("uniform", Initializers.uniform(-2, 2), Math.sqrt(16 / 12.0), true),
                Arguments.of("normal", Initializers.normal(0, 0.02), 0.02, false));
    }

    @ParameterizedTest
    @MethodSource("scaled")
    void valuesHaveTheirDeviation(String name, Initializer initializer, double deviation, boolean bounded) {
        double[] v = initializer.values(WEIGHT, Rng.of(11));
        int n = v.length;
        double mean = Arrays.stream(v).average().orElseThrow(), variance = Arrays.stream(v).map(x -> x * x).sum() / n;
        assertEquals(0, mean / deviation, 5 / Math.sqrt(n), name);
        assertEquals(1, variance / (deviation * deviation), 5 * Math.sqrt(2.0 / n), name);
        double most = Arrays.stream(v).map(Math::abs).max().orElseThrow() / deviation;
        assertTrue(bounded ? most <= Math.sqrt(3) : most > 3, name + ": " + most);
        assertArrayEquals(v, initializer.values(WEIGHT, Rng.of(11)));
    }

    @Test
    void orthogonalRowsOrColumnsAreOrthonormal() {
        for (int[] d : new int[][] {{4, 7}, {7, 4}, {6, 6}, {3, 2, 2, 2}}) {
            int rows = d[0], columns = (int) Shape.of(d).size() / rows, count = Math.min(rows, columns),
                    length = Math.max(rows, columns);
            double[] v = Initializers.orthogonal().values(Shape.of(d), Rng.of(2));
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < count; j++) {
                    double dot = 0;
                    for (int k = 0; k < length; k++) dot += rows <= columns ? v[i * columns + k] * v[j * columns + k]
                            : v[k * columns + i] * v[k * columns + j];
                    assertEquals(i == j ? 1 : 0, dot, 1e-14);
                }
            }
        }
        assertThrows(ShapeMismatchException.class, () -> Initializers.orthogonal().values(Shape.of(3), Rng.of(2)));
    }

    @Test
    void constantsAreConstant() {
        assertArrayEquals(new double[] {3, 3}, Initializers.constant(3).values(Shape.of(2), Rng.of(0)));
        assertArrayEquals(new double[] {0}, Initializers.zeros().values(Shape.SCALAR, Rng.of(0)));
        assertArrayEquals(new double[] {1}, Initializers.ones().values(Shape.SCALAR, Rng.of(0)));
    }
}
