package org.chainrule.kernels;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.chainrule.ChainruleException;
import org.chainrule.io.AtomicFile;

/**
 * What was compiled for a device, kept on disk for the next process: in the folder that {@code -Dchainrule.cache} names, else
 * {@code chainrule} in the user's folder for caches; {@code off} keeps nothing. A cache that cannot be read or written is as good as
 * an empty one, so its failures are logged and nothing more.
 */
public final class BinaryCache {
    /** The property that names the folder. */
    public static final String PROPERTY = "chainrule.cache";

    private static final System.Logger LOG = System.getLogger(BinaryCache.class.getName());

    private final Optional<Path> folder;
    private final String device;

    private BinaryCache(Optional<Path> folder, String device) {
        this.folder = folder;
        this.device = device;
    }

    /**
     * The cache that the property names.
     *
     * @param backend a folder of its own
     * @param device  everything that a binary depends on beside its source: device, driver, compiler options
     */
    public static BinaryCache of(String backend, String device) {
        return new BinaryCache(folder(backend), device);
    }

    /** The folder of a backend; empty where nothing is to be kept. */
    public static Optional<Path> folder(String backend) {
        String named = System.getProperty(PROPERTY, "");
        if (named.equals("off")) return Optional.empty();
        Path caches = System.getenv("XDG_CACHE_HOME") instanceof String s && !s.isBlank() ? Path.of(s)
                : Path.of(System.getProperty("user.home", "."), ".cache");
        return Optional.of((named.isBlank() ? caches.resolve("chainrule") : Path.of(named)).resolve(backend));
    }

    /** One that keeps nothing. */
    public static BinaryCache none() {
        return new BinaryCache(Optional.empty(), "");
    }

    static BinaryCache in(Path folder, String backend, String device) {
        return new BinaryCache(Optional.of(folder.resolve(backend)), device);
    }

    /** What was kept for {@code text}. */
    public Optional<byte[]> read(String text) {
        try {
            Optional<Path> file = file(text).filter(Files::isRegularFile);
            return file.isEmpty() ? Optional.empty() : whole(Files.readAllBytes(file.get()));
        } catch (IOException | SecurityException e) {
            LOG.log(System.Logger.Level.DEBUG, "a kept binary cannot be read", e);
            return Optional.empty();
        }
    }

    /** The binary behind its checksum; empty where the file was damaged: not every driver bears such a binary. */
    private static Optional<byte[]> whole(byte[] kept) {
        if (kept.length < Long.BYTES) return Optional.empty();
        byte[] binary = Arrays.copyOfRange(kept, Long.BYTES, kept.length);
        return ByteBuffer.wrap(kept).getLong() == checksum(binary) ? Optional.of(binary) : Optional.empty();
    }

    private static long checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    /** Keeps what {@code binary} gives for {@code text}. */
    public void write(String text, Supplier<byte[]> binary) {
        Optional<Path> file = file(text);
        if (file.isEmpty()) return;
        byte[] bytes = binary.get();
        if (bytes.length == 0) return;
        try {
            Files.createDirectories(file.get().getParent());
            AtomicFile.write(file.get(), channel -> {
                ByteBuffer b = ByteBuffer.allocate(Long.BYTES + bytes.length).putLong(checksum(bytes)).put(bytes);
                for (b.flip(); b.hasRemaining();) channel.write(b);
            });
        } catch (IOException | ChainruleException | SecurityException e) {
            LOG.log(System.Logger.Level.DEBUG, "a binary cannot be kept", e);
        }
    }

    private Optional<Path> file(String text) {
        return folder.map(f -> f.resolve(digest(device + "\n" + text) + ".bin"));
    }

    /** The SHA-256 of {@code text}, in hexadecimal digits. */
    public static String digest(String text) {
        try {
            return HexFormat.of().formatHex(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
