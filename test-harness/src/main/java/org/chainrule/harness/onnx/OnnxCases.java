package org.chainrule.harness.onnx;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.chainrule.ChainruleException;
import org.chainrule.harness.Case;
import org.chainrule.harness.Family;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.RecordedFolder;
import org.chainrule.harness.RecordedFolder.Content;
import org.chainrule.harness.Substitution;
import org.chainrule.harness.Target;
import org.chainrule.harness.Verdict;

/**
 * ONNX's node tests, a case for each folder that holds a {@code model.onnx}. Its op is the only node's, or {@code graph}
 * where there are several.
 *
 * @param folder where they lie, at any depth; where it is not named or holds none, one case says so
 * @param substitution what stands in for ops
 */
public record OnnxCases(Optional<Path> folder, Substitution substitution) implements Family {
    @Override
    public String name() {
        return "onnx";
    }

    @Override
    public Stream<Case> cases(Target target) {
        return switch (RecordedFolder.ONNX.in(folder)) {
            case Content.Files(Path root, var models) -> models.stream().map(m -> of(root, m));
            case Content.None(Verdict verdict) ->
                    Stream.of(new Case(name() + "/folder", "graph", Oracle.ONNX, _ -> verdict));
        };
    }

    private Case of(Path root, Path model) {
        Path test = model.resolveSibling("");
        String path = RecordedFolder.name(root, test);
        return new Case(name() + "/" + (path.isEmpty() ? "model" : path), op(model), Oracle.ONNX,
                new OnnxCheck(test, substitution));
    }

    /** What does not open is a case that fails when it is run. */
    private static String op(Path model) {
        try {
            List<NodeProto> nodes = ModelProto.read(model).graph().nodes();
            return nodes.size() == 1 ? nodes.getFirst().qualifiedOp().toLowerCase(Locale.ROOT) : "graph";
        } catch (ChainruleException e) {
            return "unreadable";
        }
    }
}
