package org.chainrule.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.chainrule.StorageException;

/**
 * Replaces a file as a whole or not at all: the content goes to a temporary file in the same folder, is forced to the
 * disk and then moved into place in one step. A reader sees the old content or the new one, also after a crash.
 */
public final class AtomicFile {
    private AtomicFile() {}

    /** Produces the content of a file. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything to {@code channel}, which the caller closes. */
        void writeTo(WritableByteChannel channel) throws IOException;
    }

    /**
     * Writes {@code target}, replacing what was there; a symbolic link is followed. If anything fails, {@code content}
     * included, the temporary file is deleted and {@code target} stays as it was. A thread that is interrupted writes all the
     * same, {@code content} perhaps once more, and stays interrupted.
     *
     * @throws StorageException if the folder is missing, writing is not permitted, the disk is full or {@code target}
     *     exists and is not a regular file
     */
    public static void write(Path target, Content content) {
        // an interrupt closes a channel; it asks to stop waiting, and nothing here waits
        boolean interrupted = Thread.interrupted();
        try {
            while (!isReplaced(target, content)) interrupted |= Thread.interrupted();
        } catch (IOException e) {
            throw StorageFailure.writing(target, e);
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    /** Replaces {@code target}, unless an interrupt came in between. */
    private static boolean isReplaced(Path target, Content content) throws IOException {
        Path file = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
        requireReplaceable(file);
        Path temporary = file.resolveSibling("." + file.getFileName() + "."
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()) + ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(temporary,
                    StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (ClosedByInterruptException _) {
            return false;
        } finally {
            Files.deleteIfExists(temporary);
        }
        forceFolder(file);
        return true;
    }

    /** Writes {@code text} as UTF-8, as {@link #write(Path, Content)} does. */
    public static void writeText(Path target, String text) {
        write(target, channel -> writeFully(channel, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
    }

    static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void requireReplaceable(Path file) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileSystemException(file.toString(), null,
                    Files.isDirectory(file) ? "it is a folder" : "it is not a regular file");
        }
        if (!Files.isWritable(file)) {
            throw new FileSystemException(file.toString(), null, "it is write-protected");
        }
    }

    /** Makes the rename itself durable where the system allows a folder to be opened; elsewhere the move has to do. */
    private static void forceFolder(Path file) {
        try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        } catch (IOException _) {
            return;
        }
    }
}
