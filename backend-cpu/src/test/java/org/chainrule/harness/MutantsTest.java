package org.chainrule.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.chainrule.harness.mutants.Mutant;
import org.chainrule.harness.mutants.MutantRun;
import org.chainrule.harness.mutants.Mutants;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The suite itself: each mutant is caught by each case that docs/mutants.md names for it; where it has no row yet, by any. The table is written by
 * {@link #writesTheTable}, which tries all cases and takes long.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MutantsTest {
    private static final System.Logger LOG = System.getLogger(MutantsTest.class.getName());
    /** Names the mutants whose rows are to be written anew, as a regular expression. */
    private static final String WRITE = "chainrule.mutants";
    /** How many cases of each oracle are tried for it; all where it is not set, which takes minutes for each mutant. */
    private static final String MOST = "chainrule.mutants.most";

    private final Map<String, MutantRun> runs = new HashMap<>();

    private MutantRun run(Mutant m) {
        String backend = switch (m.fault()) {
            case Mutant.Fault.OfDevice _ -> "cpu";
            case Mutant.Fault.OfOp _ -> "reference";
        };
        return runs.computeIfAbsent(backend, b -> new MutantRun(b, Options.ofProperties()));
    }

    @TestFactory
    Stream<DynamicTest> everyMutantIsCaught() throws IOException {
        MutantTable table = MutantTable.read();
        return Mutants.all().stream().map(m -> DynamicTest.dynamicTest(m.name(), () -> caught(m, table)));
    }

    private void caught(Mutant m, MutantTable table) {
        String again = "; to write its row anew: mvn test -pl backend-cpu -am -Dtest=MutantsTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -D" + WRITE + "=" + m;
        Map<Oracle, String> row = table.row(m.name());
        if (row.isEmpty()) {
            Optional<Result> first = run(m).firstFailure(m);
            assertThat(first).as(m + " lives").isPresent();
            LOG.log(System.Logger.Level.WARNING, () -> "docs/mutants.md has no row of " + m + ", which is caught by "
                    + first.get().subject() + again);
            return;
        }
        List<Result> results = run(m).run(m, new ArrayList<>(row.values()));
        Assumptions.assumeFalse(results.isEmpty(),
                () -> m + " is caught by recorded results alone, which are not here");
        assertThat(results).as(m + " lives" + again)
                .allSatisfy(r -> assertThat(r.verdict().isFailure()).as(r.subject().name()).isTrue());
    }

    /** No oracle can be spared: for each there is a mutant that no case of any other catches. */
    @Test
    void eachOracleAloneCatchesSomeMutant() throws IOException {
        assertThat(MutantTable.read().alone().keySet()).containsExactlyInAnyOrder(Oracle.values());
    }

    @Test
    @EnabledIfSystemProperty(named = WRITE, matches = ".+")
    void writesTheTable() throws IOException {
        MutantTable table = MutantTable.read();
        for (Mutant m : Mutants.all()) {
            if (!m.name().matches(System.getProperty(WRITE))) continue;
            int most = Integer.getInteger(MOST, Integer.MAX_VALUE);
            Map<Oracle, Result> found = run(m).firstFailures(m, most);
            assertThat(found).as(m + " lives").isNotEmpty();
            table.set(m.name(), found, most);
            table.write(Mutants.all());
        }
    }
}
