package org.chainrule.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Why something could not be done with a file or a folder, in words. */
public final class FileProblem {
    private FileProblem() {}

    /** The reason of {@code e}, without the names of classes. */
    public static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no " + missing.getFile();
            case AccessDeniedException denied -> "permission denied: " + denied.getFile();
            case FileSystemException failure when failure.getReason() != null ->
                    failure.getFile() + ": " + failure.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    /** What stands in the way of the folder {@code wanted}: the nearest of its path that is there and is a file. */
    public static Optional<Path> fileInTheWay(Path wanted) {
        for (Path p = wanted.toAbsolutePath(); p != null; p = p.getParent())
            if (Files.exists(p)) return Files.isDirectory(p) ? Optional.empty() : Optional.of(p);
        return Optional.empty();
    }
}
