package org.chainrule.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.harness.Accuracy.Quantity;
import org.chainrule.harness.analysis.Bound;
import org.chainrule.harness.analysis.RunningError;
import org.chainrule.harness.device.SentinelDevice;
import org.chainrule.spi.Device;

/**
 * Computes an op and its gradients on the device and compares each element with its bound. Cotangents are random, so that
 * a gradient whose terms cancel for ones is seen; afterwards the inputs must hold what was written to them.
 *
 * @param inputs what the op is given
 * @param op     the outputs from the inputs as seen through their views
 */
public record OpCheck(List<Input> inputs, Function<List<Tensor>, List<Tensor>> op) implements Case.Check {
    private static final int DRAWINGS = 32;

    public static OpCheck of(Function<List<Tensor>, Tensor> op, Input... inputs) {
        return new OpCheck(List.of(inputs), in -> List.of(op.apply(in)));
    }

    @Override
    public Verdict run(Bench bench) {
        return on(bench.device(), bench);
    }

    /** The same between sentinels: nothing but the outputs may be written, and all of them. */
    public Case.Check guarded() {
        return bench -> {
            try {
                return on(new SentinelDevice(bench.device()), bench);
            } catch (SentinelDevice.Violation e) {
                return new Verdict.Fail(e.getMessage());
            }
        };
    }

    private Verdict on(Device device, Bench bench) {
        inputs.forEach(i -> bench.require(i.dtype()));
        Session session = bench.session(device);
        Graph graph = new Graph(session, bench.random());
        List<List<Bound>> bounds = graph.bounds();
        for (int drawing = 1; isAllZero(bounds) && drawing < DRAWINGS; drawing++) {
            graph = new Graph(session, bench.random("drawing " + drawing));
            bounds = graph.bounds();
        }
        Comparison comparison = new Comparison();
        graph.compare(comparison, bounds);
        return comparison.verdict();
    }

    /** Few elements may all fall where the op is 0, which would prove nothing: then others are drawn. */
    private static boolean isAllZero(List<List<Bound>> bounds) {
        return bounds.stream().allMatch(l -> l.stream().allMatch(b -> b.value() == 0));
    }

    /** The op's outputs and gradients on one session; the same numbers each time. */
    private final class Graph {
        final List<Tensor> leaves = new ArrayList<>(), results = new ArrayList<>();
        final List<double[]> values = new ArrayList<>();
        private final List<String> names = new ArrayList<>();
        private final Session session;
        private int outputs;

        Graph(Session session, SplittableRandom random) {
            this.session = session;
            List<Tensor> seen = new ArrayList<>(), wrt = new ArrayList<>();
            for (Input i : inputs) {
                Tensor base = leaf(random, i.view().base(i.shape()), i.dtype(), i.values());
                if (i.dtype().isFloat()) wrt.add(base);
                seen.add(i.view().of(base));
            }
            List<Tensor> of = new ArrayList<>(), cotangents = new ArrayList<>();
            for (Tensor y : op.apply(seen)) {
                add("output." + outputs++, y);
                if (!y.dtype().isFloat() || wrt.isEmpty()) continue;
                of.add(y);
                cotangents.add(leaf(random, y.shape(), y.dtype(), Values.COTANGENTS));
            }
            if (of.isEmpty()) return;
            List<Tensor> gradients = Tensor.gradients(of, cotangents, wrt);
            for (int i = 0; i < gradients.size(); i++) add("grad." + i, gradients.get(i));
        }

        private Tensor leaf(SplittableRandom random, Shape shape, DType dtype, Values drawn) {
            double[] v = drawn.draw(random, dtype, Math.toIntExact(shape.size()));
            Tensor t = session.tensor(shape, dtype, v);
            leaves.add(t);
            values.add(v);
            return t;
        }

        private void add(String name, Tensor t) {
            names.add(name);
            results.add(t);
        }

        List<List<Bound>> bounds() {
            RunningError analysis = RunningError.on(session);
            for (int i = 0; i < leaves.size(); i++) analysis.given(leaves.get(i), values.get(i));
            return results.stream().map(analysis::bounds).toList();
        }

        void compare(Comparison comparison, List<List<Bound>> bounds) {
            session.eval(results.toArray(Tensor[]::new));
            for (int i = 0; i < results.size(); i++) comparison.compare(names.get(i),
                    i < outputs ? Quantity.FORWARD : Quantity.GRADIENT, results.get(i), bounds.get(i));
            for (int i = 0; i < leaves.size(); i++) {
                double[] now = leaves.get(i).toDoubles(), then = values.get(i);
                for (int k = 0; k < then.length; k++) {
                    if (Double.compare(now[k], then[k]) == 0) continue;
                    comparison.differs("input " + i + " was changed: element " + k + " was " + then[k]
                            + " and is " + now[k]);
                    break;
                }
            }
        }
    }
}
