package org.chainrule.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.chainrule.Backends;
import org.chainrule.harness.cuda.Configuration;
import org.chainrule.harness.cuda.Configuration.Checks;
import org.chainrule.harness.cuda.Emulator;
import org.chainrule.spi.Backend;
import org.chainrule.spi.Backend.Availability.Ready;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same training ends alike wherever it ran. */
class DigitsOnEachBackendTest {
    private static final int TEST_SAMPLES = 359;

    @TempDir
    private Path folder = Path.of("");

    private static String cache = "";

    /** On machines without a GPU CUDA is emulated; what was compiled for one emulator is of no use to the next, so nothing is kept. */
    @BeforeAll
    static void emulateCuda() {
        cache = System.getProperty("chainrule.cache", "");
        if (Emulator.missing().isPresent()) return;
        System.setProperty("chainrule.cache", "off");
        Emulator.load(Configuration.DEFAULT.with(Checks.NONE));
    }

    /** Other tests of this process are not to find a GPU. */
    @AfterAll
    static void takeCudaAway() {
        System.setProperty("chainrule.cache", cache);
        if (Emulator.missing().isEmpty()) Emulator.load(Configuration.DEFAULT.withDevices(0));
    }

    /** Backends round differently, so a sample between two classes may change sides; no more than one does. */
    @Test
    void everyBackendThatIsReadyEndsWithTheAccuracyOfTheCpu() {
        List<String> ready =
                Backends.all().stream().filter(b -> b.probe() instanceof Ready).map(Backend::name).toList();
        assertThat(ready).contains("cpu", "reference");
        if (Emulator.missing().isEmpty()) assertThat(ready).contains("cuda");
        double right = right("cpu");
        assertThat(right).isGreaterThan(TEST_SAMPLES / 2.0);
        for (String backend : ready)
            if (!backend.equals("cpu")) assertThat(right(backend)).as(backend).isCloseTo(right, within(1.5));
    }

    /** Of the test samples, how many a small network tells right after a few epochs; more would take the reference minutes. */
    private double right(String backend) {
        var ran = Program.run("train", "digits", "--epochs", 4, "--model", "32", "--backend", backend, "--json",
                "--out", folder.resolve(backend));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran.json().get("accuracy").asDouble() * TEST_SAMPLES;
    }
}
