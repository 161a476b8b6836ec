package org.chainrule.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import org.chainrule.StorageException;

/** Says in words why an operation on a file failed. */
public final class StorageFailure {
    private StorageFailure() {}

    static StorageException reading(Path file, IOException cause) {
        return new StorageException("could not read " + file + ": " + reason(file, cause), cause);
    }

    static StorageException writing(Path file, IOException cause) {
        return new StorageException("could not write " + file + ": " + reason(file, cause)
                + "; the file, if it was there before, is unchanged", cause);
    }

    /** Why an operation on {@code file} failed, without the names of classes. */
    public static String reason(Path file, IOException cause) {
        return switch (cause) {
            case NoSuchFileException missing -> "no such file or folder" + other(file, missing);
            case NotDirectoryException plain -> "not a folder" + other(file, plain);
            case AccessDeniedException denied -> "permission denied" + other(file, denied);
            case FileSystemException failure when failure.getReason() != null -> inWords(failure.getReason());
            default -> inWords(String.valueOf(cause.getMessage()));
        };
    }

    /** What the system names, where that is not {@code file}. */
    private static String other(Path file, FileSystemException cause) {
        return file.toString().equals(cause.getFile()) ? "" : ": " + cause.getFile();
    }

    private static String inWords(String systemReason) {
        String lower = systemReason.toLowerCase(Locale.ROOT);
        return lower.contains("no space left") || lower.contains("not enough space") || lower.contains("quota")
                ? "the disk is full (" + systemReason + "); free some space or choose another folder"
                : systemReason;
    }
}
