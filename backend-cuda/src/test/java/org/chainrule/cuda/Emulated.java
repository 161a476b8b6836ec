package org.chainrule.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.chainrule.harness.cuda.Configuration;
import org.chainrule.harness.cuda.Emulator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tests on CUDA (emulated): fails a test with what the emulator found wrong in it, and a class with what it left behind. */
final class Emulated implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private static Optional<Emulator> loaded = Optional.empty();

    /** The emulator of this process with that machine, on which nothing was done; where there is none the test is skipped, in CI it fails. */
    static Emulator load(Configuration machine) {
        require();
        Emulator emulator = Emulator.load(machine);
        loaded = Optional.of(emulator);
        return emulator;
    }

    /** Skips the test where there is no emulator; in CI it fails. */
    static void require() {
        Optional<String> missing = Emulator.missing();
        if (missing.isEmpty()) return;
        if ("true".equals(System.getenv("CI"))) throw new AssertionError(missing.get());
        Assumptions.abort(missing.get());
    }

    /** That of this class. */
    static Emulator emulator() {
        return loaded.orElseThrow();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        load(Configuration.DEFAULT);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertThat(emulator().findings()).isEmpty();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (loaded.isPresent()) assertThat(emulator().findingsAtEnd()).isEmpty();
    }
}
