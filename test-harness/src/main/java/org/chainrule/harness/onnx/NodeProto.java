package org.chainrule.harness.onnx;

import java.util.ArrayList;
import java.util.List;

/**
 * One call of an op. Inputs and outputs are names of values; an empty one is an argument left out.
 *
 * @param domain whose op it is; empty for ONNX's own
 */
record NodeProto(String domain, String op, List<String> inputs, List<String> outputs, List<AttributeProto> attributes) {
    static NodeProto read(WireReader in) {
        String domain = "", op = "";
        List<String> inputs = new ArrayList<>(), outputs = new ArrayList<>();
        List<AttributeProto> attributes = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> inputs.add(in.text());
                case 2 -> outputs.add(in.text());
                case 4 -> op = in.text();
                case 5 -> attributes.add(AttributeProto.read(in.message("AttributeProto")));
                case 7 -> domain = in.text();
                default -> in.skip();
            }
        }
        if (op.isEmpty()) throw in.refuse(in.offset(), "the name of an op in a NodeProto", "none");
        return new NodeProto(domain.equals("ai.onnx") ? "" : domain, op, List.copyOf(inputs), List.copyOf(outputs),
                List.copyOf(attributes));
    }

    /** The op with its domain, where that is not ONNX's own. */
    String qualifiedOp() {
        return domain.isEmpty() ? op : domain + "." + op;
    }
}
