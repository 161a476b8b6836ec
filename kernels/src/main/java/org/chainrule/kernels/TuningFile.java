package org.chainrule.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.chainrule.StorageException;
import org.chainrule.io.AtomicFile;
import org.chainrule.io.StorageFailure;

/**
 * What was found fastest on a device, kept beside the {@linkplain BinaryCache compiled binaries}: a text with a line for each size. A file that cannot be
 * read, or that another version wrote, is passed over with a warning; tuning anew replaces it.
 */
public final class TuningFile {
    private static final System.Logger LOG = System.getLogger(TuningFile.class.getName());

    private final Optional<Path> file;

    private TuningFile(Optional<Path> file) {
        this.file = file;
    }

    /**
     * The file in the folder that {@code -Dchainrule.cache} names.
     *
     * @param backend a folder of its own
     * @param device  what it holds for: device and driver
     */
    public static TuningFile of(String backend, String device) {
        return new TuningFile(BinaryCache.folder(backend).map(f -> f.resolve(name(device))));
    }

    /** As if the property named {@code folder}. */
    static TuningFile in(Path folder, String device) {
        return new TuningFile(Optional.of(folder.resolve(name(device))));
    }

    private static String name(String device) {
        return "tuning-" + BinaryCache.digest(device).substring(0, 16) + ".txt";
    }

    /** Where it lies; empty where nothing is to be kept. */
    public Optional<Path> path() {
        return file;
    }

    /** What it holds, of forms that {@code hardware} may take; nothing where it is not there. */
    public Tuning read(Hardware hardware) {
        if (file.isEmpty() || !Files.isRegularFile(file.get())) return Tuning.none();
        try {
            Optional<Tuning> t = Tuning.parse(Files.readString(file.get()), hardware);
            if (t.isPresent()) return t.get();
            LOG.log(System.Logger.Level.WARNING, "{0} is no tuning of this version; \"chainrule tune\" makes it anew",
                    file.get());
        } catch (IOException | SecurityException e) {
            LOG.log(System.Logger.Level.WARNING, "the tuning " + file.get() + " cannot be read", e);
        }
        return Tuning.none();
    }

    /**
     * Replaces what it holds.
     *
     * @throws StorageException where it cannot be written
     */
    public void write(Tuning tuning) {
        if (file.isEmpty()) return;
        Path folder = file.get().toAbsolutePath().resolveSibling("");
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StorageException("cannot make the folder " + folder + " to keep the tuning in: "
                    + StorageFailure.reason(folder, e) + "; name another by -D" + BinaryCache.PROPERTY, e);
        }
        AtomicFile.writeText(file.get(), tuning.text());
    }
}
