package org.chainrule.cli.train;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.chainrule.data.Encoding;

/** How a model reads a table: the columns that it knows and the one that it predicts. */
record Columns(Encoding encoding, String target) {
    private static final String TARGET = "data.target";

    /** The columns that {@code --drop} names, as it names them. */
    static List<String> dropped(Settings s) {
        return s.text("drop").equals("none") ? List.of()
                : Arrays.stream(s.text("drop").split(",")).map(String::strip).filter(name -> !name.isEmpty()).toList();
    }

    Map<String, String> toMetadata() {
        Map<String, String> all = new TreeMap<>(encoding.toMetadata());
        all.put(TARGET, target);
        return all;
    }

    static Optional<Columns> fromMetadata(Map<String, String> metadata) {
        return Encoding.isIn(metadata)
                ? Optional.of(new Columns(Encoding.fromMetadata(metadata), metadata.getOrDefault(TARGET, "")))
                : Optional.empty();
    }
}
