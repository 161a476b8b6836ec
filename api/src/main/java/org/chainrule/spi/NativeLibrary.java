package org.chainrule.spi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
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

    /** The C function {@code name}, ready to be called; empty if the library has none of that name. */
    public Optional<MethodHandle> function(String name, FunctionDescriptor type) {
        return symbols.find(name).map(address -> Linker.nativeLinker().downcallHandle(address, type));
    }
}
