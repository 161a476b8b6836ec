package org.chainrule.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.GradientCheck;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.expr.Pointwise;
import org.chainrule.harness.analysis.Arithmetic;
import org.chainrule.harness.analysis.Bound;
import org.chainrule.harness.analysis.RunningError;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every op of the table, on the interval that it names: a new op is tested as soon as it is declared. */
class PointwiseOpsTest {
    private static final int ELEMENTS = 207;

    @TestFactory
    Stream<DynamicTest> gradientIsTheCentralDifference() {
        return Ops.ALL.stream().filter(op -> !op.forward().isPredicate())
                .map(op -> DynamicTest.dynamicTest(op.name(), () -> {
                    try (Session s = Session.open("reference")) {
                        Tensor[] x = arguments(s, op, DType.F64).toArray(Tensor[]::new);
                        GradientCheck.check(in -> Tensor.map(op, in.toArray(Tensor[]::new)), x).requireCorrect();
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> cpuIsWithinTheDerivedBound() {
        return Ops.ALL.stream().map(op -> DynamicTest.dynamicTest(op.name(), () -> {
            try (Session s = Session.open("cpu")) {
                List<Tensor> x = arguments(s, op, DType.F32);
                Tensor y = Tensor.map(op, x.toArray(Tensor[]::new));
                List<Tensor> all = new ArrayList<>(List.of(y));
                if (y.dtype().isFloat()) {
                    all.addAll(y.gradients(s.tensor(y.shape(), DType.F32, values(op, ELEMENTS, 7)), x));
                }
                RunningError analysis = RunningError.in(Arithmetic.F32);
                for (Tensor t : all) requireWithin(op, t, analysis.bounds(t));
            }
        }));
    }

    private static void requireWithin(Pointwise op, Tensor t, List<Bound> bounds) {
        double[] found = t.toDoubles();
        assertEquals(ELEMENTS, found.length);
        for (int i = 0; i < found.length; i++) {
            int at = i;
            assertTrue(bounds.get(i).admits(found[i]),
                    () -> op + " (" + t.name() + "), element " + at + ": " + found[at] + " is not within "
                            + bounds.get(at));
        }
    }

    private static List<Tensor> arguments(Session s, Pointwise op, DType type) {
        List<Tensor> x = new ArrayList<>();
        for (int i = 0; i < op.arity(); i++) {
            x.add(s.tensor(org.chainrule.Shape.of(ELEMENTS), type, values(op, ELEMENTS, i)));
        }
        return x;
    }

    /** Numbers of the op's interval that keep clear of its kinks. */
    private static double[] values(Pointwise op, int n, long seed) {
        Random r = new Random(seed);
        double[] v = new double[n];
        for (int i = 0; i < n; i++) {
            do {
                v[i] = (float) r.nextDouble(op.lo(), op.hi());
            } while (isNearKink(op, v[i]));
        }
        return v;
    }

    private static boolean isNearKink(Pointwise op, double v) {
        return op.kinks().stream().anyMatch(k -> Math.abs(v - k) < 1e-3);
    }
}
