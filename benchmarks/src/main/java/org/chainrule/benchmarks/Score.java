package org.chainrule.benchmarks;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.chainrule.benchmarks.contender.Workload;

/**
 * What a contender showed at some work: a window for each round.
 *
 * @param check     what all who do this work must agree on
 * @param discarded how many windows were repeated because the machine was not whole
 */
record Score(String who, Workload workload, double check, List<Window> windows, int discarded) {
    Score {
        windows = List.copyOf(windows);
    }

    /** Of one run, over {@code rounds}. */
    Statistics seconds(List<Integer> rounds) {
        return Statistics.of(rounds.stream().map(r -> windows.get(r).seconds()).toList());
    }

    /** How many times as long as this {@code other} took in the same round, over {@code rounds}. */
    Statistics timesFasterThan(Score other, List<Integer> rounds) {
        return Statistics.of(
                rounds.stream().map(r -> other.windows.get(r).seconds() / windows.get(r).seconds()).toList());
    }

    /** The rounds in which the machine was whole. */
    List<Integer> whole(Predicate<Window> isWhole) {
        return IntStream.range(0, windows.size()).filter(r -> isWhole.test(windows.get(r))).boxed().toList();
    }
}
