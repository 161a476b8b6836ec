package org.chainrule.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.chainrule.benchmarks.contender.Workload;

/**
 * Times racers at the same work in rounds in which each has a turn, so that what the machine does otherwise meets all of them. A turn is
 * repeated, up to {@link Rules#tries} times, until the sentinels around it show the whole machine.
 */
final class Race {
    private static final int RUNS_AT_MOST = 1_000_000;

    /**
     * How a race is held.
     *
     * @param warmUp seconds in which each racer runs before the first round
     * @param window seconds of a turn, in which short work is repeated
     * @param tries  how often a turn is taken until the machine is whole
     */
    record Rules(int rounds, double warmUp, double window, int tries) {}

    private final Machine machine;
    private final Rules rules;
    private final BooleanSupplier isAsked;
    private final BiConsumer<Racer, ContenderException> dropped;

    /**
     * @param isAsked whether to end early
     * @param dropped is told who cannot go on, and why
     */
    Race(Machine machine, Rules rules, BooleanSupplier isAsked, BiConsumer<Racer, ContenderException> dropped) {
        this.machine = machine;
        this.rules = rules;
        this.isAsked = isAsked;
        this.dropped = dropped;
    }

    /** Who is in the race, and what was found of it. */
    private static final class Lane {
        final Racer racer;
        final List<Window> windows = new ArrayList<>();
        double check;
        int runs, discarded;

        Lane(Racer racer) {
            this.racer = racer;
        }
    }

    /** Holds the race; the scores of those who came through, in the order of the racers. */
    List<Score> hold(Workload workload, List<? extends Racer> racers) {
        List<Lane> lanes = new ArrayList<>();
        for (Racer r : racers) lanes.add(new Lane(r));
        each(lanes, 0, lane -> awake(lane, () -> {
            lane.racer.prepare(workload);
            lane.check = lane.racer.check();
        }));
        each(lanes, 0, lane -> awake(lane, () -> warmUp(lane)));
        for (int round = 0; round < rules.rounds && !isAsked.getAsBoolean(); round++) each(lanes, round, this::turn);
        each(lanes, 0, lane -> awake(lane, lane.racer::finish));
        return lanes.stream().filter(l -> !l.windows.isEmpty())
                .map(l -> new Score(l.racer.name(), workload, l.check, l.windows, l.discarded)).toList();
    }

    private interface Part {
        void of(Lane lane);
    }

    /** All others stand still: threads of some libraries spin, and compilers go on, while there is nothing to do. */
    private static void awake(Lane lane, Runnable part) {
        lane.racer.resume();
        part.run();
        lane.racer.pause();
    }

    /** Has each lane do its part, beginning with another in each round, and drops those that cannot. */
    private void each(List<Lane> lanes, int round, Part part) {
        List<Lane> order = new ArrayList<>();
        for (int i = 0; i < lanes.size(); i++) order.add(lanes.get((i + round) % lanes.size()));
        for (Lane lane : order) {
            if (isAsked.getAsBoolean()) return;
            try {
                part.of(lane);
            } catch (ContenderException e) {
                lanes.remove(lane);
                if (!isAsked.getAsBoolean()) dropped.accept(lane.racer, e);
            }
        }
    }

    /** Runs until it is as fast as it will be, and finds how many runs make a turn. */
    private void warmUp(Lane lane) {
        double least = Double.POSITIVE_INFINITY;
        int runs = 1;
        for (double spent = 0; spent < rules.warmUp && !isAsked.getAsBoolean();) {
            double seconds = lane.racer.run(runs);
            spent += seconds;
            least = Math.min(least, seconds / runs);
            if (seconds < rules.window / 4) runs = Math.min(2 * runs, RUNS_AT_MOST);
        }
        lane.runs = (int) Math.clamp(rules.window / least, 1, RUNS_AT_MOST);
    }

    private void turn(Lane lane) {
        Optional<Window> window = Optional.empty();
        for (int i = 0; i < rules.tries && window.filter(w -> machine.isWhole(w.rate())).isEmpty(); i++) {
            if (window.isPresent()) lane.discarded++;
            window = Optional.of(window(lane));
        }
        window.ifPresent(lane.windows::add);
    }

    private Window window(Lane lane) {
        machine.rest();
        double before = machine.rate();
        double[] seconds = new double[1];
        awake(lane, () -> {
            lane.racer.wake();
            seconds[0] = lane.racer.run(lane.runs) / lane.runs;
        });
        machine.rest();
        return new Window(seconds[0], Math.min(before, machine.rate()));
    }
}
