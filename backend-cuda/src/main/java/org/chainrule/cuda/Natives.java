package org.chainrule.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import jcuda.JCudaVersion;
import jcuda.LibUtils;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.nvrtc.JNvrtc;
import org.chainrule.ChainruleException;
import org.chainrule.io.AtomicFile;
import org.chainrule.kernels.BinaryCache;

/**
 * JCuda's native parts, each loaded into the process once. JCuda would write them under fixed names into the folder for temporary files while other processes may
 * already run what is half written; here they are replaced as a whole, and kept beside the compiled binaries.
 */
enum Natives {
    DRIVER("JCudaDriver", () -> JCudaDriver.setExceptionsEnabled(false)),
    NVRTC("JNvrtc", () -> JNvrtc.setExceptionsEnabled(false)),
    CUBLAS("JCublas2", () -> JCublas2.setExceptionsEnabled(false));

    private static final System.Logger LOG = System.getLogger(Natives.class.getName());
    /** Names the folder into which JCuda writes, and from which it loads what it finds there. */
    private static final String FOLDER = "java.io.tmpdir";
    private static final Map<Natives, Optional<String>> ANSWERS = new EnumMap<>(Natives.class);

    private final String library;
    /** The first use of the class, which loads the library. */
    private final Runnable use;

    Natives(String library, Runnable use) {
        this.library = library;
        this.use = use;
    }

    /** Why the part cannot be used; empty where it is loaded. The answer is kept, for a class that could not be loaded fails otherwise the second time. */
    Optional<String> load() {
        synchronized (ANSWERS) {
            return ANSWERS.computeIfAbsent(this, Natives::loaded);
        }
    }

    private static Optional<String> loaded(Natives part) {
        // JCuda looks nowhere else: it asks for this property, and java.library.path is read once when the virtual machine starts
        Optional<String> before = Optional.ofNullable(System.getProperty(FOLDER));
        try {
            System.setProperty(FOLDER, part.extracted().toString());
            part.use.run();
            return Optional.empty();
        } catch (LinkageError e) {
            LOG.log(System.Logger.Level.DEBUG, "a native part of JCuda could not be loaded", e);
            return Optional.of("its native part " + part.library + " cannot be loaded: " + firstCause(e));
        } catch (IOException | ChainruleException e) {
            return Optional.of("its native part " + part.library + " cannot be made ready: " + e.getMessage());
        } finally {
            before.ifPresentOrElse(b -> System.setProperty(FOLDER, b), () -> System.clearProperty(FOLDER));
        }
    }

    /** The line of JCuda's long text that says why. */
    private static String firstCause(LinkageError e) {
        return String.valueOf(e.getMessage()).lines().map(String::strip)
                .filter(l -> l.contains("UnsatisfiedLinkError: "))
                .map(l -> l.substring(l.indexOf("UnsatisfiedLinkError: ") + "UnsatisfiedLinkError: ".length()))
                .filter(l -> !l.startsWith("no ")).findFirst()
                .orElse(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }

    /** The folder in which the library lies whole: one that is kept, or where nothing is to be kept one for this process. */
    private Path extracted() throws IOException {
        String name = LibUtils
                .createLibraryFileName(LibUtils.createPlatformLibraryName(library + "-" + JCudaVersion.get()));
        try (InputStream resource = LibUtils.class.getResourceAsStream("/lib/" + name)) {
            if (resource == null) throw new IOException("the class path has no " + name
                    + " (JCuda has one for Linux and Windows on x86-64)");
            byte[] bytes = resource.readAllBytes();
            Optional<Path> kept = BinaryCache.folder("cuda").map(f -> f.resolve("jcuda-" + JCudaVersion.get()));
            if (kept.isPresent()) {
                try {
                    Path folder = Files.createDirectories(kept.get().toAbsolutePath());
                    place(bytes, folder.resolve(name));
                    return folder;
                } catch (IOException | ChainruleException e) {
                    LOG.log(System.Logger.Level.DEBUG, "native parts of JCuda cannot be kept", e);
                }
            }
            Path folder = Files.createTempDirectory("chainrule-jcuda");
            // in the order in which they can be: the last first
            folder.toFile().deleteOnExit();
            folder.resolve(name).toFile().deleteOnExit();
            place(bytes, folder.resolve(name));
            return folder;
        }
    }

    /** What another process maps stays as it is: the name is given to another file. */
    private static void place(byte[] bytes, Path file) throws IOException {
        if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), bytes)) return;
        AtomicFile.write(file, channel -> {
            for (ByteBuffer b = ByteBuffer.wrap(bytes); b.hasRemaining();) channel.write(b);
        });
    }
}
