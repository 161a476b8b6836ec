package org.chainrule.cpu;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.chainrule.Axes;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.expr.Pointwise;
import org.junit.jupiter.api.Test;

/** Random graphs in float64: the planned, fused and threaded cpu against the unfused reference, values, gradients and updates. */
class RandomGraphsTest {
    private static final List<Pointwise> UNARY =
            List.of(Ops.TANH, Ops.SIN, Ops.SIGMOID, Ops.RELU, Ops.SQUARE, Ops.ABS, Ops.NEG, Ops.SOFTSIGN);
    private static final List<Pointwise> BINARY = List.of(Ops.ADD, Ops.SUB, Ops.MUL, Ops.MAXIMUM, Ops.MINIMUM);

    @Test
    void fusedGraphsGiveWhatTheReferenceGives() {
        for (long seed = 0; seed < 300; seed++) {
            List<double[]> expected = run("reference", seed), found = run("cpu", seed);
            for (int i = 0; i < expected.size(); i++) compare(seed, i, expected.get(i), found.get(i));
        }
    }

    private static void compare(long seed, int which, double[] expected, double[] found) {
        if (expected.length != found.length)
            fail("seed " + seed + ", value " + which + ": " + expected.length + " and " + found.length + " elements");
        double scale = 1;
        for (double v : expected) if (Double.isFinite(v)) scale = Math.max(scale, Math.abs(v));
        for (int i = 0; i < expected.length; i++) {
            // float64 rounding over graphs of this size, relative to the greatest element, since sums cancel
            if (Double.compare(expected[i], found[i]) != 0 && !(Math.abs(expected[i] - found[i]) <= 1e-10 * scale))
                fail("seed " + seed + ", value " + which + ", element " + i + ": expected " + expected[i] + ", found "
                        + found[i]);
        }
    }

    /** The values, gradients and updated leaves of the graph of {@code seed}. */
    private static List<double[]> run(String backend, long seed) {
        try (Session s = Session.open(backend)) {
            Random r = new Random(seed);
            List<Tensor> leaves = new ArrayList<>(), nodes = new ArrayList<>();
            int n = 1 + r.nextInt(4), m = 1 + r.nextInt(6);
            if (r.nextInt(20) == 0) m = 1500;
            for (Shape shape : List.of(Shape.of(n, m), Shape.of(m), Shape.of(m, n), Shape.SCALAR, Shape.of(n, 1))) {
                leaves.add(s.tensor(shape, DType.F64, r.doubles(shape.size(), -2, 2).toArray()));
            }
            nodes.addAll(leaves);
            for (int i = 0; i < 4 + r.nextInt(14); i++) grow(r, nodes);
            Tensor loss = leaves.getFirst().sum().times(0);
            for (int i = leaves.size(); i < nodes.size(); i++)
                if (r.nextInt(3) == 0 || i == nodes.size() - 1) loss = loss.plus(nodes.get(i).mean());
            List<Tensor> roots = new ArrayList<>(
                    List.of(loss, nodes.getLast(), nodes.get(leaves.size() + r.nextInt(nodes.size() - leaves.size()))));
            List<Tensor> gradients = loss.gradients(leaves);
            roots.addAll(gradients);
            s.eval(roots.toArray(Tensor[]::new));
            List<double[]> values = new ArrayList<>();
            for (Tensor t : roots) values.add(t.toDoubles());
            List<Tensor> again = loss.gradients(leaves);
            try (var step = s.step(() -> {
                for (int i = 0; i < leaves.size(); i++)
                    s.assign(leaves.get(i), leaves.get((i + 5) % leaves.size()).minus(again.get(i).times(0.01)));
                s.assign(leaves.get(4), leaves.get(0).sum(Axes.of(1).keep()).times(0.1));
                return leaves.get(0).t().matmul(leaves.get(0)).sum();
            })) {
                for (int i = 0; i < 3; i++) values.add(new double[] {step.run().item()});
            }
            for (Tensor t : leaves) values.add(t.toDoubles());
            return values;
        }
    }

    private static void grow(Random r, List<Tensor> nodes) {
        Tensor a = nodes.get(r.nextInt(nodes.size())), b = nodes.get(r.nextInt(nodes.size()));
        Tensor c = switch (r.nextInt(16)) {
            case 0, 1, 2 -> a.map(UNARY.get(r.nextInt(UNARY.size())));
            case 3, 4, 5, 6 -> broadcasts(a, b) ? Tensor.map(BINARY.get(r.nextInt(BINARY.size())), a, b) : a.tanh();
            case 7 -> a.shape().rank() > 0 ? a.sum(Axes.of(r.nextInt(a.shape().rank())).keep()) : a.times(0.5);
            case 8 -> a.shape().rank() > 1 ? a.t() : a.plus(1);
            case 9 -> a.shape().rank() == 2 && b.shape().rank() == 2 && a.shape().dim(1) == b.shape().dim(0)
                    && a.shape().size() * b.shape().dim(1) < 40000 ? a.matmul(b).times(0.1) : a.sin();
            case 10 -> a.shape().rank() > 0 ? a.slice(0, 0, Math.max(1, a.shape().dim(0) - 1)) : a;
            case 11 -> a.shape().rank() > 0 ? a.flip(r.nextInt(a.shape().rank())) : a.sigmoid();
            case 12 -> a.shape().rank() > 0 && a.shape().size() > 0 ? a.softmax(r.nextInt(a.shape().rank())) : a.tanh();
            case 13 -> a.shape().rank() > 0 && a.shape().size() < 4000 ? Tensor.concat(0, a, a.tanh()) : a.negate();
            case 14 -> a.shape().rank() > 0 ? a.cumsum(a.shape().rank() - 1).tanh() : a;
            default -> a.shape().rank() > 0 && a.shape().dim(0) > 0
                    ? a.gt(0.1).where(a, a.times(0.3)).max(Axes.of(0).keep()) : a.relu();
        };
        nodes.add(c.tanh().shape().size() > 100_000 ? a.tanh() : r.nextBoolean() ? c : c.tanh());
    }

    private static boolean broadcasts(Tensor a, Tensor b) {
        for (int i = 1; i <= Math.min(a.shape().rank(), b.shape().rank()); i++) {
            int x = a.shape().dim(-i), y = b.shape().dim(-i);
            if (x != y && x != 1 && y != 1) return false;
        }
        return a.shape().size() * b.shape().size() < 200_000;
    }
}
