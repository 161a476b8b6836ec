package org.chainrule.cpu.nn;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.chainrule.Backends;
import org.chainrule.harness.golden.GoldenCase;
import org.chainrule.spi.Backend.Availability;

/** Where results recorded from PyTorch lie, and what is tested against them. */
final class Golden {
    private Golden() {}

    /** The backends that every test of this package runs on. */
    static List<String> backends() {
        return Backends.all().stream().filter(b -> b.probe() instanceof Availability.Ready).map(b -> b.name()).toList();
    }

    static Path shared() {
        String shared = System.getProperty("chainrule.shared", "");
        assumeTrue(!shared.isEmpty() && Files.isDirectory(Path.of(shared, "data", "golden")),
                "-Dchainrule.shared does not name the folder with the recorded results");
        return Path.of(shared);
    }

    /** The cases of {@code group}. */
    static List<GoldenCase> cases(String group) {
        try (Stream<Path> files = Files.list(shared().resolve("data/golden").resolve(group))) {
            List<GoldenCase> cases = files.sorted().map(GoldenCase::read).toList();
            if (cases.isEmpty()) fail("no case of " + group);
            return cases;
        } catch (IOException e) {
            return fail(e);
        }
    }
}
