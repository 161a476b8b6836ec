package org.chainrule.harness.graphs;

import java.util.List;
import java.util.Optional;
import org.chainrule.Session;
import org.chainrule.harness.Bench;
import org.chainrule.harness.Case;
import org.chainrule.harness.Comparison;
import org.chainrule.harness.Verdict;
import org.chainrule.harness.analysis.Bound;

/** Draws a graph and computes it in several ways; where one goes wrong, says so by the smallest graph that still does. */
record GraphCheck(List<Trial> trials) implements Case.Check {
    private static final int DRAWINGS = 100;

    @Override
    public Verdict run(Bench bench) {
        Optional<Way.Expected> drawn = drawn(bench);
        if (drawn.isEmpty()) return new Verdict.Vacuous("none of " + DRAWINGS + " drawings would prove anything");
        Way.Expected expected = drawn.get();
        Comparison comparison = new Comparison();
        for (Trial t : trials) {
            Optional<Trial.Wrong> wrong = t.run(bench, expected, comparison);
            if (wrong.isPresent())
                return new Verdict.Fail(Shrinking.of(expected.graph(), wrong.get(), t, bench).report());
        }
        return comparison.verdict();
    }

    /** Empty tensors or zeros alone prove nothing: then another graph is drawn. */
    private static Optional<Way.Expected> drawn(Bench bench) {
        Session s = bench.session();
        for (int k = 0; k < DRAWINGS; k++) {
            Graph g = Drawing.of(bench.random("drawing " + k), s, bench.target().dtypes());
            Way.Expected e = Way.Expected.of(g, s);
            if (g.roots().stream().anyMatch(r -> e.bounds(r).stream().anyMatch(GraphCheck::proves)))
                return Optional.of(e);
        }
        return Optional.empty();
    }

    private static boolean proves(Bound b) {
        return b.value() != 0 && b.isBounded();
    }
}
