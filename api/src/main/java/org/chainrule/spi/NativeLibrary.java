package org.chainrule.spi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/**
 * A native library that the system's loader found.
 *
 * @param name    the name by which it was found
 * @param symbols its functions
 */
public record NativeLibrary(String name, SymbolLookup symbols) {
    private static final int RTLD_LAZY = 1;
    /** A library that no system has. */
    private static final String ABSENT = "libchainrule-absent.so";

    /**
     * Whether libraries may be loaded at all: {@code --enable-native-access}. Without it the JVM warns at the first, or refuses.
     */
    public static boolean isAccessEnabled() {
        return NativeLibrary.class.getModule().isNativeAccessEnabled();
    }

    /** The first of {@code names} that the system's loader finds, loaded until {@code arena} is closed. */
    public static Optional<NativeLibrary> find(List<String> names, Arena arena) {
        for (String name : names) {
            try {
                return Optional.of(new NativeLibrary(name, SymbolLookup.libraryLookup(name, arena)));
            } catch (IllegalArgumentException e) {
                // not by this name; perhaps by the next
            }
        }
        return Optional.empty();
    }

    /** What the system's loader says of the first of {@code names} that is there and cannot be loaded; empty where none is there. */
    public static Optional<String> refusal(List<String> names) {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> open = linker.defaultLookup().find("dlopen"), error =
                linker.defaultLookup().find("dlerror");
        if (open.isEmpty() || error.isEmpty()) return Optional.empty();
        MethodHandle dlopen = linker.downcallHandle(open.get(), FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
        MethodHandle dlerror = linker.downcallHandle(error.get(), FunctionDescriptor.of(ADDRESS));
        // its words for a file that is not there depend on the system and on the user's language
        String absent = refusal(dlopen, dlerror, ABSENT).orElse(ABSENT);
        return names.stream().flatMap(n -> refusal(dlopen, dlerror, n)
                .filter(told -> !told.equals(absent.replace(ABSENT, n)))
                .map(told -> n + " cannot be loaded: " + told).stream()).findFirst();
    }

    private static Optional<String> refusal(MethodHandle dlopen, MethodHandle dlerror, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment library = (MemorySegment) dlopen.invokeExact(arena.allocateFrom(name), RTLD_LAZY);
            if (library.address() != 0) return Optional.empty();
            MemorySegment text = (MemorySegment) dlerror.invokeExact();
            return text.address() == 0 ? Optional.empty()
                    : Optional.of(text.reinterpret(Long.MAX_VALUE).getString(0));
        } catch (Throwable e) {
            throw new IllegalStateException("dlopen could not be called", e);
        }
    }

    /** The C function {@code name}, ready to be called; empty if the library has none of that name. */
    public Optional<MethodHandle> function(String name, FunctionDescriptor type) {
        return symbols.find(name).map(address -> Linker.nativeLinker().downcallHandle(address, type));
    }
}
