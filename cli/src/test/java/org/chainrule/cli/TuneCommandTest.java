package org.chainrule.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.chainrule.Backends;
import org.chainrule.cli.train.Program;
import org.chainrule.kernels.BinaryCache;
import org.chainrule.spi.Backend.Availability;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuneCommandTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void aBackendThatHasNothingToTuneSaysSo() {
        var ran = Program.run("tune", "--backend", "cpu");
        assertThat(ran.status()).isEqualTo(Main.FAILED);
        assertThat(ran.err()).contains("cpu has nothing to tune").doesNotContain("\tat ");
    }

    @Test
    void aSizeThatIsNoneIsRefused() {
        for (String size : new String[] {"3x4", "0x1x2", "axbxc", "1x2x3x4", "1000000x1x1"}) {
            var ran = Program.run("tune", "--size", size);
            assertThat(ran.status()).as(size).isEqualTo(Main.USAGE);
            assertThat(ran.err()).contains("'" + size + "' is not the size of a product");
        }
    }

    @Test
    void anOpenClDeviceIsTuned() {
        assumeTrue(Backends.all().stream()
                .anyMatch(b -> b.name().equals("opencl") && b.probe() instanceof Availability.Ready),
                "no OpenCL device");
        String before = System.getProperty(BinaryCache.PROPERTY, "");
        System.setProperty(BinaryCache.PROPERTY, folder.toString());
        Program.Ran ran;
        try {
            ran = Program.run("tune", "--backend", "opencl", "--size", "1x1x1", "--json");
        } finally {
            System.setProperty(BinaryCache.PROPERTY, before);
        }
        assertThat(ran.status()).as(ran.err()).isEqualTo(Main.OK);
        assertThat(ran.err()).contains("trying product 1 of 3", "trying product 3 of 3").doesNotContain("4 of 3");
        assertThat(ran.json().get("found").asArray()).hasSize(3).allSatisfy(f -> {
            assertThat(f.asObject().get("kernel").asString()).startsWith("matmul f32 1x1x1 ");
            assertThat(f.asObject().get("seconds").asDouble()).isPositive();
        });
    }
}
