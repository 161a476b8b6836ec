package org.chainrule.harness.graphs;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.chainrule.Session;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.graph.Op;
import org.chainrule.harness.Accuracy.Quantity;
import org.chainrule.harness.Comparison;
import org.chainrule.harness.analysis.Bound;
import org.chainrule.harness.analysis.RunningError;

/** How a graph is computed on the device. */
enum Way {
    /** All roots in one plan. */
    FUSED {
        @Override
        void compare(Expected expected, Session s, Comparison to) {
            Graph g = expected.graph();
            Tensors t = Tensors.of(g, s, () -> 0);
            s.eval(g.roots().stream().map(t::get).toArray(Tensor[]::new));
            for (int r : g.roots()) to.compare("fused t" + r, quantity(g, r), t.get(r), expected.bounds(r));
            Map<Integer, double[]> held = Tensors.given(g);
            held.forEach((i, v) -> unchanged("fused", i, v, t, to));
        }
    },
    /** Each tensor in a plan of its own, after its inputs. */
    ALONE {
        @Override
        void compare(Expected expected, Session s, Comparison to) {
            Graph g = expected.graph();
            Tensors t = Tensors.of(g, s, () -> 0);
            Set<Tensor> done = Collections.newSetFromMap(new IdentityHashMap<>());
            for (int i = 0; i < g.nodes().size(); i++) {
                alone(s, t.get(i), done);
                if (!g.nodes().get(i).isGiven())
                    to.compare("alone t" + i, quantity(g, i), t.get(i), expected.bounds(i));
            }
        }

        private static void alone(Session s, Tensor t, Set<Tensor> done) {
            if (t.op() instanceof Op.Leaf || t.op() instanceof Op.Constant || !done.add(t)) return;
            for (Tensor in : t.inputs()) alone(s, in, done);
            s.eval(t);
        }
    },
    /** A compiled step that makes the updates, several times. Each run is held to what it may make of what the device held before. */
    STEP {
        @Override
        void compare(Expected expected, Session s, Comparison to) {
            Graph g = expected.graph();
            int[] run = {0};
            Tensors t = Tensors.of(g, s, () -> run[0]);
            Map<Integer, Integer> next = new HashMap<>();
            for (Graph.Update u : g.updates()) next.put(u.target(), u.value());
            Map<Integer, double[]> held = Tensors.given(g);
            try (Step step = s.stepOf(() -> recorded(t))) {
                for (; run[0] < RUNS; run[0]++) {
                    Expected now = run[0] == 0 ? expected : expected.in(run[0], held);
                    String name = "run " + run[0] + " of the step: t";
                    step.run();
                    for (int i = 0; i < g.roots().size(); i++) {
                        int r = g.roots().get(i);
                        to.compare(name + r, quantity(g, r), t.get(r).dtype(), t.get(r).shape(),
                                step.value(i).toDoubles(), now.bounds(r));
                    }
                    for (Map.Entry<Integer, double[]> h : held.entrySet()) {
                        int i = h.getKey();
                        if (next.containsKey(i)) to.compare(name + i + " updated", Quantity.FORWARD, t.get(i),
                                now.bounds(next.get(i)));
                        else unchanged(name, i, h.getValue(), t, to);
                        h.setValue(t.get(i).toDoubles());
                    }
                }
            }
        }

        private static List<Tensor> recorded(Tensors t) {
            for (Graph.Update u : t.graph().updates()) t.session().assign(t.get(u.target()), t.get(u.value()));
            return t.graph().roots().stream().map(t::get).toList();
        }
    };

    private static final int RUNS = 3;

    /** What one run of a graph may give. */
    record Expected(Tensors tensors, RunningError analysis) {
        /** For the first run; the tensors are made on {@code s} and not computed. */
        static Expected of(Graph g, Session s) {
            Tensors t = Tensors.of(g, s, () -> 0);
            return new Expected(t, t.analysis(0, Tensors.given(g)));
        }

        Expected in(int run, Map<Integer, double[]> held) {
            return new Expected(tensors, tensors.analysis(run, held));
        }

        Graph graph() {
            return tensors.graph();
        }

        List<Bound> bounds(int node) {
            return analysis.bounds(tensors.get(node));
        }
    }

    /** Computes the graph on {@code s} and compares everything observed. */
    abstract void compare(Expected expected, Session s, Comparison to);

    private static Quantity quantity(Graph g, int node) {
        return g.nodes().get(node).kind() instanceof Kind.Gradient ? Quantity.GRADIENT : Quantity.FORWARD;
    }

    private static void unchanged(String name, int node, double[] then, Tensors t, Comparison to) {
        double[] now = t.get(node).toDoubles();
        if (!Arrays.equals(now, then)) {
            int k = Arrays.mismatch(now, then);
            to.differs(name + " changed t" + node + ", which nothing assigns: element " + k + " was " + then[k]
                    + " and is " + now[k]);
        }
    }
}
