package org.chainrule.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import org.chainrule.Session;
import org.chainrule.harness.golden.GoldenCase;
import org.chainrule.harness.golden.GoldenReport;
import org.chainrule.harness.golden.GoldenSuite;
import org.chainrule.harness.golden.GoldenSuite.Outcome;
import org.chainrule.io.SafeTensors;
import org.chainrule.io.StoredTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparison itself: right records pass, and each kind of wrong one is caught. */
final class GoldenSuiteTest {
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

    private static GoldenReport run(GoldenCase c) {
        try (Session reference = Session.open("reference"); Session cpu = Session.open("cpu")) {
            return new GoldenReport(List.of(GoldenSuite.ofReference(reference).run(c), GoldenSuite.of(cpu).run(c)));
        }
    }

    @Test
    void rightRecordPasses() {
        assertThat(run(recorded("exp", Math::exp, Math::exp)).passed()).hasSize(2);
    }

    @Test
    void wrongRecordsAreCaught() {
        List<DoubleUnaryOperator> mutants = List.of(x -> 7 * Math.exp(x), _ -> 0, x -> -Math.exp(x),
                x -> x == 2 ? 0 : Math.exp(x), x -> Math.exp(x) * (1 + 1e-9), _ -> Double.NaN);
        for (DoubleUnaryOperator wrong : mutants) {
            assertThat(run(recorded("exp", wrong, Math::exp)).failed()).hasSize(2);
            assertThat(run(recorded("exp", Math::exp, wrong)).failed()).hasSize(2);
        }
    }

    @Test
    void failureTellsIndexExpectedAndGot() {
        String text = run(recorded("exp", x -> x == 0.25 ? 3 : Math.exp(x), Math::exp)).failures();
        assertThat(text).contains("exp__case", "output.0[1]", "expected 3.0", "got 1.284");
    }

    @Test
    void unknownOpIsListedWithItsReason() {
        GoldenReport report = run(recorded("frobnicate", Math::exp, Math::exp));
        assertThat(report.notRun()).extracting(Outcome.NotRun::reason).allMatch(r -> r.contains("frobnicate"));
        assertThat(report.summary()).startsWith("golden: 0 executed, 0 passed, 0 failed, 2 not run");
    }
}
