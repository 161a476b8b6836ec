package org.chainrule.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.chainrule.StorageException;
import org.chainrule.io.AtomicFile;
import org.chainrule.io.StorageFailure;
import org.chainrule.plan.Kernel;

/** Writes what is compiled to the folder that {@code -Dchainrule.dump} names, a file for each source. */
public final class Dump {
    /** The property that names the folder. */
    public static final String PROPERTY = "chainrule.dump";

    private static final int LONGEST = 60;

    private Dump() {}

    /**
     * Writes {@code text}, headed by the op that it was first compiled for and the constants that it was given there; nothing where no folder is named.
     *
     * @param extension of the file's name: {@code cl}, {@code cu}
     */
    static void write(DeviceFunction.Start<Launch> start, Supplier<String> text, String extension) {
        String folder = System.getProperty(PROPERTY, "");
        if (folder.isBlank()) return;
        Source source = start.command().source();
        Path file = Path.of(folder,
                "%s-%s-%08x.%s".formatted(source.entry(), name(start.label()), source.text().hashCode(), extension));
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw new StorageException("cannot make the folder " + folder + " that -D" + PROPERTY + " names: "
                    + StorageFailure.reason(Path.of(folder), e), e);
        }
        String constants = start.command().arguments().stream().filter(Argument.Constant.class::isInstance)
                .map(c -> "\n//     " + c).collect(Collectors.joining());
        AtomicFile.writeText(file, "// " + start.label() + constants + "\n" + text.get());
    }

    /** The ops as part of a file's name: long chains of them are cut off. */
    private static String name(Kernel.Label label) {
        String ops = label.ops().replaceAll("[^A-Za-z0-9_+]+", "_");
        return ops.substring(0, Math.min(ops.length(), LONGEST));
    }
}
