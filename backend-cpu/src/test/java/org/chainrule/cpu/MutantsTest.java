package org.chainrule.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.Stream;
import org.chainrule.harness.Options;
import org.chainrule.harness.Result;
import org.chainrule.harness.mutants.Mutant;
import org.chainrule.harness.mutants.MutantRun;
import org.chainrule.harness.mutants.Mutants;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The suite itself: each mutant must be caught by a case. */
final class MutantsTest {
    private static final System.Logger LOG = System.getLogger(MutantsTest.class.getName());

    @TestFactory
    Stream<DynamicTest> everyMutantIsCaught() {
        return Mutants.all().stream().map(m -> DynamicTest.dynamicTest(m.name(), () -> caught(m)));
    }

    private static void caught(Mutant m) {
        String backend = switch (m.fault()) {
            case Mutant.Fault.OfDevice _ -> "cpu";
            case Mutant.Fault.OfOp _ -> "reference";
        };
        Optional<Result> first = new MutantRun(backend, Options.ofProperties()).firstFailure(m);
        assertThat(first).as(m + " lives").isPresent();
        LOG.log(System.Logger.Level.INFO, () -> m + " caught by " + first.get().subject().name());
    }
}
