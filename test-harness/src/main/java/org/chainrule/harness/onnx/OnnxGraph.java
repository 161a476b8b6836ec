package org.chainrule.harness.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.chainrule.DataFormatException;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.UnsupportedOpException;
import org.chainrule.harness.Substitution;
import org.chainrule.harness.analysis.RunningError;

/**
 * A model with recorded inputs as a graph of Chainrule's ops on one session.
 *
 * @param leaves  the recorded inputs and initializers
 * @param outputs those of the model, in order
 */
record OnnxGraph(Session session, List<Tensor> leaves, List<Tensor> outputs, HostValues host) {
    /**
     * Runs the nodes in order.
     *
     * @param inputs   those of the model, in order; an initializer stands in for each that is not there
     * @param analysis is told of all recorded tensors
     * @param substitution what stands in for ops
     * @throws UnsupportedOpException naming the op, attribute, element type or kind of value that is not known
     */
    static OnnxGraph of(ModelProto model, List<TensorProto> inputs, Session session, RunningError analysis,
            Substitution substitution) {
        GraphProto graph = model.graph();
        HostValues host = new HostValues(analysis);
        Map<String, Tensor> values = new HashMap<>();
        Map<String, TensorProto> recorded = new HashMap<>();
        for (TensorProto t : graph.initializers()) recorded.put(t.name(), t);
        for (int i = 0; i < inputs.size() && i < graph.inputs().size(); i++)
            recorded.put(graph.inputs().get(i).name(), inputs.get(i));
        List<Tensor> leaves = new ArrayList<>();
        recorded.forEach((name, t) -> {
            Tensor leaf = t.on(session);
            host.record(leaf, t);
            values.put(name, leaf);
            leaves.add(leaf);
        });
        for (NodeProto node : graph.nodes()) {
            List<Tensor> out = call(model, node, values, session, host, substitution);
            for (int i = 0; i < node.outputs().size(); i++) {
                if (node.outputs().get(i).isEmpty()) continue;
                if (i >= out.size())
                    throw new UnsupportedOpException("output " + i + " of " + node.qualifiedOp() + " is not computed");
                values.put(node.outputs().get(i), out.get(i));
            }
        }
        return new OnnxGraph(session, leaves, graph.outputs().stream().map(o -> named(values, o.name())).toList(),
                host);
    }

    private static List<Tensor> call(ModelProto model, NodeProto node, Map<String, Tensor> values, Session session,
            HostValues host, Substitution substitution) {
        OnnxOp op = OnnxOp.named(node.qualifiedOp())
                .orElseThrow(() -> new UnsupportedOpException("op " + node.qualifiedOp()));
        List<Optional<Tensor>> in = node.inputs().stream()
                .map(n -> n.isEmpty() ? Optional.<Tensor>empty() : Optional.of(named(values, n))).toList();
        Call call = new Call(node, session, in, new NodeAttributes(node), node.outputs().size(),
                version(model, node), host);
        try {
            List<Tensor> out = substitution.of(node.qualifiedOp().toLowerCase(Locale.ROOT), _ -> op.apply(call))
                    .apply(in.stream().flatMap(Optional::stream).toList());
            call.attributes().requireAllAsked();
            return out;
        } catch (UnsupportedOpException e) {
            throw new UnsupportedOpException(node.qualifiedOp() + ": " + e.getMessage(), e);
        }
    }

    private static long version(ModelProto model, NodeProto node) {
        Long version = model.opsets().get(node.domain());
        if (version == null) throw new DataFormatException(
                "the model tells no version of the ops of domain '" + node.domain() + "', of which it uses "
                        + node.op());
        return version;
    }

    private static Tensor named(Map<String, Tensor> values, String name) {
        Tensor t = values.get(name);
        if (t == null) throw new DataFormatException(
                "no input, initializer or earlier node gives the value '" + name + "'; there are " + values.keySet());
        return t;
    }
}
