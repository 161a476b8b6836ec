package org.chainrule.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** A library of C functions. */
final class Foreign {
    private final SymbolLookup library;

    /** The library of that file, as long as {@code arena} is open. */
    Foreign(String file, Arena arena) {
        library = SymbolLookup.libraryLookup(file, arena);
    }

    MethodHandle function(String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
    }

    /** Calls a function, slowly. */
    Object call(String name, FunctionDescriptor type, Object... arguments) {
        Object[] result = new Object[1];
        run(() -> result[0] = function(name, type).invokeWithArguments(arguments));
        return result[0];
    }

    /** Calls through method handles. */
    interface Calls {
        void make() throws Throwable;
    }

    /** Makes {@code calls}; C functions throw nothing, so what is thrown is a mistake here. */
    static void run(Calls calls) {
        try {
            calls.make();
        } catch (Throwable e) {
            throw new IllegalStateException("a foreign function could not be called", e);
        }
    }
}
