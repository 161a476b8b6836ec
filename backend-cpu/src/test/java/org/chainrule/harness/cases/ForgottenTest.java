package org.chainrule.harness.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.chainrule.harness.Verdict;
import org.junit.jupiter.api.Test;

/** Who holds what nobody refers to is told from a machine that does not collect garbage. */
class ForgottenTest {
    private static void collect(Forgotten forgotten) {
        forgotten.collect(() -> {
        }, () -> forgotten.wrong().isEmpty());
    }

    @Test
    void objectsThatOutliveTheirControlsAreAFailure() {
        List<Object> held = new ArrayList<>();
        Forgotten forgotten = new Forgotten();
        for (int i = 0; i < 3; i++) {
            Object o = new Object();
            held.add(o);
            forgotten.add(o);
        }
        try {
            collect(forgotten);
            assertThat(forgotten.wrong()).get().isInstanceOf(Verdict.Fail.class).asString().contains("3 of 3 objects");
        } finally {
            Reference.reachabilityFence(held);
        }
    }

    @Test
    void objectsThatAreGoneAreNot() {
        Forgotten forgotten = new Forgotten();
        for (int i = 0; i < 3; i++) forgotten.add(new Object());
        collect(forgotten);
        assertThat(forgotten.wrong()).isEmpty();
    }
}
