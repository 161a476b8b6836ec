package org.chainrule.harness.onnx;

import java.util.ArrayList;
import java.util.List;

/** A graph of nodes, each behind those whose outputs it takes. */
record GraphProto(List<NodeProto> nodes, List<TensorProto> initializers, List<ValueInfo> inputs,
        List<ValueInfo> outputs) {
    static GraphProto read(WireReader in) {
        List<NodeProto> nodes = new ArrayList<>();
        List<TensorProto> initializers = new ArrayList<>();
        List<ValueInfo> inputs = new ArrayList<>(), outputs = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> nodes.add(NodeProto.read(in.message("NodeProto")));
                case 5 -> initializers.add(TensorProto.read(in.message("TensorProto")));
                case 11 -> inputs.add(ValueInfo.read(in.message("ValueInfoProto")));
                case 12 -> outputs.add(ValueInfo.read(in.message("ValueInfoProto")));
                default -> in.skip();
            }
        }
        return new GraphProto(List.copyOf(nodes), List.copyOf(initializers), List.copyOf(inputs),
                List.copyOf(outputs));
    }
}
