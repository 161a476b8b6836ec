package org.chainrule.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A kind of folder of results that others recorded. */
public enum RecordedFolder {
    GOLDEN("recorded PyTorch results", "golden", ".*\\.safetensors", "a recorded case (*.safetensors)"),
    ONNX("ONNX node tests", "onnx", "model\\.onnx", "a node test (a folder with a model.onnx)");

    /** What a folder holds, its option, the names of a case's file as a regular expression, and what one is. */
    private final String what, option, file, each;

    RecordedFolder(String what, String option, String file, String each) {
        this.what = what;
        this.option = option;
        this.file = file;
        this.each = each;
    }

    /** What is found where a folder is named, or none. */
    public sealed interface Content {
        /** A file of each case, at any depth, in the order of their paths. */
        record Files(Path folder, List<Path> each) implements Content {}

        /** No case, and how the one that stands for them ends: not run where no folder is named, else failed. */
        record None(Verdict verdict) implements Content {}
    }

    /** What {@code folder} holds. */
    public Content in(Optional<Path> folder) {
        return folder.map(this::in).orElseGet(() -> new Content.None(new Verdict.Unsupported("no folder of " + what
                + " is named (--" + option + ", in tests -Dchainrule." + option + ")")));
    }

    private Content in(Path folder) {
        if (!Files.exists(folder)) return none("there is no folder " + folder);
        if (!Files.isDirectory(folder)) return none(folder + " is a file; name its folder");
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> files = all.filter(f -> String.valueOf(f.getFileName()).matches(file)).sorted().toList();
            return files.isEmpty() ? none(folder + " holds nowhere " + each) : new Content.Files(folder, files);
        } catch (IOException | UncheckedIOException e) {
            return none(folder + " cannot be read: " + e);
        }
    }

    private static Content none(String what) {
        return new Content.None(new Verdict.Fail(what));
    }

    /** The part of a case's name that tells where under {@code folder} it lies. */
    public static String name(Path folder, Path below) {
        return ShellWord.plain(folder.relativize(below).toString().replace('\\', '/'));
    }
}
