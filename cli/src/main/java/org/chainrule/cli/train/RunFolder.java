package org.chainrule.cli.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.chainrule.DataFormatException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.StorageException;
import org.chainrule.cli.FileProblem;
import org.chainrule.io.StorageFailure;
import org.chainrule.train.Checkpoint;

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

    /** @throws DataFormatException saying what to do where the checkpoint is damaged */
    Checkpoint read() {
        try {
            return Checkpoint.read(checkpoint);
        } catch (DataFormatException e) {
            throw new DataFormatException(e.getMessage()
                    + "; restore the file from a copy, or train again into another folder", e);
        }
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
            if (!Files.exists(given)) throw new StorageException("there is no run " + given + known());
            if (!given.toString().endsWith(".safetensors")) throw new StorageException(given
                    + " is a file, and no checkpoint by its name; name the run's folder or its " + CHECKPOINT);
            return new RunFolder(given.toAbsolutePath().resolveSibling("").normalize(), given);
        }
        Path checkpoint = given.resolve(CHECKPOINT);
        if (!Files.exists(checkpoint)) throw new StorageException(given + " holds no " + CHECKPOINT
                + "; name a folder that train wrote" + known());
        return new RunFolder(given, checkpoint);
    }

    /** What could have been meant. */
    private static String known() {
        List<String> runs = runs().stream().map(Path::toString).toList();
        if (runs.isEmpty()) return "; train makes one, as in: chainrule train iris --out RUN";
        return "; the folder " + RUNS + " holds "
                + String.join(", ", runs.subList(Math.max(0, runs.size() - 3), runs.size()));
    }

    /** The runs in the usual folder, the latest saved last. */
    private static List<Path> runs() {
        if (!Files.isDirectory(RUNS)) return List.of();
        try (Stream<Path> all = Files.list(RUNS)) {
            return all.filter(r -> Files.exists(r.resolve(CHECKPOINT)))
                    .sorted(Comparator.comparing(RunFolder::saved).thenComparing(Path::toString)).toList();
        } catch (IOException e) {
            throw new StorageException("could not read the folder " + RUNS + ": " + StorageFailure.reason(RUNS, e), e);
        }
    }

    private static FileTime saved(Path run) {
        try {
            return Files.getLastModifiedTime(run.resolve(CHECKPOINT));
        } catch (IOException e) {
            throw new StorageException("could not read " + run.resolve(CHECKPOINT) + ": "
                    + StorageFailure.reason(run.resolve(CHECKPOINT), e), e);
        }
    }

    /** The run that {@code --resume} means: what it names, else {@code --out}, else the latest of {@code data}. */
    static RunFolder toResume(String named, Optional<Path> out, String data) {
        if (!named.equals(LATEST)) return of(Path.of(named));
        return of(out.orElseGet(() -> latest(data)));
    }

    private static Path latest(String data) {
        return runs().reversed().stream().filter(run -> isOf(data, run)).findFirst()
                .orElseThrow(() -> new StorageException(
                        "--resume: the folder " + RUNS + " holds no run of " + data + "; name the run's folder"));
    }

    /** A run whose checkpoint cannot be read counts by its name, so that reading it tells what is wrong. */
    private static boolean isOf(String data, Path run) {
        Path checkpoint = run.resolve(CHECKPOINT);
        try {
            return Settings.fromMetadata(Checkpoint.read(checkpoint).description(), checkpoint.toString()).text("data")
                    .equals(data);
        } catch (DataFormatException | StorageException _) {
            return String.valueOf(run.getFileName()).startsWith(data + "-");
        }
    }

    /** A new run's folder. */
    static RunFolder create(Optional<Path> out, String data) {
        Path folder = out.orElseGet(
                () -> unused(RUNS.resolve(data + "-" + LocalDateTime.now(ZoneId.systemDefault()).format(TIME))));
        Path checkpoint = folder.resolve(CHECKPOINT);
        if (Files.exists(checkpoint)) throw new InvalidArgumentException(folder
                + " holds a run already; go on with it by --resume, or choose another --out");
        FileProblem.fileInTheWay(folder).ifPresent(file -> {
            throw new StorageException("--out " + folder + ": " + file + " is a file; name a folder");
        });
        occupant(folder).ifPresent(file -> {
            throw new InvalidArgumentException(
                    "--out " + folder + ": the folder holds files that are of no run, such as "
                            + file.getFileName()
                            + ", and a run may overwrite them; name a folder that is empty or is not there");
        });
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StorageException("could not make the folder " + folder + ": " + StorageFailure.reason(folder, e)
                    + "; choose another by --out", e);
        }
        return new RunFolder(folder, checkpoint);
    }

    private static Optional<Path> occupant(Path folder) {
        if (!Files.isDirectory(folder)) return Optional.empty();
        try (Stream<Path> all = Files.list(folder)) {
            return all.min(Comparator.naturalOrder());
        } catch (IOException e) {
            throw new StorageException("could not read the folder " + folder + ": " + StorageFailure.reason(folder, e),
                    e);
        }
    }

    private static Path unused(Path wanted) {
        Path folder = wanted;
        for (int i = 2; Files.exists(folder); i++) folder = Path.of(wanted + "-" + i);
        return folder;
    }
}
