package org.chainrule.cli.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.chainrule.cli.Main;
import org.chainrule.io.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The trace of a run is there and whole however the run ends. */
class TraceTest {
    @TempDir
    private Path folder = Path.of("");

    /** The names of what the file tells. */
    private static List<String> names(Path trace) throws IOException {
        return Json.parse(trace.toString(), Files.readString(trace)).asObject().get("traceEvents").asArray().stream()
                .map(e -> e.asObject().get("name").asString()).toList();
    }

    @Test
    void trainAndPredictWriteWhatTheyAreAskedFor() throws IOException {
        Path run = folder.resolve("run"), trained = folder.resolve("train.json"), told = folder.resolve("predict.json");
        assertThat(Program.run("train", "iris", "--epochs", 1, "--out", run, "--trace", trained).status()).isZero();
        assertThat(Program.run("predict", run, "iris", "--trace", told).status()).isZero();
        assertThat(names(trained)).contains("upload", "download", "process_name").anyMatch(n -> n.startsWith("matmul"));
        assertThat(names(told)).hasSizeLessThan(names(trained).size()).anyMatch(n -> n.startsWith("matmul"));
    }

    @Test
    void aFileThatCannotBeWrittenIsToldBeforeTheRun() {
        Path run = folder.resolve("run"), trace = folder.resolve("no").resolve("t.json");
        var ran = Program.run("train", "iris", "--epochs", 1, "--out", run, "--trace", trace);
        assertThat(ran.status()).isEqualTo(Main.FAILED);
        assertThat(ran.err()).contains("could not write the trace " + trace + ": no such file or folder");
        assertThat(run).doesNotExist();
    }

    @Test
    void aRunThatFailsLeavesItsTrace() throws IOException {
        Path trace = folder.resolve("t.json");
        var ran = Program.run("train", "iris", "--lr", 1e30, "--optimizer", "sgd", "--out", folder.resolve("run"),
                "--trace",
                trace);
        assertThat(ran.status()).as(ran.err()).isEqualTo(Main.FAILED);
        assertThat(names(trace)).anyMatch(n -> n.startsWith("matmul"));
    }

    /** By a signal that the program answers, and by one that it cannot. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRunThatIsEndedFromOutsideLeavesItsTrace(boolean answers) throws Exception {
        Path trace = folder.resolve("t.json");
        Process run =
                Program.start(List.of("-Dchainrule.trace=" + trace), "train", "digits", "--epochs", 500, "--model",
                        "8", "--out", folder.resolve("run"));
        try (BufferedReader said = run.inputReader(UTF_8)) {
            assertThat(said.lines().anyMatch(line -> line.contains("epoch 1/500"))).isTrue();
            if (answers) run.toHandle().destroy();
            else run.destroyForcibly();
            run.waitFor();
        }
        assertThat(names(trace)).anyMatch(n -> n.startsWith("matmul"));
    }
}
