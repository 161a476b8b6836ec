package org.chainrule.kernels;

import java.util.List;
import java.util.Optional;
import org.chainrule.KernelCompilationException;
import org.chainrule.plan.Kernel;

/** What compiles sources for a device. */
public interface SourceCompiler {
    /** The language that it compiles. */
    Dialect dialect();

    /** Whether the device computes in double precision. */
    boolean hasDoubles();

    /** How sources that are needed at once are divided into translation units: by default into one, since much of compiling is done once for each. */
    default List<List<Source>> units(List<Source> sources) {
        return List.of(sources);
    }

    /** Where binaries are kept. */
    BinaryCache cache();

    /**
     * The program of {@code text}.
     *
     * @param label of what it was first compiled for
     * @throws KernelCompilationException with the compiler's log and the numbered text
     */
    Program build(String text, Kernel.Label label);

    /** The program that {@code binary} is; empty where the driver does not take it. */
    Optional<Program> load(byte[] binary);

    /** What was compiled. */
    interface Program extends AutoCloseable {
        /** What {@link SourceCompiler#load} reads; empty where there is none. */
        byte[] binary();

        /** Its function {@code name}, to be started as {@code start} says, with arguments to be set. */
        DeviceFunction function(String name, DeviceFunction.Start<Launch> start);

        @Override
        void close();
    }

    /** {@code text} with its lines numbered, as an error shows it. */
    static String numbered(String text) {
        StringBuilder s = new StringBuilder();
        int line = 1;
        for (String l : text.split("\n", -1))
            s.append(line == 1 ? "" : "\n").append("%4d  ".formatted(line++)).append(l);
        return s.toString();
    }
}
