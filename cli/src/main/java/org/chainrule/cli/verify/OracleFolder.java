package org.chainrule.cli.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.chainrule.cli.UsageException;
import org.chainrule.io.StorageFailure;

/**
 * A folder of results that others recorded.
 *
 * @param ending how the names of its files end
 * @param holds  what it is to hold
 */
record OracleFolder(String ending, String holds) {
    static final OracleFolder GOLDEN = new OracleFolder(".safetensors", "a recorded case (*.safetensors)");
    static final OracleFolder ONNX = new OracleFolder("model.onnx", "a node test (a folder with a model.onnx)");

    /** @throws UsageException of {@code --option}, where {@code folder} is none or holds nothing of the kind at any depth */
    void require(String option, Path folder) {
        if (!Files.exists(folder)) throw UsageException.of(option, "there is no folder " + folder);
        if (!Files.isDirectory(folder)) throw UsageException.of(option, folder + " is a file; name its folder");
        try (Stream<Path> files = Files.walk(folder)) {
            if (files.noneMatch(f -> f.toString().endsWith(ending)))
                throw UsageException.of(option, folder + " holds nowhere " + holds);
        } catch (IOException e) {
            throw UsageException.of(option, folder + " cannot be read: " + StorageFailure.reason(folder, e));
        } catch (UncheckedIOException e) {
            throw UsageException.of(option, folder + " cannot be read: " + e.getMessage());
        }
    }
}
