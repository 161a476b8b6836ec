package org.chainrule.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import org.chainrule.spi.NativeLibrary;
import org.lwjgl.opencl.CL;
import org.lwjgl.system.Configuration;

/** OpenCL's loader library, loaded into the process once. */
final class Loader {
    private static final System.Logger LOG = System.getLogger(Loader.class.getName());
    private static final String MEMORY = "org.lwjgl.system.memoryBackend";
    private static boolean loaded;

    private Loader() {}

    /** Why OpenCL cannot be had through any of {@code libraries}; empty where it is loaded. */
    static synchronized Optional<String> load(List<String> libraries) {
        String name;
        try (Arena arena = Arena.ofConfined()) {
            Optional<NativeLibrary> found = NativeLibrary.find(libraries, arena);
            if (found.isEmpty()) return NativeLibrary.refusal(libraries)
                    .or(() -> Optional.of(libraries.getFirst() + " not found"));
            name = found.get().name();
            if (found.get().symbols().find("clGetPlatformIDs").isEmpty())
                return Optional.of(name + " is no OpenCL loader: it lacks clGetPlatformIDs");
        }
        if (loaded) return Optional.empty();
        prepareForPocl();
        try {
            // the default warns of methods that the JVM will remove
            if (System.getProperty(MEMORY) == null) System.setProperty(MEMORY, "ffm");
            // it prints what is no concern of users, such as classes for other versions of Java that it tried first
            Configuration.DEBUG_STREAM.set(LogStream.to(LOG));
            // its library and its classes are of one release, so a hash of 500 KB tells nothing and costs a tenth of a second
            Configuration.DISABLE_HASH_CHECKS.set(true);
            // LWJGL would look for one name only, which most machines lack
            Configuration.OPENCL_EXPLICIT_INIT.set(true);
            CL.create(System.getProperty("org.lwjgl.opencl.libname", name));
            loaded = true;
            return Optional.empty();
        } catch (LinkageError e) {
            LOG.log(System.Logger.Level.DEBUG, "OpenCL could not be loaded", e);
            return Optional.of(name + " could not be loaded: " + e.getMessage());
        }
    }

    /** What PoCL is told by the process's environment, from which drivers read it through C, and which Java cannot write. */
    private static void prepareForPocl() {
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("setenv").ifPresent(address -> {
            MethodHandle setenv = linker.downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
            // or it replaces the handler of SIGFPE, by which the JVM notices an integer division by zero
            set(setenv, "POCL_SIGFPE_HANDLER", "0", 0);
            PoclFolder.OWN.path().ifPresent(folder -> set(setenv, PoclFolder.VARIABLE, folder.toString(), 1));
        });
    }

    /** @param over whether to replace what is there */
    private static void set(MethodHandle setenv, String name, String value, int over) {
        try (Arena arena = Arena.ofConfined()) {
            int failed = (int) setenv.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), over);
            if (failed != 0) LOG.log(System.Logger.Level.DEBUG, "the environment could not be written");
        } catch (Throwable e) {
            throw new IllegalStateException("setenv could not be called", e);
        }
    }
}
