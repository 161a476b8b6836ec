package org.chainrule.cli.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.chainrule.Backends;
import org.chainrule.cli.train.Program.Ran;
import org.chainrule.spi.Backend;
import org.chainrule.spi.Backend.Availability;
import org.junit.jupiter.api.Assumptions;

/** An OpenCL loader whose calls begin to fail ({@code failing-opencl.c}), under the program in a virtual machine of its own. */
final class FailingOpenCl {
    private static final String SOURCE = "failing-opencl.c";

    private final Path library, ledger;

    private FailingOpenCl(Path library, Path ledger) {
        this.library = library;
        this.ledger = ledger;
    }

    /**
     * What a run told, and what it left.
     *
     * @param made how many objects of each kind were made
     * @param held how many of them were never released
     */
    record Left(Ran ran, Map<String, Long> made, Map<String, Long> held) {}

    /** Built in {@code folder}. Where there is no compiler, or nothing to compute on, the test is skipped; in CI it fails. */
    static FailingOpenCl in(Path folder) throws IOException, InterruptedException {
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "it is written for Linux");
        require(Files.isExecutable(Path.of("/usr/bin/cc")),
                "there is no C compiler (Debian: apt-get install gcc libc6-dev)");
        Backend opencl =
                Backends.all().stream().filter(b -> b.name().equals("opencl")).findFirst().orElseThrow();
        require(opencl.probe() instanceof Availability.Ready, "there is no OpenCL device");
        Path source = folder.resolve(SOURCE), library = folder.resolve("libfailing.so");
        try (InputStream in = FailingOpenCl.class.getResourceAsStream(SOURCE)) {
            Files.copy(Objects.requireNonNull(in), source);
        }
        Process compiler = new ProcessBuilder("/usr/bin/cc", "-shared", "-fPIC", "-o", library.toString(),
                source.toString(), "-Wl,--no-as-needed", "-l:libOpenCL.so.1", "-ldl").redirectErrorStream(true).start();
        String said = new String(compiler.getInputStream().readAllBytes(), UTF_8);
        if (compiler.waitFor() != 0) throw new AssertionError(said);
        return new FailingOpenCl(library, folder.resolve("ledger"));
    }

    private static void require(boolean isThere, String otherwise) {
        if (isThere) return;
        if ("true".equals(System.getenv("CI"))) throw new AssertionError(otherwise);
        Assumptions.abort(otherwise);
    }

    /** Runs the program on a device of which {@code call} returns {@code code} from its {@code first} call on. */
    Left run(String call, long first, int code, Object... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder =
                Program.builder(List.of("--enable-native-access=ALL-UNNAMED", "-Djdk.util.jar.enableMultiRelease=false",
                        "-Dorg.lwjgl.system.memoryBackend=legacy", "--sun-misc-unsafe-memory-access=allow",
                        "-Dorg.lwjgl.opencl.libname=" + library), arguments);
        builder.environment().putAll(Map.of("FAILING_OPENCL", call + " " + first + " " + code, "FAILING_OPENCL_HELD",
                ledger.toString()));
        Files.deleteIfExists(ledger);
        Path errors = Files.createTempFile(ledger.getParent(), "errors", ".txt");
        Process process = builder.redirectErrorStream(false).redirectError(errors.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        int status = process.waitFor();
        Map<String, Long> made = new LinkedHashMap<>(), held = new LinkedHashMap<>();
        for (String line : Files.readAllLines(ledger)) {
            List<String> words = List.of(line.split(" "));
            made.put(words.getFirst(), Long.valueOf(words.get(1)));
            held.put(words.getFirst(), Long.valueOf(words.get(2)));
        }
        return new Left(new Ran(status, out, Files.readString(errors)), made, held);
    }
}
