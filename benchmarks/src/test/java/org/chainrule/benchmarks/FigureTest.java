package org.chainrule.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.chainrule.benchmarks.contender.Workload;
import org.chainrule.io.Json;
import org.junit.jupiter.api.Test;

class FigureTest {
    private static final Workload PRODUCT = Workload.of("product/100x100x100-nn").orElseThrow();
    private static final Ceilings CEILINGS = new Ceilings(200, new Bandwidth(20, 30));
    private static final Machine MACHINE = new Machine() {
        @Override
        public double rate() {
            return 200;
        }

        @Override
        public boolean isWhole(double rate) {
            return rate >= 180;
        }

        @Override
        public void rest() {}
    };

    private static Score score(String who, double... secondsAndRates) {
        List<Window> windows = new ArrayList<>();
        for (int i = 0; i < secondsAndRates.length; i += 2)
            windows.add(new Window(secondsAndRates[i], secondsAndRates[i + 1]));
        return new Score(who, PRODUCT, 1, windows, 0);
    }

    private static Figure figure(Score score, Score first) {
        return Figure.of(score, first, Metric.GFLOPS, CEILINGS, MACHINE);
    }

    @Test
    void theMedianIsOverRoundsWithAWholeMachine() {
        Score s = score("a", 1e-5, 200, 2e-5, 200, 9e-5, 100);
        Figure f = figure(s, s);
        assertThat(f.sound()).isTrue();
        assertThat(f.rounds()).isEqualTo(2);
        assertThat(f.median()).isCloseTo(2e6 / 1.5e-5 * 1e-9, within(1e-9));
        assertThat(f.best()).isCloseTo(200, within(1e-9));
        assertThat(f.share().orElseThrow()).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(f.faster()).isEmpty();
    }

    @Test
    void whereMostRoundsHadNoWholeMachineAllCountAndTheFigureSaysSo() {
        Score s = score("a", 1e-5, 200, 2e-5, 100, 3e-5, 100);
        Figure f = figure(s, s);
        assertThat(f.sound()).isFalse();
        assertThat(f.rounds()).isEqualTo(3);
        assertThat(f.median()).isCloseTo(100, within(1e-9));
    }

    @Test
    void ratiosAreOfTheSameRound() {
        Score first = score("a", 1, 200, 2, 200, 4, 200), other = score("b", 2, 200, 2, 200, 12, 200);
        Statistics faster = figure(other, first).faster().orElseThrow();
        assertThat(faster).isEqualTo(new Statistics(1, 1, 2, 3, 3));
    }

    @Test
    void aRatioLeavesOutRoundsInWhichTheMachineWasNotWholeForEither() {
        Score first = score("a", 1, 200, 1, 100, 1, 200), other = score("b", 2, 200, 50, 200, 2, 200);
        assertThat(figure(other, first).faster().orElseThrow().greatest()).isEqualTo(2);
    }

    @Test
    void statisticsOfAnEvenNumberTakeTheMiddleOfTwo() {
        assertThat(Statistics.of(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(new Statistics(1, 1, 2.5, 4, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> Statistics.of(List.of()));
    }

    @Test
    void aLineOfJsonHasWhoWorkloadMetricMedianBestAndRounds() {
        Figure f = new Figure("a", "xor", Metric.MS_PER_10000_EPOCHS, 5, 4, 9, 2, true, OptionalDouble.empty(),
                Optional.of(new Statistics(1, 2, 3, 4, 5)));
        assertThat(Json.parse("line", f.json().text()).asObject()).containsEntry("who", new Json.Str("a"))
                .containsEntry("workload", new Json.Str("xor"))
                .containsEntry("metric", new Json.Str("ms_per_10000_epochs"))
                .containsEntry("discarded", new Json.Int(2))
                .containsKeys("median", "best", "rounds", "sound", "first_is_times_as_good", "lower_quartile");
    }

    @Test
    void theTableNamesMachineUnsoundNumbersAndWhoIsMissing() {
        Figure ours = new Figure("us", "mlp-sgd", Metric.SAMPLES_PER_S, 40_000, 41_000, 9, 0, true,
                OptionalDouble.of(0.5), Optional.empty());
        Figure theirs = new Figure("them", "mlp-sgd", Metric.SAMPLES_PER_S, 20_000, 41_000, 9, 0, false,
                OptionalDouble.of(0.25), Optional.of(new Statistics(2, 2, 2, 2, 2)));
        Figure other = new Figure("them", "mlp-adam", Metric.SAMPLES_PER_S, 1, 1, 9, 0, true, OptionalDouble.empty(),
                Optional.empty());
        Outcome outcome = new Outcome("a box", CEILINGS, List.of(ours, theirs, other), List.of("nobody: not there"),
                "./chainrule bench");
        assertThat(MarkdownTable.lines(outcome)).contains("Machine: a box",
                "|          |            us |             them |",
                "|----------|--------------:|-----------------:|",
                "| mlp-sgd  | 40,000 (50 %) | 20,000? (2.00 x) |",
                "| mlp-adam |             - |             1.00 |", "- nobody: not there",
                "Repeat it: ./chainrule bench");
        assertThat(Chart.html(outcome)).contains("a box", "40,000", "machine not whole").doesNotContain("http://",
                "https://");
    }
}
