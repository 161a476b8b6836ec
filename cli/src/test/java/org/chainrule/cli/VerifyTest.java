package org.chainrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.chainrule.io.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The conformance suite as a command. */
class VerifyTest {
    @TempDir
    private Path folder = Path.of("");

    private record Ran(int status, String out, String err) {
        Map<String, Json> json() {
            return Json.parse("standard output", out.lines().toList().getLast()).asObject();
        }
    }

    private static Ran run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(), err = new ByteArrayOutputStream();
        int status = Main.run(args, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
        return new Ran(status, out.toString(UTF_8), err.toString(UTF_8));
    }

    @Test
    void countsWhatPassedAndSaysWhichOraclesDidNotRun() {
        Ran ran = run("verify", "--backend", "cpu", "--case", "pointwise/exp", "--json");
        assertThat(ran.status).isZero();
        assertThat(ran.out.lines()).hasSize(1);
        Map<String, Json> json = ran.json();
        assertThat(json.get("backend").asString()).isEqualTo("cpu");
        assertThat(json.get("passed").asLong()).isPositive();
        for (String none : List.of("failed", "unsupported", "vacuous")) assertThat(json.get(none).asLong()).isZero();
        assertThat(json.get("seconds").asDouble()).isPositive();
        assertThat(ran.err).contains("recorded PyTorch results: not run; name their folder by --golden FOLDER",
                "ONNX node tests: not run; name their folder by --onnx FOLDER");
    }

    @Test
    void aFailureEndsWithStatus1AndTheLineThatRepeatsIt() throws IOException {
        Files.writeString(folder.resolve("not one.safetensors"), "x");
        Ran ran = run("verify", "--backend", "cpu", "--case", "golden", "--golden", folder.toString());
        assertThat(ran.status).isEqualTo(Main.FAILED);
        String again = ran.out.lines().filter(l -> l.contains("again: ")).findFirst().orElseThrow();
        assertThat(ran.out).contains("FAIL golden/not_one", "1 case failed.");
        assertThat(again).contains("./chainrule verify --backend cpu --case golden/", " --seed 42 --golden ");
        String[] words = again.replaceFirst(".*chainrule ", "").split(" ", -1);
        assertThat(run(words).out).contains("FAIL golden/").contains("1 case failed.");
    }

    @Test
    void whatCannotRunIsSummedByReasonAndProvesNothing() {
        Ran ran = run("verify", "--backend", "cpu", "--case", "onnx");
        assertThat(ran.out).contains("Unsupported", "1  no folder of ONNX node tests is named", "nothing is proven");
        assertThat(ran.status).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--case pointwise/exq | there is no case 'pointwise/exq' for cpu; did you mean pointwise/",
        "--op matmull | no case for cpu is about 'matmull'; did you mean matmul?",
        "--op matmul --case movement | no case for cpu below 'movement' is about 'matmul'",
        "--golden /nowhere | --golden: there is no folder /nowhere",
        "--onnx pom.xml | --onnx: pom.xml is a file",
        "--golden src | --golden: src holds nowhere a recorded case",
        "--onnx src | --onnx: src holds nowhere a node test",
        "--fuzz -1 | --fuzz: -1 is not a number of graphs",
        "--fuzz 0 --case graphs | 0 random graphs leave none to run (--fuzz,",
        "--out pom.xml | pom.xml is a file",
        "--backend cpuu | did you mean cpu?"})
    void whatMakesNoSenseIsToldBeforeAnythingRuns(String args, String message) {
        Ran ran = run(("verify --backend=cpu " + args).replace("--backend=cpu --backend", "--backend").split(" ", -1));
        assertThat(ran.status).isEqualTo(Main.USAGE);
        assertThat(ran.err).contains(message).contains("Try: chainrule verify --help");
    }

    @Test
    void reportsHoldEveryOpThatRanAndLoadNothing() throws IOException {
        Path out = folder.resolve("a/b");
        assertThat(run("verify", "--backend", "cpu", "--op", "tanh", "--fuzz", "0", "--out", out.toString()).status)
                .isZero();
        assertThat(Files.readString(out.resolve("ops.md"))).containsPattern("\\| tanh \\| cpu \\| f32 \\| PASS \\| ")
                .doesNotContain("| exp |");
        assertThat(Files.readString(out.resolve("conformance.html")))
                .contains("<td>tanh</td>", "Seed 42", "default-src")
                .doesNotContain("http://", "https://", "<link", "src=");
    }

    /** JUnit serves the tests that extend the suite; the program must not need it. */
    @Test
    void theProgramRunsWithoutJUnit() throws IOException, InterruptedException {
        String path = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(p -> !p.contains("junit") && !p.contains("opentest4j")).collect(Collectors.joining(
                        File.pathSeparator));
        Path file = folder.resolve("out");
        int status = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", path,
                Main.class.getName(), "verify", "--backend", "cpu", "--case", "lifecycle", "--json")
                .redirectErrorStream(true).redirectOutput(file.toFile()).start().waitFor();
        assertThat(status).as(Files.readString(file)).isZero();
    }
}
