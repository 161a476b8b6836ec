package org.chainrule.opencl;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.chainrule.Session;
import org.chainrule.spi.Backend.Availability;
import org.chainrule.spi.Device;

/** The device that tests compute on. */
final class OpenCl {
    /** Open as long as the process: PoCL forgets its built-in functions, which take it a second to read, with its last context. */
    private static final class Kept {
        static final Device DEVICE = new OpenClBackend().open(0);
    }

    private OpenCl() {}

    /** A session on the first device; where there is none the test is skipped, in CI it fails. */
    static Session session() {
        require();
        return Session.open("opencl");
    }

    /** As {@link #session}, traced to {@code file}. */
    static Session session(Path file) {
        require();
        return Session.open("opencl", file);
    }

    /** The first device, as {@link #session}. */
    static Device device() {
        require();
        return new OpenClBackend().open(0);
    }

    /** Skips the test where there is no device; in CI it fails. */
    static void require() {
        Optional<String> missing = missing();
        if (!"true".equals(System.getenv("CI")))
            assumeTrue(missing.isEmpty(), () -> "no OpenCL device: " + missing.orElseThrow());
        if (missing.isEmpty()) Objects.requireNonNull(Kept.DEVICE);
    }

    static Optional<String> missing() {
        return new OpenClBackend().probe() instanceof Availability.Missing(String reason, String _)
                ? Optional.of(reason) : Optional.empty();
    }
}
