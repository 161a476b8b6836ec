package org.chainrule.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.chainrule.spi.NativeLibrary;

/** The few calls of the CUDA driver API that tell whether there is a GPU. */
final class Driver {
    private static final int SUCCESS = 0;
    private static final long LONGEST_NAME = 256;

    /** What the driver says. */
    sealed interface Answer {
        /** The library is another's: it lacks {@code symbol}. */
        record Foreign(String symbol) implements Answer {}

        /** {@code function} ended with an error. */
        record Refused(String function, int code, String error) implements Answer {}

        /** The greatest CUDA version that the driver supports (1000 × major + 10 × minor), and how many devices it sees. */
        record Devices(int version, int count) implements Answer {}
    }

    private final NativeLibrary library;

    private Driver(NativeLibrary library) {
        this.library = library;
    }

    static Answer ask(NativeLibrary library) {
        return new Driver(library).ask();
    }

    private Answer ask() {
        for (String symbol : new String[] {"cuInit", "cuDriverGetVersion", "cuDeviceGetCount", "cuGetErrorName"}) {
            if (library.symbols().find(symbol).isEmpty()) return new Answer.Foreign(symbol);
        }
        try (Arena arena = Arena.ofConfined()) {
            int initialised = (int) function("cuInit", FunctionDescriptor.of(JAVA_INT, JAVA_INT)).invokeExact(0);
            if (initialised != SUCCESS) return refused("cuInit", initialised, arena);
            FunctionDescriptor toInt = FunctionDescriptor.of(JAVA_INT, ADDRESS);
            MemorySegment version = arena.allocate(JAVA_INT), count = arena.allocate(JAVA_INT);
            int told = (int) function("cuDriverGetVersion", toInt).invokeExact(version);
            if (told != SUCCESS) return refused("cuDriverGetVersion", told, arena);
            int counted = (int) function("cuDeviceGetCount", toInt).invokeExact(count);
            if (counted != SUCCESS) return refused("cuDeviceGetCount", counted, arena);
            return new Answer.Devices(version.get(JAVA_INT, 0), count.get(JAVA_INT, 0));
        } catch (Throwable e) {
            throw new IllegalStateException("a call of the CUDA driver through Java's foreign function interface", e);
        }
    }

    private Answer refused(String function, int code, Arena arena) throws Throwable {
        MemorySegment name = arena.allocate(ADDRESS);
        int told = (int) function("cuGetErrorName", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS))
                .invokeExact(code, name);
        String error =
                told == SUCCESS ? name.get(ADDRESS, 0).reinterpret(LONGEST_NAME).getString(0) : "an unknown error";
        return new Answer.Refused(function, code, error);
    }

    private MethodHandle function(String name, FunctionDescriptor type) {
        return library.function(name, type).orElseThrow();
    }
}
