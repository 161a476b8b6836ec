package org.chainrule.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chainrule.io.SafeTensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The families that read what others recorded: where there is nothing to read, one case says why. */
class RecordedFolderTest {

    @TempDir
    Path folder;

    /** What became of {@code cases}, all folders being {@code named}. */
    private static List<Result> run(String cases, Optional<Path> named) {
        try (Target target = Target.of("cpu")) {
            Conformance suite = Conformance.of(target, new Options(Options.SEED, cases, "", named, named, 0));
            return suite.families().stream().flatMap(suite::cases).map(suite::run).toList();
        }
    }

    private static List<String> names(String cases, Path named) {
        return run(cases, Optional.of(named)).stream().map(r -> r.subject().name()).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"golden", "onnx", "training/recorded"})
    void noFolderIsOneUnsupportedCaseAndAWrongOneFails(String cases) throws IOException {
        assertThat(run(cases, Optional.empty())).singleElement().extracting(Result::verdict)
                .isInstanceOf(Verdict.Unsupported.class).asString().contains("is named (--");
        Path none = folder.resolve("none"), empty = Files.createDirectory(folder.resolve("empty")),
                file = Files.writeString(folder.resolve("file"), "x");
        assertThat(run(cases, Optional.of(none))).singleElement().extracting(Result::verdict)
                .isEqualTo(new Verdict.Fail("there is no folder " + none));
        assertThat(run(cases, Optional.of(file))).singleElement().extracting(Result::verdict)
                .isEqualTo(new Verdict.Fail(file + " is a file; name its folder"));
        assertThat(run(cases, Optional.of(empty))).singleElement().extracting(Result::verdict)
                .isInstanceOf(Verdict.Fail.class).asString().contains(empty + " holds nowhere a ");
    }

    private void record(String file, String kind) throws IOException {
        Path to = folder.resolve(file);
        Files.createDirectories(to.resolveSibling(""));
        SafeTensors.of(Map.of("op", "exp", "kind", kind, "code", ""), List.of()).write(to);
    }

    @Test
    void casesOfOneNameInTwoGroupsAreTwoAndNamesHoldNothingThatAShellReads() throws IOException {
        record("a/one case.safetensors", "training");
        record("b/one case.safetensors", "training");
        record("a/two.safetensors", "regular");
        record("b/two.safetensors", "regular");
        Files.writeString(folder.resolve("unreadable.safetensors"), "x");
        assertThat(names("training", folder)).contains("training/a/one_case/f64", "training/b/one_case/f32")
                .doesNotContain("training/recorded/f64");
        assertThat(names("golden", folder)).containsExactly("golden/a/two", "golden/b/two", "golden/unreadable");
        assertThat(run("golden/unreadable", Optional.of(folder))).singleElement().extracting(Result::verdict)
                .isInstanceOf(Verdict.Fail.class);
    }

    @Test
    void theLineThatRepeatsACaseNamesTheFolderItReads() {
        Options options = new Options(7, "", "", Optional.of(folder.resolve("a b")), Optional.of(folder), 0);
        String one = " -Dchainrule.conformance.case=x -Dchainrule.conformance.seed=7";
        assertThat(options.properties(of(Oracle.ANALYSIS))).isEqualTo(one);
        assertThat(options.properties(of(Oracle.ONNX))).isEqualTo(one + " -Dchainrule.onnx=" + folder);
        assertThat(options.properties(of(Oracle.TRAINING))).isEqualTo(options.properties(of(Oracle.GOLDEN)))
                .isEqualTo(one + " -Dchainrule.golden='" + folder.resolve("a b") + "'");
    }

    private static Case of(Oracle oracle) {
        return new Case("x", "x", oracle, _ -> Verdict.passed(1));
    }

    @Test
    void aFolderWithoutTrainingsSaysSo() throws IOException {
        record("a/two.safetensors", "regular");
        assertThat(run("training/recorded", Optional.of(folder))).singleElement().extracting(Result::verdict)
                .isEqualTo(new Verdict.Unsupported(folder + " holds no recorded training"));
    }
}
