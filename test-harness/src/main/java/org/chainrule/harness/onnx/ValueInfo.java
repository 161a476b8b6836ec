package org.chainrule.harness.onnx;

import java.util.Optional;

/**
 * An input or output of a graph.
 *
 * @param kind what it is where it is no tensor: a sequence, a map, an optional value
 */
record ValueInfo(String name, Optional<String> kind) {
    static ValueInfo read(WireReader in) {
        String name = "";
        Optional<String> kind = Optional.empty();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.text();
                case 2 -> kind = kind(in.message("TypeProto"));
                default -> in.skip();
            }
        }
        return new ValueInfo(name, kind);
    }

    private static Optional<String> kind(WireReader type) {
        Optional<String> kind = Optional.empty();
        while (type.next()) {
            kind = switch (type.field()) {
                case 1, 6 -> kind;
                case 4 -> Optional.of("sequence");
                case 5 -> Optional.of("map");
                case 8 -> Optional.of("sparse tensor");
                case 9 -> Optional.of("optional value");
                default -> Optional.of("value of type " + type.field());
            };
            type.skip();
        }
        return kind;
    }
}
