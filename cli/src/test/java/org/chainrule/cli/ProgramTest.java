package org.chainrule.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.chainrule.io.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in a Java virtual machine of its own. */
class ProgramTest {
    private static final String MAIN = Main.class.getName();

    @TempDir
    private Path folder = Path.of("");

    private record Ran(int status, String out, String err) {}

    private static List<String> java(String... options) {
        List<String> command =
                new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(List.of(options));
        return command;
    }

    private Ran run(List<String> command) throws IOException, InterruptedException {
        return run(command, Map.of());
    }

    private Ran run(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        Path out = folder.resolve("out"), err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().keySet().removeAll(List.of("CHAINRULE_BACKEND", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        builder.environment().put("LC_ALL", "C");
        builder.environment().putAll(environment);
        int status = builder.start().waitFor();
        return new Ran(status, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }

    @Test
    void theExitStatusReachesTheShell() throws Exception {
        assertThat(run(java(MAIN, "devices")).status).isEqualTo(Main.OK);
        assertThat(run(java(MAIN, "frobnicate")).status).isEqualTo(Main.USAGE);
        assertThat(
                run(java("--enable-native-access=ALL-UNNAMED", "-Dchainrule.backend=nowhere", MAIN, "explain")).status)
                .isEqualTo(Main.FAILED);
    }

    @Test
    void withoutNativeAccessTheRemedyIsTheFlag() throws Exception {
        for (String backend : List.of("opencl", "cuda")) {
            Ran ran = run(java(MAIN, "explain", "--backend", backend));
            assertThat(ran.status).isEqualTo(Main.FAILED);
            assertThat(ran.err).contains("backend '" + backend + "' cannot be used: native access is not enabled\n"
                    + "  remedy: run java with --enable-native-access=ALL-UNNAMED\n");
        }
    }

    @Test
    void whatAutoPassesOverIsToldInOneLine() throws Exception {
        assumeTrue(System.getProperty("os.name", "").equals("Linux"));
        Path driver = Files.writeString(folder.resolve("libcuda.so.1"), "no library");
        Ran ran = run(java("--enable-native-access=ALL-UNNAMED", MAIN, "train", "iris", "--epochs", "1", "--out",
                folder.resolve("run").toString()),
                Map.of("LD_LIBRARY_PATH", folder.toString(), "OCL_ICD_VENDORS", folder.toString()));
        assertThat(ran.status).isEqualTo(Main.OK);
        assertThat(ran.err.lines().filter(line -> line.contains("auto took"))).singleElement().asString()
                .startsWith("INFO: auto took cpu:0 (")
                .contains("; cuda is not ready: libcuda.so.1 cannot be loaded: ", driver.toString(),
                        "; opencl is not ready: ");
        assertThat(run(java("--enable-native-access=ALL-UNNAMED", MAIN, "explain", "--backend", "cpu")).err)
                .doesNotContain("auto");
    }

    @Test
    void theBackendOptionWinsOverThePropertyWinsOverTheVariable() throws Exception {
        assertThat(run(java("-Dchainrule.backend=nowhere", MAIN, "explain", "--backend", "reference", "--json")).out)
                .contains("\"backend\":\"reference\"");
        assertThat(run(java("-Dchainrule.backend=nowhere", MAIN, "explain")).err)
                .contains("there is no backend 'nowhere'", "reference: ready").doesNotContain("\tat ");
        assertThat(run(java("-Dchainrule.backend=nowhere", "-Dchainrule.stacktrace=true", MAIN, "explain")).err)
                .contains("\tat org.chainrule.");
    }

    @Test
    void aMisspeltPropertyIsRefusedWithTheNearOne() throws Exception {
        Ran ran = run(java("-Dchainrule.bakend=cpu", MAIN, "ops", "--json"));
        assertThat(ran.status).isEqualTo(Main.USAGE);
        assertThat(ran.err).contains("there is no property -Dchainrule.bakend; did you mean chainrule.backend?",
                "Try: chainrule --help");
        assertThat(Json.parse("standard output", ran.out.strip()).asObject().get("type"))
                .isEqualTo(new Json.Str("UsageError"));
        Ran value = run(java("-Dchainrule.check=inf", MAIN, "ops"));
        assertThat(value.status).isEqualTo(Main.USAGE);
        assertThat(value.err).contains("-Dchainrule.check=inf: expected nan");
        for (String spaced : List.of("check= nan", "threads=2 ", "stacktrace= true"))
            assertThat(run(java("-Dchainrule." + spaced, MAIN, "ops")).err).contains(spaced + ": expected ");
    }

    /** A locale that knows ASCII alone, as containers have it. */
    @Test
    void outputIsUtf8WhereTheLocaleKnowsAsciiAlone() throws Exception {
        assertThat(run(java(MAIN, "ops")).out).contains("∂f/∂x = f·(1 − f)");
        String json = run(java(MAIN, "ops", "--json")).out;
        assertThat(Json.parse("standard output", json.strip()).asObject().get("pointwise").asArray()).isNotEmpty();
    }

    @Test
    void withoutFlagsTheDoctorNamesThem() throws Exception {
        Ran ran = run(java(MAIN, "doctor"));
        assertThat(ran.status).isZero();
        assertThat(ran.err).isEmpty();
        assertThat(ran.out.replaceAll("\\s+", " ")).contains("warn Vector API", "--add-modules jdk.incubator.vector",
                "warn native access", "--enable-native-access=ALL-UNNAMED");
        Ran flagged = run(
                java("--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", MAIN, "doctor"));
        assertThat(flagged.out).contains("ok       Vector API", "ok       native access");
    }

    @Test
    void aReaderThatGoesAwayDrawsNoTrace() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")));
        Ran ran = run(List.of("/bin/sh", "-c", String.join(" ", java(MAIN, "ops")) + " | head -n 1"));
        assertThat(ran.out.lines()).hasSize(1);
        assertThat(ran.err).isEmpty();
    }

    @Test
    void outputThatCannotBeWrittenIsAFailure() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")) && Files.isExecutable(Path.of("/bin/sh")));
        Ran ran = run(List.of("/bin/sh", "-c", String.join(" ", java(MAIN, "ops")) + " > /dev/full"));
        assertThat(ran.status).isEqualTo(Main.FAILED);
        assertThat(ran.err).startsWith("chainrule: standard output could not be written").doesNotContain("\tat ");
    }
}
