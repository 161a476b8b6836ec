package org.chainrule.io;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.chainrule.DataFormatException;
import org.chainrule.StorageException;

/**
 * The whole content of a file, decompressed if it is gzip.
 *
 * @param source the file's name, for messages
 */
public record FileBytes(String source, byte[] bytes) {
    /**
     * Reads {@code file}; content that starts with the gzip magic 1f 8b is decompressed, whatever the file's name.
     *
     * @throws StorageException if the file cannot be read or does not fit in the Java heap
     * @throws DataFormatException if the gzip data is damaged or ends early
     */
    public static FileBytes read(Path file) {
        try {
            return of(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw StorageFailure.reading(file, e);
        } catch (OutOfMemoryError e) {
            throw new StorageException("could not read " + file + ": it does not fit in the Java heap of "
                    + (Runtime.getRuntime().maxMemory() >> 20) + " MiB or exceeds 2 GiB; raise -Xmx or split the file",
                    e);
        }
    }

    /** The content {@code bytes} that {@code source} holds, decompressed as {@link #read(Path)} does. */
    public static FileBytes of(String source, byte[] bytes) {
        boolean gzip = bytes.length >= 2 && (bytes[0] & 0xff) == 0x1f && (bytes[1] & 0xff) == 0x8b;
        return new FileBytes(source, gzip ? inflate(source, bytes) : bytes);
    }

    private static byte[] inflate(String source, byte[] compressed) {
        var input = new ByteArrayInputStream(compressed);
        try (var gzip = new GZIPInputStream(input)) {
            return gzip.readAllBytes();
        } catch (EOFException e) {
            throw new DataFormatException(source + ": at byte " + compressed.length
                    + ": expected more gzip data, found the file's end; the file is truncated, fetch or copy it again",
                    e);
        } catch (ZipException e) {
            throw new DataFormatException(source + ": before byte " + (compressed.length - input.available())
                    + ": expected valid gzip data, found damage (" + e.getMessage() + "); fetch or copy the file again",
                    e);
        } catch (IOException e) {
            throw new DataFormatException(source + ": could not be decompressed: " + e.getMessage(), e);
        }
    }

    /**
     * The bytes as UTF-8 text, without a leading byte order mark.
     *
     * @throws DataFormatException naming the line and the offset of the first byte that is not UTF-8
     */
    public String utf8() {
        int start =
                bytes.length >= 3 && (bytes[0] & 0xff) == 0xef && (bytes[1] & 0xff) == 0xbb && (bytes[2] & 0xff) == 0xbf
                        ? 3 : 0;
        ByteBuffer input = ByteBuffer.wrap(bytes, start, bytes.length - start);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(input).toString();
        } catch (CharacterCodingException e) {
            int at = input.position();
            int line = 1;
            for (int i = 0; i < at; i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            throw new DataFormatException(
                    source + ": at byte " + at + " (line " + line + "): expected text in UTF-8, found byte 0x"
                            + String.format("%02x", bytes[at]) + "; convert the file to UTF-8",
                    e);
        }
    }
}
