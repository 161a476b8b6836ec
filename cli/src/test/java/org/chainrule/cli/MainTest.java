package org.chainrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.chainrule.Backends;
import org.chainrule.DataFormatException;
import org.chainrule.expr.Ops;
import org.chainrule.graph.Op;
import org.chainrule.harness.Suggestion;
import org.chainrule.io.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    /** What a run of the program left. */
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
    void helpListsEveryCommandAndTheExitStatus() {
        Ran ran = run("--help");
        assertThat(ran.status).isZero();
        assertThat(ran.out).contains("explain", "devices", "doctor", "ops", "Exit status:").doesNotContain("\u001b");
        assertThat(ran.out.lines()).allMatch(line -> line.length() <= 100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"explain", "devices", "doctor", "ops", "tune"})
    void everyCommandHasHelp(String command) {
        Ran ran = run(command, "--help");
        assertThat(ran.status).isZero();
        assertThat(ran.out).startsWith("Usage: chainrule " + command).contains("--json", "--stacktrace");
    }

    @Test
    void trainsHelpIsInSectionsAndTellsTheDefaultsOfEveryDataSet() {
        Ran ran = run("train", "--help");
        assertThat(ran.out).containsSubsequence("Data:", "--target", "Network:", "--activation", "Optimisation:",
                "--lr",
                "Regularisation:", "--dropout", "Output and machine:", "--out", "Defaults", "activation relu", "iris ",
                "lr 0.02", "xor ", "epochs 300");
        assertThat(ran.out.lines()).allMatch(line -> line.length() <= 100);
        assertThat(ran.out.split("--epochs=", -1)).hasSize(2);
    }

    @Test
    void aBackendThatIsNotReadyIsToldOnceWithItsOwnRemedy() {
        List<Json> missing = run("devices", "--json").json().get("backends").asArray().stream()
                .filter(b -> !b.asObject().get("ready").asBoolean()).toList();
        for (Json b : missing) {
            Ran ran = run("explain", "--backend", b.asObject().get("name").asString());
            assertThat(ran.status).isEqualTo(Main.FAILED);
            String reason = b.asObject().get("reason").asString();
            assertThat(ran.err.split(Pattern.quote(reason), -1)).hasSize(2);
            assertThat(ran.err).contains("remedy: " + b.asObject().get("remedy").asString(), "  cpu: ready: ",
                    "  reference: ready: ");
        }
    }

    @ParameterizedTest
    @CsvSource({"sigmoid, 0, 1", "tanh, -1, 1", "relu, 0, 1", "exp, 0, 1"})
    void theTargetThatExplainDrawsIsWithinReach(String activation, double low, double high) {
        for (int seed = 1; seed <= 20; seed++) {
            double target = run("explain", "--layers", "1,1", "--activation", activation, "--seed", "" + seed, "--json")
                    .json().get("target").asArray().getFirst().asDouble();
            assertThat(target).isBetween(low, high);
        }
    }

    @Test
    void versionNamesProgramAndJava() {
        assertThat(run("--version").out).startsWith("chainrule ").contains("Java 2");
    }

    @Test
    void noArgumentsShowTheHelpAndFail() {
        Ran ran = run();
        assertThat(ran.status).isEqualTo(Main.USAGE);
        assertThat(ran.out).isEmpty();
        assertThat(ran.err).startsWith("Usage: chainrule");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "devcies | there is no command 'devcies'; did you mean devices?",
        "ops --markdwn | unknown option --markdwn; did you mean --markdown?",
        "doctor foo | unexpected argument 'foo'",
        "ops foo | there is no op 'foo'",
        "--backend cpu | the option --backend goes behind the command",
        "ops -Da=b | options of the JVM go before the command",
        "explain --backend cuad | 'cuad' is none of auto, cpu, cuda, opencl, reference; did you mean cuda?",
        "explain --activation sigmod | did you mean sigmoid?",
        "explain --loss foo | there is no loss 'foo'; there are mse, bce, ce",
        "explain --activation foo | there are identity, relu, tanh, sigmoid",
        "generate nowhere --temperature -1 | --temperature: -1.0 is not at least 0",
        "predict nowhere iris --out p.xyz | p.xyz ends neither in .csv nor in .json",
        "explain --out page.txt | --out: page.txt does not end in .html",
        "explain --backend cpu:x | 'x' is not a device number",
        "explain --backend auto:1 | 'auto:1': auto chooses the device itself; name a backend",
        "explain --lr fast | '--lr': 'fast' is not a finite number, such as 0.01",
        "explain --lr nan | '--lr': 'nan' is not a finite number",
        "explain --lr -1 | --lr: -1.0 is not above 0",
        "generate nowhere --temperature Infinity | '--temperature': 'Infinity' is not a finite number",
        "explain --layers 2 | --layers: give",
        "explain --layers 2,99,1 | --layers: 99",
        "explain --layers 2,1 --loss ce | needs an output for each class",
        "explain --loss bce --output relu | --output goes with --loss mse only",
        "explain --sample 1,0 | has no colon",
        "explain --sample 1:1 | 1 inputs are given, and the network has 2",
        "explain --sample 1,x:1 | 'x' is not a number",
        "explain --sample 1,0:1,2 | 2 targets are given",
        "explain --layers 2,3 --loss ce --sample 1,0:3 | one class from 0 to 2",
    })
    void aCommandLineThatMakesNoSenseIsAUsageError(String line, String message) {
        Ran ran = run(line.strip().split(" "));
        assertThat(ran.status).isEqualTo(Main.USAGE);
        assertThat(ran.err).startsWith("chainrule: ").contains(message.strip()).contains("Try: chainrule")
                .doesNotContain("\tat ");
        assertThat(ran.out).isEmpty();
    }

    @Test
    void aUsageErrorIsJsonTooWhereAsked() {
        Ran ran = run("ops", "--jsn", "--json");
        assertThat(ran.json().get("type")).isEqualTo(new Json.Str("UsageError"));
        assertThat(ran.json().get("error").asString()).contains("unknown option --jsn");
        assertThat(ran.err).contains("unknown option --jsn");
    }

    @Test
    void aFailureIsOneMessageWithoutATrace(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        Ran ran = run("explain", "--out", file.resolve("page.html").toString(), "--json");
        assertThat(ran.status).isEqualTo(Main.FAILED);
        assertThat(ran.err).startsWith("chainrule: ").contains(file.toString()).doesNotContain("\tat ");
        assertThat(ran.json().get("type")).isEqualTo(new Json.Str("StorageException"));
        assertThat(ran.out.lines()).hasSize(1);
        assertThat(run("explain", "--out", file.resolve("page.html").toString(), "--stacktrace").err)
                .contains("\tat org.chainrule.");
    }

    @Test
    void whatNobodyForesawIsABug() {
        Failure failure = Failure.of(new IllegalStateException("x = 3"));
        assertThat(failure.status()).isEqualTo(Main.BUG);
        assertThat(failure.message()).contains("unexpected IllegalStateException: x = 3", "this is a bug");
        assertThat(Failure.of(new NullPointerException()).message())
                .contains("unexpected NullPointerException (this is a bug");
    }

    @Test
    void exhaustedMemoryAndStackComeWithAdvice() {
        assertThat(Failure.of(new OutOfMemoryError("Java heap space")).message()).contains("Java heap space", "-Xmx");
        assertThat(Failure.of(new StackOverflowError()).message()).contains("-Xss");
        assertThat(Failure.of(new ServiceConfigurationError("provider x")).status()).isEqualTo(Main.FAILED);
        assertThat(Failure.of(new DataFormatException("line 3")).message()).isEqualTo("line 3");
    }

    @Test
    void devicesListsEveryBackendWithItsDevicesOrItsReason() {
        Ran text = run("devices"), json = run("devices", "--json");
        assertThat(text.out).contains("* " + Backends.best().orElseThrow(), "reference:0");
        List<Json> backends = json.json().get("backends").asArray();
        assertThat(backends).extracting(b -> b.asObject().get("name").asString()).containsExactly("cpu", "cuda",
                "opencl", "reference");
        for (Json b : backends) {
            if (b.asObject().get("ready").asBoolean()) assertThat(b.asObject().get("devices").asArray()).isNotEmpty();
            else assertThat(b.asObject().get("remedy").asString()).isNotBlank();
        }
        assertThat(json.out.lines()).hasSize(1);
    }

    @Test
    void doctorChecksEveryBackendAndEndsWellWhereTheCpuWorks() {
        Ran ran = run("doctor", "--json");
        assertThat(ran.status).isZero();
        assertThat(ran.json().get("ok")).isEqualTo(new Json.Bool(true));
        assertThat(ran.json().get("checks").asArray()).extracting(c -> c.asObject().get("topic").asString())
                .contains("Java", "Vector API", "native access", "memory", "threads", "processor", "cpu", "cuda",
                        "opencl", "reference", "chosen");
        assertThat(ran.json().get("checks").asArray()).allMatch(c -> c.asObject().get("state").asString().equals("ok")
                == c.asObject().get("remedy").asString().isEmpty());
        assertThat(run("doctor").out.lines()).allMatch(line -> line.length() <= 100);
        assertThat(run("doctor").out).containsPattern("(ok|missing)  +cuda").containsPattern("(ok|missing)  +opencl");
    }

    @Test
    void doctorSaysThatAnExplicitChoiceCannotBeHad() {
        Ran ran = run("doctor", "--backend", "reference:7");
        assertThat(ran.out).contains("missing  chosen         reference:7, by --backend: ",
                "Chainrule works on the cpu here, but not on reference:7, which --backend asks for.");
        assertThat(ran.status).isEqualTo(Main.FAILED);
    }

    @Test
    void opsShowsEveryOp() {
        Ran ran = run("ops", "--json");
        assertThat(ran.json().get("pointwise").asArray()).hasSameSizeAs(Ops.ALL);
        assertThat(run("ops").out).contains("∂f/∂x = f·(1 − f)").doesNotContain("null");
        assertThat(run("ops", "gelu").out).startsWith("gelu ").contains("∂f/∂x").doesNotContain("sigmoid", "MatMul");
        assertThat(run("ops", "matmul").out).startsWith("MatMul ").contains("gradient: ").doesNotContain("Permute");
        assertThat(run("ops", "gellu").err).contains("there is no op 'gellu'", "did you mean gelu?");
        assertThat(run("ops", "--markdown").out.lines().filter(line -> line.startsWith("| ")).count())
                .isEqualTo(2 + Ops.ALL.size() + StructuralOp.ALL.size());
    }

    @Test
    void everyKindOfOpIsDescribed() {
        Set<String> kinds = Arrays.stream(Op.class.getPermittedSubclasses()).map(Class::getSimpleName)
                .filter(kind -> !kind.equals("Map")).collect(Collectors.toSet());
        assertThat(StructuralOp.ALL).extracting(StructuralOp::kind).containsExactlyInAnyOrderElementsOf(kinds);
    }

    @Test
    void suggestionsAreNear() {
        assertThat(Suggestion.of("trian", List.of("train", "ops"))).isEqualTo("; did you mean train?");
        assertThat(Suggestion.of("dev", List.of("devices"))).isEqualTo("; did you mean devices?");
        assertThat(Suggestion.of("zzzzz", List.of("train", "ops"))).isEmpty();
        assertThat(Suggestion.of("osp", List.of("train", "ops"))).isEqualTo("; did you mean ops?");
    }
}
