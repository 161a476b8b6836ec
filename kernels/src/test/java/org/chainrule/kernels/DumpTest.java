package org.chainrule.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.chainrule.Origin;
import org.chainrule.plan.Kernel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpTest {
    private static DeviceFunction.Start<Launch> start(String ops) {
        Launch.Extent one = Launch.Extent.of(1);
        return new DeviceFunction.Start<>(new Launch(new Source("map", "text"), List.of(), one, one),
                new Kernel.Label(ops, Origin.UNKNOWN), 0);
    }

    @Test
    void aFileIsNamedForTheFunctionAndItsOps(@TempDir Path folder) throws IOException {
        String before = System.getProperty(Dump.PROPERTY, "");
        System.setProperty(Dump.PROPERTY, folder.toString());
        try {
            Dump.write(start("mul+add"), () -> "whole", "cl");
            Dump.write(start("a/b c".repeat(100)), () -> "whole", "cl");
        } finally {
            System.setProperty(Dump.PROPERTY, before);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString())).hasSize(2)
                    .anyMatch(f -> f.matches("map-mul[+]add-[0-9a-f]{8}[.]cl"))
                    .anyMatch(f -> f.matches("map-[abc_]{60}-[0-9a-f]{8}[.]cl"));
        }
    }
}
