package org.chainrule.cli.report;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.chainrule.optim.GradientHealth;
import org.chainrule.optim.GradientHealth.Problem;

/** What {@link GradientHealth} finds at the end of a run, in a word and a sentence: its gravest finding. */
record GradientVerdict(State state, String sentence) {
    enum State {
        HEALTHY("✓"),
        VANISHING("▽"),
        EXPLODING("△");

        final String glyph;

        State(String glyph) {
            this.glyph = glyph;
        }

        static State of(Problem problem) {
            return switch (problem) {
                case NOT_FINITE, EXPLODING -> EXPLODING;
                case VANISHING -> VANISHING;
            };
        }
    }

    /** The verdict on a run that has measured gradient norms. */
    static GradientVerdict of(Run run) {
        var health = new GradientHealth();
        run.epochs().stream().filter(epoch -> !epoch.gradientNorms().isEmpty()).forEach(epoch -> {
            SequencedMap<String, Double> norms = new LinkedHashMap<>();
            for (int i = 0; i < run.layers().size(); i++) {
                norms.put(run.layers().get(i) + ".all", epoch.gradientNorms().get(i));
            }
            health.observe(norms);
        });
        return health.findings().stream().min((a, b) -> a.problem().compareTo(b.problem()))
                .map(gravest -> new GradientVerdict(State.of(gravest.problem()), gravest.sentence()))
                .orElse(new GradientVerdict(State.HEALTHY,
                        run.layers().size() == 1 ? "Healthy: the norm neither explodes nor vanishes."
                                : "Healthy: no layer's norm explodes or vanishes beside the others'."));
    }
}
