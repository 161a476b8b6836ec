package org.chainrule.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.chainrule.benchmarks.contender.Workload;
import org.chainrule.cli.JsonObject;
import org.chainrule.io.Json;

/**
 * One number of the result.
 *
 * @param best      the best of the rounds that count
 * @param rounds    how many count
 * @param discarded windows that were repeated because the machine was not whole
 * @param sound     whether the machine was whole in at least half of the rounds; all count otherwise
 * @param share     the part of what the machine can do at most
 * @param faster    how many times as good as this the first contender is, where this is not its own
 */
record Figure(String who, String workload, Metric metric, double median, double best, int rounds, int discarded,
        boolean sound, OptionalDouble share, Optional<Statistics> faster) {
    /** Of a score beside the {@code first} one of the race. Rounds in which the machine was not whole count only where they are more than half. */
    static Figure of(Score score, Score first, Metric metric, Ceilings ceilings, Machine machine) {
        Workload w = score.workload();
        Rounds own = Rounds.of(score.windows().size(), score.whole(x -> machine.isWhole(x.rate())));
        Optional<Statistics> faster = Optional.empty();
        if (!score.who().equals(first.who())) {
            List<Integer> both = new ArrayList<>(own.whole);
            both.retainAll(first.whole(x -> machine.isWhole(x.rate())));
            int all = Math.min(score.windows().size(), first.windows().size());
            faster = Optional.of(first.timesFasterThan(score, Rounds.of(all, both).counting));
        }
        Statistics seconds = score.seconds(own.counting);
        return new Figure(score.who(), w.name(), metric, metric.value(w, seconds.median()),
                metric.value(w, seconds.least()), own.counting.size(), score.discarded(), own.isSound(),
                metric == Metric.FIRST_STEP_MS ? OptionalDouble.empty() : ceilings.share(w, seconds.median()), faster);
    }

    /** The rounds with a whole machine, and those that count: these, or all where these are less than half. */
    private record Rounds(List<Integer> whole, List<Integer> counting) {
        static Rounds of(int all, List<Integer> whole) {
            return new Rounds(whole, 2 * whole.size() >= all ? whole : IntStream.range(0, all).boxed().toList());
        }

        boolean isSound() {
            return whole.equals(counting);
        }
    }

    /** What was measured once, of which the less the better; {@code first} is the first contender's. */
    static Figure once(String who, String workload, Metric metric, double value, double first) {
        return new Figure(who, workload, metric, value, value, 1, 0, true, OptionalDouble.empty(),
                Optional.of(Statistics.of(List.of(value / first))).filter(_ -> value != first));
    }

    Json.Obj json() {
        JsonObject json = new JsonObject().with("who", who).with("workload", workload).with("metric", metric.key())
                .with("median", median).with("best", best).with("rounds", (long) rounds)
                .with("discarded", (long) discarded).with("sound", sound);
        share.ifPresent(s -> json.with("share_of_ceiling", s));
        faster.ifPresent(f -> json.with("first_is_times_as_good", f.median()).with("lower_quartile", f.lowerQuartile())
                .with("upper_quartile", f.upperQuartile()));
        return json.build();
    }
}
