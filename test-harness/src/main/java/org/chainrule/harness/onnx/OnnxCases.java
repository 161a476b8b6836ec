package org.chainrule.harness.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.chainrule.ChainruleException;
import org.chainrule.harness.Case;
import org.chainrule.harness.Family;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Substitution;
import org.chainrule.harness.Target;
import org.chainrule.harness.Verdict;

/**
 * ONNX's node tests, a case for each folder that holds a {@code model.onnx}. Its op is the only node's, or {@code graph}
 * where there are several.
 *
 * @param folder where they lie, at any depth; where there is none, one case says so
 * @param substitution what stands in for ops
 */
public record OnnxCases(Optional<Path> folder, Substitution substitution) implements Family {
    private static final String MODEL = "model.onnx";

    @Override
    public String name() {
        return "onnx";
    }

    @Override
    public Stream<Case> cases(Target target) {
        if (folder.isEmpty()) return Stream.of(none(new Verdict.Unsupported(
                "no folder of ONNX node tests is named (--onnx, in tests -Dchainrule.onnx)")));
        Path root = folder.get();
        if (!Files.isDirectory(root)) return Stream.of(none(new Verdict.Unsupported(root + " is not a folder")));
        List<Path> found = find(root);
        return found.isEmpty() ? Stream.of(none(new Verdict.Vacuous("no " + MODEL + " in any folder under " + root)))
                : found.stream().map(f -> of(root, f));
    }

    private static List<Path> find(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(f -> f.getFileName().toString().equals(MODEL)).map(Path::getParent).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Case none(Verdict verdict) {
        return new Case(name() + "/folder", "graph", Oracle.ONNX, _ -> verdict);
    }

    private Case of(Path root, Path folder) {
        Path relative = root.relativize(folder);
        String path = (relative.toString().isEmpty() ? folder.getFileName() : relative).toString().replace('\\', '/');
        return new Case(name() + "/" + path.replaceAll("[^\\w./+=:,@-]", "_"), op(folder), Oracle.ONNX,
                new OnnxCheck(folder, substitution));
    }

    /** What does not open is a case that fails when it is run. */
    private static String op(Path folder) {
        try {
            List<NodeProto> nodes = ModelProto.read(folder.resolve(MODEL)).graph().nodes();
            return nodes.size() == 1 ? nodes.getFirst().qualifiedOp().toLowerCase(Locale.ROOT) : "graph";
        } catch (ChainruleException e) {
            return "unreadable";
        }
    }
}
