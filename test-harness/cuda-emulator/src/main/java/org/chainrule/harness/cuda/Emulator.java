package org.chainrule.harness.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.chainrule.harness.cuda.Configuration.Library;

/**
 * CUDA without a GPU, in this process: {@code libcuda.so.1}, {@code libnvrtc.so.12} and {@code libcublas.so.12} that are loaded before JCuda's natives, which
 * then bind to them by name. Kernels run on the processor, thread after thread, and what is wrong with a program is told by {@link #findings}.
 * There is one emulator in a process, since there is one CUDA.
 */
public final class Emulator {
    private static final Linker LINKER = Linker.nativeLinker();

    private static Optional<Emulator> instance = Optional.empty();

    private final Path folder;
    private final SymbolLookup driver;

    private Emulator(Path folder) {
        this.folder = folder;
        this.driver = SymbolLookup.libraryLookup(folder.resolve(Library.DRIVER.file), Arena.global());
    }

    /** Not in an initialiser: its first failure would be told, and later ones be classes that are not found. */
    private static synchronized Emulator built() {
        Emulator emulator = instance.orElseGet(() -> new Emulator(NativeBuild.libraries()));
        instance = Optional.of(emulator);
        return emulator;
    }

    /** Why there is no emulator on this machine; empty where there is one. */
    public static Optional<String> missing() {
        return NativeBuild.missing();
    }

    /**
     * The emulator of this process with that machine: nothing of what was done before is left, and its handles are of no use. The libraries are built at first.
     *
     * @throws IllegalStateException where there is none ({@link #missing})
     */
    public static Emulator load(Configuration configuration) {
        missing().ifPresent(reason -> {
            throw new IllegalStateException(reason);
        });
        Emulator emulator = built();
        for (Library library : Library.values()) {
            if (configuration.libraries().contains(library)) System.load(emulator.path(library).toString());
        }
        emulator.configure(configuration);
        return emulator;
    }

    /** The file of a library. */
    public Path path(Library library) {
        return folder.resolve(library.file);
    }

    /** As {@link #load}, with the libraries that are loaded. */
    public void configure(Configuration configuration) {
        try (Arena arena = Arena.ofConfined()) {
            int status = (int) function("configure", FunctionDescriptor.of(JAVA_INT, ADDRESS))
                    .invokeExact(arena.allocateFrom(configuration.lines()));
            if (status != 0) throw new IllegalArgumentException("the emulator knows other settings: " + configuration);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** What was found since {@link #configure} or {@link #forgetFindings}, in the order in which it was found. */
    public List<Finding> findings() {
        return text("findings").lines().map(line -> line.split("\t", 3))
                .map(f -> new Finding(Finding.Kind.valueOf(f[0]), Long.parseLong(f[1]), f[2])).toList();
    }

    /** As {@link #findings}, with all that lives as leaks, as if the process ended here. */
    public List<Finding> findingsAtEnd() {
        call("report_leaks");
        return findings();
    }

    public void forgetFindings() {
        call("forget_findings");
    }

    /** What was done since {@link #configure} or {@link #resetCounters}. */
    public Counters counters() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment counts = arena.allocate(JAVA_LONG, Counters.COUNT);
            function("counters", FunctionDescriptor.ofVoid(ADDRESS)).invokeExact(counts);
            return Counters.of(counts.toArray(JAVA_LONG));
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    public void resetCounters() {
        call("reset_counters");
    }

    /** Makes a failure happen; a function has one plan at a time. */
    public void fail(Failure failure) {
        try (Arena arena = Arena.ofConfined()) {
            function("fail", FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG)).invokeExact(
                    arena.allocateFrom(failure.function()), failure.from(), failure.code(), failure.sticky() ? 1 : 0,
                    failure.times());
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** Forgets planned failures. What they did to contexts stays. */
    public void heal() {
        call("heal");
    }

    /**
     * From now on a module with the text {@code ptx} is what compiling {@code source} for {@code architecture} without contraction gives, when it is loaded: for PTX
     * that was made elsewhere, which the emulator cannot read.
     */
    public void standIn(String ptx, String source, String architecture) {
        standIn(ptx, "", source, architecture);
    }

    /** The same for {@code ptx} of one kernel, which {@code source} calls {@code kernel} and may have among others: they are compiled together. */
    public void standIn(String ptx, String kernel, String source, String architecture) {
        try (Arena arena = Arena.ofConfined()) {
            function("stand_in", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, ADDRESS)).invokeExact(
                    arena.allocateFrom(ptx), arena.allocateFrom(kernel), arena.allocateFrom(source),
                    arena.allocateFrom("-arch=" + architecture));
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private void call(String name) {
        try {
            function(name, FunctionDescriptor.ofVoid()).invokeExact();
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private String text(String name) {
        MethodHandle function = function(name, FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG));
        try (Arena arena = Arena.ofConfined()) {
            long length = (long) function.invokeExact(MemorySegment.NULL, 0L);
            MemorySegment bytes = arena.allocate(length + 1);
            long again = (long) function.invokeExact(bytes, length);
            return new String(bytes.asSlice(0, Math.min(length, again)).toArray(ValueLayout.JAVA_BYTE), UTF_8);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(driver.find("chainrule_emulator_" + name).orElseThrow(), type);
    }

    private static RuntimeException failed(Throwable e) {
        return e instanceof RuntimeException r ? r : new IllegalStateException("a call of the CUDA emulator", e);
    }
}
