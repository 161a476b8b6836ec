package org.chainrule.harness.onnx;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.chainrule.io.FileBytes;

/**
 * A model: a graph and the versions of the sets of ops that its nodes are from (onnx.proto, {@code ModelProto}).
 *
 * @param opsets the version of each domain; ONNX's own is the empty one
 */
record ModelProto(Map<String, Long> opsets, GraphProto graph) {
    /** @throws org.chainrule.DataFormatException naming the file, the offset and what was expected there */
    static ModelProto read(Path file) {
        return read(WireReader.of(FileBytes.read(file), "ModelProto"));
    }

    static ModelProto read(WireReader in) {
        Map<String, Long> opsets = new HashMap<>();
        Optional<GraphProto> graph = Optional.empty();
        while (in.next()) {
            switch (in.field()) {
                case 7 -> graph = Optional.of(GraphProto.read(in.message("GraphProto")));
                case 8 -> addOpset(opsets, in.message("OperatorSetIdProto"));
                default -> in.skip();
            }
        }
        if (opsets.isEmpty()) throw in.refuse(in.offset(), "the version of a set of ops behind it", "the model's end");
        return new ModelProto(Map.copyOf(opsets),
                graph.orElseThrow(() -> in.refuse(in.offset(), "a graph in the model", "none")));
    }

    private static void addOpset(Map<String, Long> to, WireReader in) {
        String domain = "";
        long version = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> domain = in.text();
                case 2 -> version = in.integer();
                default -> in.skip();
            }
        }
        to.put(domain.equals("ai.onnx") ? "" : domain, version);
    }
}
