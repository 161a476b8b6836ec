package org.chainrule.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Why a folder cannot be made. */
public final class FileProblem {
    private FileProblem() {}

    /** What stands in the way of the folder {@code wanted}: the nearest of its path that is there and is a file. */
    public static Optional<Path> fileInTheWay(Path wanted) {
        for (Path p = wanted.toAbsolutePath(); p != null; p = p.getParent())
            if (Files.exists(p)) return Files.isDirectory(p) ? Optional.empty() : Optional.of(p);
        return Optional.empty();
    }
}
