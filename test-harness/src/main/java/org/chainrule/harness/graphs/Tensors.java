package org.chainrule.harness.graphs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.harness.analysis.RunningError;

/**
 * The nodes of a graph as tensors of a session.
 *
 * @param nodes by number
 */
record Tensors(Graph graph, Session session, List<Tensor> nodes) {
    /** Makes the tensors and computes none. {@code run} tells host scalars the number of the run. */
    static Tensors of(Graph graph, Session session, IntSupplier run) {
        List<Tensor> made = new ArrayList<>();
        Map<Integer, Tensor> gradients = new HashMap<>();
        for (int i = 0; i < graph.nodes().size(); i++) {
            Node n = graph.nodes().get(i);
            if (n.kind() instanceof Kind.Gradient && !gradients.containsKey(i)) together(graph, i, made, gradients);
            made.add(switch (n.kind()) {
                case Kind.Gradient _ -> gradients.get(i);
                case Kind.HostScalar h -> h.on(session, run);
                default -> n.kind().on(session, n.inputs().stream().map(made::get).toList());
            });
        }
        return new Tensors(graph, session, made);
    }

    /** Takes, in one differentiation, the gradient of node {@code at} and the later ones of the same outputs. */
    private static void together(Graph graph, int at, List<Tensor> made, Map<Integer, Tensor> gradients) {
        List<Integer> of = of(graph.nodes().get(at)), which = new ArrayList<>();
        for (int i = at; i < graph.nodes().size(); i++) {
            Node n = graph.nodes().get(i);
            if (n.kind() instanceof Kind.Gradient && of(n).equals(of) && n.inputs().getLast() < at) which.add(i);
        }
        List<Tensor> outputs = of.stream().map(made::get).toList();
        int k = outputs.size() / 2;
        List<Tensor> taken = Tensor.gradients(outputs.subList(0, k), outputs.subList(k, 2 * k),
                which.stream().map(i -> made.get(graph.nodes().get(i).inputs().getLast())).toList());
        for (int i = 0; i < taken.size(); i++) gradients.put(which.get(i), taken.get(i));
    }

    /** The outputs and cotangents of a gradient. */
    private static List<Integer> of(Node gradient) {
        return gradient.inputs().subList(0, gradient.inputs().size() - 1);
    }

    Tensor get(int node) {
        return nodes.get(node);
    }

    /** What run number {@code run} may give where the given nodes hold {@code held}. */
    RunningError analysis(int run, Map<Integer, double[]> held) {
        RunningError analysis = RunningError.on(session);
        held.forEach((i, v) -> analysis.given(nodes.get(i), v));
        for (int i = 0; i < nodes.size(); i++) tell(analysis, graph.nodes().get(i).kind(), nodes.get(i), run);
        return analysis;
    }

    /** Tells an analysis what the host or a generator supplies for run number {@code run}. */
    static void tell(RunningError analysis, Kind kind, Tensor t, int run) {
        if (kind instanceof Kind.HostScalar h) analysis.given(t, h.in(run));
        if (kind instanceof Kind.Random r) analysis.given(t, r.in(run));
    }

    /** What the given nodes hold at first. */
    static Map<Integer, double[]> given(Graph graph) {
        Map<Integer, double[]> held = new HashMap<>();
        for (int i = 0; i < graph.nodes().size(); i++)
            if (graph.nodes().get(i).kind() instanceof Kind.Given g) held.put(i, g.elements());
        return held;
    }
}
