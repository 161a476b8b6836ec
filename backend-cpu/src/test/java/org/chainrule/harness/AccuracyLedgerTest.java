package org.chainrule.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.DataFormatException;
import org.chainrule.harness.Accuracy.Quantity;
import org.chainrule.harness.report.AccuracyLedger;
import org.junit.jupiter.api.Test;

/** An op that becomes less accurate is seen. */
class AccuracyLedgerTest {
    private static AccuracyLedger ledger(String... lines) {
        return AccuracyLedger.parse("cpu.ulps", String.join("\n", lines));
    }

    private static Case met(String op, Oracle oracle, DType dtype, double... ulps) {
        Verdict verdict = new Verdict.Pass(new Verdict.Evidence(1, Arrays.stream(ulps)
                .mapToObj(u -> new Accuracy(Quantity.FORWARD, dtype, u, "output.0[0]")).toList(), List.of()));
        return new Case("family/" + op + "/" + oracle + "/" + dtype, op, oracle, _ -> verdict);
    }

    private static AccuracyLedger measured(Case... cases) {
        Family family = new Family() {
            @Override
            public String name() {
                return "family";
            }

            @Override
            public Stream<Case> cases(Target target) {
                return Stream.of(cases);
            }
        };
        Options options = new Options(Options.SEED, "", "", Optional.empty(), Optional.empty(), 0);
        try (Target target = Target.of("cpu")) {
            return AccuracyLedger.of(Conformance.of(target, options, List.of(family)).run(_ -> {
            }));
        }
    }

    @Test
    void errorsAreRoundedUpToTwoDigits() {
        assertThat(measured(met("a", Oracle.ANALYSIS, DType.F32, 0.4912), met("b", Oracle.ANALYSIS, DType.F32, 1201),
                met("c", Oracle.ANALYSIS, DType.F32, 1e-9), met("d", Oracle.ANALYSIS, DType.F32, 0),
                met("e", Oracle.ANALYSIS, DType.F16, Double.POSITIVE_INFINITY)).text().lines().skip(2))
                .containsExactly("a f32 forward 0.5", "b f32 forward 1300", "c f32 forward 0.01",
                        "d f32 forward 0", "e f16 forward unbounded");
    }

    @Test
    void theWorstOfAnOpCountsWhereTheAnalysisIsNarrowerThanIt() {
        assertThat(measured(met("a", Oracle.ANALYSIS, DType.F32, 1, 3, 2), met("a", Oracle.GRAPHS, DType.F32, 9),
                met("a", Oracle.ANALYSIS, DType.F64, 5)).entries().toString()).isEqualTo("{a f32 forward=3}");
    }

    @Test
    void anErrorThatGrewIsTold() {
        AccuracyLedger kept = ledger("# comment", "exp f32 forward 0.93");
        assertThat(kept.differences(ledger("exp f32 forward 0.94")))
                .containsExactly("exp f32 forward was 0.93 ulps at most and is 0.94");
        assertThat(kept.differences(ledger("exp f32 forward unbounded"))).hasSize(1);
        assertThat(kept.differences(ledger("exp f32 forward 0.5"))).isEmpty();
    }

    @Test
    void anOpThatIsNotInTheLedgerAsksToBeAddedAndOneThatIsGoneToBeRemoved() {
        assertThat(ledger("exp f32 forward 1").differences(ledger("mish f32 gradient 2.5"))).containsExactly(
                "mish f32 gradient is not in the ledger; add: mish f32 gradient 2.5",
                "exp f32 forward is in the ledger and was not measured");
    }

    @Test
    void whatIsWrittenIsRead() {
        AccuracyLedger kept = ledger("a f32 forward 1300", "b f16 gradient unbounded", "c f32 forward 0.01");
        assertThat(AccuracyLedger.parse("again", kept.text())).isEqualTo(kept);
    }

    @Test
    void aLineThatIsNoneIsNamed() {
        assertThatThrownBy(() -> ledger("", "exp f32 sideways 1")).isInstanceOf(DataFormatException.class)
                .hasMessageContaining("cpu.ulps, line 2").hasMessageContaining("exp f32 sideways 1");
        assertThatThrownBy(() -> ledger("a f32 forward 1", "a f32 forward 2")).hasMessageContaining("second entry");
    }
}
