package org.chainrule.benchmarks;

import java.util.List;

/**
 * What a run found.
 *
 * @param machine  what it ran on
 * @param ceilings what that can do at most
 * @param figures  the numbers, in the order in which they were measured
 * @param notes    who did not take part in what, or did something else, and why
 * @param repeat   the command line that repeats it
 */
record Outcome(String machine, Ceilings ceilings, List<Figure> figures, List<String> notes, String repeat) {
    Outcome {
        figures = List.copyOf(figures);
        notes = List.copyOf(notes);
    }

    /** Who took part, in order. */
    List<String> contenders() {
        return figures.stream().map(Figure::who).distinct().toList();
    }

    /** The lines that say what the numbers are of. */
    List<String> heading() {
        return List.of("Machine: " + machine,
                "Ceilings in this run: %.0f GFLOP/s of multiply-adds on all cores; copying memory %.1f GB/s, triad %.1f GB/s"
                        .formatted(ceilings.gflops(), ceilings.bandwidth().copy(), ceilings.bandwidth().triad()));
    }
}
