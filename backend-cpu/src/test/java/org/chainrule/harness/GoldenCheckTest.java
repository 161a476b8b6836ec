package org.chainrule.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.chainrule.harness.golden.GoldenCase;
import org.chainrule.harness.golden.GoldenCheck;
import org.chainrule.io.SafeTensors;
import org.chainrule.io.StoredTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparison itself: right records pass, and each kind of wrong one is caught. */
final class GoldenCheckTest {
    private static final double[] X = {-1.5, 0.25, 2}, C = {0.5, -1, 0.75};

    @TempDir
    Path folder;

    private GoldenCase recorded(String op, DoubleUnaryOperator output, DoubleUnaryOperator gradient) {
        Map<String, String> metadata = new TreeMap<>(Map.of("op", op, "kind", "regular", "code", "", "n_inputs", "1",
                "n_outputs", "1", "diff_inputs", "[0]", "diff_outputs", "[0]"));
        double[] y = new double[3], g = new double[3];
        for (int i = 0; i < 3; i++) {
            y[i] = output.applyAsDouble(X[i]);
            g[i] = gradient.applyAsDouble(X[i]) * C[i];
        }
        List<StoredTensor> tensors = new ArrayList<>(
                List.of(StoredTensor.ofDoubles("input.0", X, 3), StoredTensor.ofDoubles("cotangent.0", C, 3),
                        StoredTensor.ofDoubles("output.0", y, 3), StoredTensor.ofDoubles("grad.0", g, 3)));
        Path file = folder.resolve(op + "__case.safetensors");
        SafeTensors.of(metadata, tensors).write(file);
        return GoldenCase.read(file);
    }

    private static List<Verdict> run(GoldenCase c) {
        Case subject = new Case("golden/" + c, c.op(), Oracle.GOLDEN, new GoldenCheck(c, Substitution.NONE));
        return Stream.of("reference", "cpu").map(backend -> {
            try (Target target = Target.of(backend)) {
                return Conformance.of(target, Options.ofProperties(), List.of()).run(subject).verdict();
            }
        }).toList();
    }

    @Test
    void rightRecordPasses() {
        assertThat(run(recorded("exp", Math::exp, Math::exp))).hasOnlyElementsOfType(Verdict.Pass.class);
    }

    @Test
    void wrongRecordsAreCaught() {
        List<DoubleUnaryOperator> mutants = List.of(x -> 7 * Math.exp(x), _ -> 0, x -> -Math.exp(x),
                x -> x == 2 ? 0 : Math.exp(x), x -> Math.exp(x) * (1 + 1e-9), _ -> Double.NaN);
        for (DoubleUnaryOperator wrong : mutants) {
            assertThat(run(recorded("exp", wrong, Math::exp))).hasOnlyElementsOfType(Verdict.Fail.class);
            assertThat(run(recorded("exp", Math::exp, wrong))).hasOnlyElementsOfType(Verdict.Fail.class);
        }
    }

    @Test
    void failureTellsIndexExpectedAndGot() {
        assertThat(run(recorded("exp", x -> x == 0.25 ? 3 : Math.exp(x), Math::exp))).allSatisfy(
                v -> assertThat(v.toString()).contains("output.0[1]", "expected 3.0", "1.284"));
    }

    @Test
    void unknownOpIsListedWithItsReason() {
        assertThat(run(recorded("frobnicate", Math::exp, Math::exp)))
                .allSatisfy(v -> assertThat(v).isEqualTo(new Verdict.Unsupported("no op 'frobnicate' in GoldenOps")));
    }
}
