package org.chainrule.harness;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.chainrule.InvalidArgumentException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run that would run nothing is refused. */
class RequiredCasesTest {
    private static void require(String name, String op, int graphs) {
        try (Target target = Target.of("cpu")) {
            Conformance.of(target, new Options(Options.SEED, name, op, Optional.empty(), Optional.empty(), graphs))
                    .requireCases();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "pointwise/exq; ''; there is no case 'pointwise/exq' for cpu; did you mean pointwise/exp",
        "dtype|graphs; ''; there are the families pointwise, reduction,",
        "differences; ''; there is no case 'differences' for cpu",
        "''; matmull; no case for cpu is about 'matmull'; did you mean matmul?",
        "movement; matmul; no case for cpu below 'movement' is about 'matmul'",
        "graphs; ''; 0 random graphs leave none to run"})
    void whatRunsNothingIsRefusedWithWhatIsNear(String name, String op, String message) {
        assertThatThrownBy(() -> require(name, op, 0)).isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"''; ''", "pointwise/exp; ''", "pointwise/exp/f32/207; exp", "''; matmul",
        "graphs/1234; ''"})
    void whatRunsSomethingIsNot(String name, String op) {
        assertThatCode(() -> require(name, op, 1)).doesNotThrowAnyException();
    }
}
