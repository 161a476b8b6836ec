package org.chainrule.opencl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.chainrule.StorageException;
import org.chainrule.io.StorageFailure;
import org.chainrule.kernels.BinaryCache;

/**
 * The folder into which PoCL compiles. It loads again what it finds there and takes it for whole, so a file that was damaged ends the process; so does a disk
 * without room. Hence the folder is this process's alone and empty at first: what other processes compiled comes to it from a {@link BinaryCache}, which checks it.
 *
 * <p>A folder belongs to whoever holds the lock beside it; what a process leaves, however it ended, the next one to get the lock deletes.
 */
final class PoclFolder {
    /** The variable of the environment by which PoCL is told, and users may say where it is to be. */
    static final String VARIABLE = "POCL_CACHE_DIR";
    private static final System.Logger LOG = System.getLogger(PoclFolder.class.getName());
    /** Channels whose locks last as long as the process. */
    private static final List<FileChannel> HELD = new CopyOnWriteArrayList<>();
    /** That of this process. */
    static final PoclFolder OWN = in(places(), 64 << 20);

    /** PoCL's note of when it last read a program, which differs each time. */
    private static final String NOTE = "last_accessed";
    /** The longest steps in which file systems tell the time. */
    private static final Duration COARSEST = Duration.ofSeconds(2);

    private final Optional<Path> path;
    private final List<String> refused;
    private final long room;
    private final Set<Path> known = new HashSet<>();
    /** What was written before was looked at. */
    private FileTime looked = FileTime.fromMillis(0);
    private final AtomicBoolean warned = new AtomicBoolean();

    private PoclFolder(Optional<Path> path, List<String> refused, long room) {
        this.path = path;
        this.refused = refused;
        this.room = room;
    }

    private static List<Path> places() {
        List<Path> places = new ArrayList<>();
        if (System.getenv(VARIABLE) instanceof String s && !s.isBlank()) places.add(Path.of(s));
        BinaryCache.folder("opencl").ifPresent(f -> places.add(f.resolve("pocl")));
        places.add(Path.of(System.getProperty("java.io.tmpdir", "."),
                "chainrule-" + System.getProperty("user.name", "").replaceAll("\\W", "_")));
        return places;
    }

    /** A folder in the first of {@code places} that can be written and has {@code room} bytes left. */
    static PoclFolder in(List<Path> places, long room) {
        List<String> refused = new ArrayList<>();
        for (Path place : places) {
            Path base = place.toAbsolutePath();
            try {
                Files.createDirectories(base);
                // what is left of another process may be what fills it
                Path claimed = claimed(base);
                Optional<String> full = full(base, room);
                if (full.isEmpty()) return new PoclFolder(Optional.of(claimed), refused, room);
                refused.add(full.get());
            } catch (IOException e) {
                refused.add(base + ": " + StorageFailure.reason(base, e));
            } catch (SecurityException e) {
                refused.add(base + ": " + e.getMessage());
            }
        }
        return new PoclFolder(Optional.empty(), refused, room);
    }

    private static Optional<String> full(Path folder, long room) {
        long left = folder.toFile().getUsableSpace();
        return left >= room ? Optional.empty()
                : Optional.of("%s has %d KiB left of the %d that compiling may take".formatted(folder, left >> 10,
                        room >> 10));
    }

    /** An empty folder in {@code base} that no other process has. */
    private static Path claimed(Path base) throws IOException {
        for (int n = 0;; n++) {
            if (!isLocked(base.resolve("process-" + n + ".lock"))) continue;
            Path folder = base.resolve("process-" + n);
            delete(folder);
            Files.createDirectory(folder);
            // the owner of a folder may put what it likes into it, which would run as ours
            if (!Files.getOwner(base).equals(Files.getOwner(folder)))
                throw new FileSystemException(base.toString(), null, "it is another user's");
            return folder;
        }
    }

    /** Locks {@code file} until this process ends; false where another has it. */
    @SuppressWarnings("resource") // to close it would end the lock
    private static boolean isLocked(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                HELD.add(channel);
                return true;
            }
            channel.close();
        } catch (OverlappingFileLockException _) {
            // this process has it already, and would lose it by closing another channel to the file
            HELD.add(channel);
        }
        return false;
    }

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) for (Path p : content(path)) delete(p);
        Files.deleteIfExists(path);
    }

    private static List<Path> content(Path folder) throws IOException {
        List<Path> content = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            all.forEach(content::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return content;
    }

    /** Where it is; empty where no place would do. */
    Optional<Path> path() {
        return path;
    }

    /** Says once where it is, if that is not the first place. */
    void warnOnce() {
        if (path.isPresent() && !refused.isEmpty() && !warned.getAndSet(true))
            LOG.log(System.Logger.Level.WARNING,
                    "PoCL compiles into " + path.get() + ", for elsewhere it cannot (" + String.join("; ", refused)
                            + "); what it compiles is kept for later runs in a folder that can be written: -D"
                            + BinaryCache.PROPERTY + "=FOLDER, or " + VARIABLE + " for its working files alone");
    }

    /** @throws StorageException where there is too little room to compile */
    void requireRoom() {
        List<String> why = path.map(p -> full(p, room).stream().toList()).orElse(refused);
        if (path.isPresent() && why.isEmpty()) return;
        throw new StorageException("PoCL has no folder to compile into: " + String.join("; ", why)
                + "; make room there, or name another by " + VARIABLE);
    }

    /** The folder of the program that was built since the last call; empty where it was there before. */
    Optional<Path> newProgram() {
        if (path.isEmpty()) return Optional.empty();
        FileTime since = looked, now = FileTime.from(Instant.now().minus(COARSEST));
        try {
            // programs lie in folders by the first letters of their names, and only one that was written to has a new one
            for (Path letters : content(path.get())) {
                // files of its own come and go
                if (!Files.isDirectory(letters) || Files.getLastModifiedTime(letters).compareTo(since) < 0) continue;
                for (Path p : content(letters))
                    if (!known.contains(p) && Files.isDirectory(p) && known.add(p)) return Optional.of(p);
            }
            looked = now;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "PoCL's folder cannot be read", e);
        }
        return Optional.empty();
    }

    private static List<Path> files(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path p : content(folder)) {
            if (Files.isDirectory(p)) files.addAll(files(p));
            else if (!p.endsWith(NOTE)) files.add(p);
        }
        return files;
    }

    /** How many files PoCL made of a program by now. */
    int size(Path program) {
        try {
            return files(program).size();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "PoCL's folder cannot be read", e);
            return 0;
        }
    }

    /** The files of a program behind its {@code text}; none where they cannot be read. */
    byte[] packed(String text, Path program) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            write(out, text.getBytes(UTF_8));
            out.writeUTF(path.orElseThrow().relativize(program).toString());
            List<Path> files = files(program);
            out.writeInt(files.size());
            for (Path f : files) {
                out.writeUTF(program.relativize(f).toString());
                write(out, Files.readAllBytes(f));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "PoCL's files cannot be kept", e);
            return new byte[0];
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** What was packed, its files in the folder again. */
    record Unpacked(String text, Path program) {}

    /** The inverse of {@link #packed}; a program that the folder has stays as it is. */
    Optional<Unpacked> unpack(byte[] packed) {
        if (path.isEmpty()) return Optional.empty();
        try (var in = new DataInputStream(new ByteArrayInputStream(packed))) {
            String text = new String(in.readNBytes(in.readInt()), UTF_8);
            Path program = path.get().resolve(in.readUTF());
            if (Files.exists(program)) return Optional.of(new Unpacked(text, program));
            // PoCL must not meet a part of it
            Path partial = path.get().resolve("unpacking");
            delete(partial);
            for (int left = in.readInt(); left > 0; left--) {
                Path file = partial.resolve(in.readUTF());
                Files.createDirectories(file.getParent());
                byte[] content = new byte[in.readInt()];
                in.readFully(content);
                Files.write(file, content);
            }
            Files.createDirectories(program.getParent());
            Files.move(partial, program, StandardCopyOption.ATOMIC_MOVE);
            known.add(program);
            return Optional.of(new Unpacked(text, program));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "PoCL's files cannot be unpacked", e);
            return Optional.empty();
        }
    }
}
