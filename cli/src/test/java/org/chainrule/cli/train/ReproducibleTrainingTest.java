package org.chainrule.cli.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.chainrule.io.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Equal runs on the cpu backend give equal checkpoints, byte for byte. */
class ReproducibleTrainingTest {
    private static final List<String> VECTOR = List.of("--add-modules", "jdk.incubator.vector");

    @TempDir
    private Path folder = Path.of("");

    private static Object[] with(Object[] settings, Object... more) {
        List<Object> all = new ArrayList<>(List.of("train", "digits"));
        all.addAll(List.of(settings));
        all.addAll(List.of(more));
        return all.toArray();
    }

    private Path checkpoint(String run) {
        return folder.resolve(run).resolve("checkpoint.safetensors");
    }

    @Test
    void aKilledRunResumesToTheSameBits() throws Exception {
        Object[] settings = {"--epochs", 4, "--model", "32", "--noise", 0.01, "--schedule", "plateau", "--patience", 3};
        Process killed = Program.start(VECTOR, with(settings, "--save-every", 5, "--out", folder.resolve("killed")));
        readUntil(killed.inputReader(UTF_8), "epoch 1/4");
        killed.destroyForcibly().waitFor();
        Program.java(VECTOR, "train", "digits", "--resume", folder.resolve("killed"));
        Program.java(VECTOR, with(settings, "--out", folder.resolve("whole")));
        assertThat(checkpoint("killed")).hasSameBinaryContentAs(checkpoint("whole"));
    }

    @Test
    void anInterruptedRunSaysWhereItIsAndResumesToTheSameBits() throws Exception {
        Object[] settings = {"--epochs", 4, "--model", "32", "--patience", 3};
        Path run = folder.resolve("stopped");
        Process stopped = Program.start(VECTOR, with(settings, "--batch", 1, "--json", "--out", run));
        BufferedReader said = stopped.inputReader(UTF_8);
        readUntil(said, "epoch 1/4");
        stopped.toHandle().destroy();
        List<String> rest = said.lines().toList();
        assertThat(stopped.waitFor()).as(String.join("\n", rest)).isEqualTo(128 + 15);
        assertThat(rest).anyMatch(line -> line.matches("Stopped after [1-4] epochs? and [0-9]+ batch(es)? of the next; "
                + "go on with --resume " + Pattern.quote(run.toString())));
        var json = Json.parse("standard output", rest.getLast()).asObject();
        assertThat(json.get("interrupted").asBoolean()).isTrue();
        assertThat(json.get("epochs").asLong()).isBetween(1L, 4L);
        assertThat(json.get("validation_loss").asDouble()).isFinite();
        Program.java(VECTOR, "train", "digits", "--resume", run);
        Program.java(VECTOR, with(settings, "--batch", 1, "--out", folder.resolve("whole")));
        assertThat(checkpoint("stopped")).hasSameBinaryContentAs(checkpoint("whole"));
    }

    private static void readUntil(BufferedReader reader, String text) throws IOException {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.contains(text)) return;
        }
        throw new AssertionError("the run ended before it said '" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"relu", "gelu", "tanh"})
    void threadsAndVectorModuleChangeNoBit(String activation) throws Exception {
        Object[] settings = {"--epochs", 2, "--activation", activation, "--norm", "layer"};
        Program.java(VECTOR, with(settings, "--threads", 1, "--out", folder.resolve("one")));
        Program.java(VECTOR, with(settings, "--threads", 2, "--out", folder.resolve("two")));
        Program.java(List.of(), with(settings, "--threads", 2, "--out", folder.resolve("scalar")));
        assertThat(checkpoint("two")).hasSameBinaryContentAs(checkpoint("one"));
        assertThat(checkpoint("scalar")).hasSameBinaryContentAs(checkpoint("one"));
    }
}
