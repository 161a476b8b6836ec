package org.chainrule.cli.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.chainrule.InvalidArgumentException;
import org.chainrule.StorageException;

/**
 * Where a run keeps its files.
 *
 * @param checkpoint usually {@code checkpoint.safetensors} in {@code folder}
 */
record RunFolder(Path folder, Path checkpoint) {
    /** Stands for a run that is not named. */
    static final String LATEST = ":latest";
    private static final String CHECKPOINT = "checkpoint.safetensors";
    private static final Path RUNS = Path.of("runs");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    /** The checkpoint's name, for messages. */
    String source() {
        return checkpoint.toString();
    }

    Path metrics() {
        return folder.resolve("metrics.csv");
    }

    Path report() {
        return folder.resolve("report.html");
    }

    boolean isIn(Path other) {
        return folder.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
    }

    /** A run that exists, given by its folder or its checkpoint. */
    static RunFolder of(Path given) {
        if (!Files.isDirectory(given)) {
            if (!Files.exists(given)) throw new StorageException("there is no run " + given);
            return new RunFolder(given.toAbsolutePath().resolveSibling("").normalize(), given);
        }
        Path checkpoint = given.resolve(CHECKPOINT);
        if (!Files.exists(checkpoint)) throw new StorageException(given + " holds no " + CHECKPOINT);
        return new RunFolder(given, checkpoint);
    }

    /** The run that {@code --resume} means: what it names, else {@code --out}, else the latest of {@code data}. */
    static RunFolder toResume(String named, Optional<Path> out, String data) {
        if (!named.equals(LATEST)) return of(Path.of(named));
        return of(out.orElseGet(() -> latest(data)));
    }

    private static Path latest(String data) {
        if (Files.isDirectory(RUNS)) {
            try (Stream<Path> runs = Files.list(RUNS)) {
                Optional<Path> latest = runs.filter(r -> String.valueOf(r.getFileName()).startsWith(data + "-")
                        && Files.exists(r.resolve(CHECKPOINT))).max(Comparator.comparing(Path::toString));
                if (latest.isPresent()) return latest.get();
            } catch (IOException e) {
                throw new StorageException("could not read the folder " + RUNS + ": " + e.getMessage(), e);
            }
        }
        throw new StorageException(
                "--resume: the folder " + RUNS + " holds no run of " + data + "; name the run's folder");
    }

    /** A new run's folder. */
    static RunFolder create(Optional<Path> out, String data) {
        Path folder = out.orElseGet(
                () -> unused(RUNS.resolve(data + "-" + LocalDateTime.now(ZoneId.systemDefault()).format(TIME))));
        Path checkpoint = folder.resolve(CHECKPOINT);
        if (Files.exists(checkpoint)) throw new InvalidArgumentException(folder
                + " holds a run already; go on with it by --resume, or choose another --out");
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StorageException("could not make the folder " + folder + ": " + e, e);
        }
        return new RunFolder(folder, checkpoint);
    }

    private static Path unused(Path wanted) {
        Path folder = wanted;
        for (int i = 2; Files.exists(folder); i++) folder = Path.of(wanted + "-" + i);
        return folder;
    }
}
