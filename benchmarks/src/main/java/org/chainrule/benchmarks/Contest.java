package org.chainrule.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Times contestants at the same work in rounds in which each has a turn, so that what the machine does otherwise meets all of them. A turn is
 * repeated, up to {@value #TRIES} times, until the sentinels around it show the whole machine.
 */
final class Contest {
    /** Seconds of a turn, in which short work is repeated. */
    private static final double TURN = 0.04;
    private static final double WARM_UP = 1;
    /** Milliseconds in which the threads of the one before go to sleep. */
    private static final int REST = 30;
    private static final int TRIES = 5;

    private final Sentinel sentinel;

    Contest(Sentinel sentinel) {
        this.sentinel = sentinel;
    }

    /** The seconds of one run in each round. */
    record Score(String name, List<Double> seconds) {
        Score {
            seconds = List.copyOf(seconds);
        }

        double median() {
            return Contest.median(seconds);
        }

        double best() {
            return Collections.min(seconds);
        }

        /** How many times as long {@code other} takes, by the median of the rounds. */
        double timesFasterThan(Score other) {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < seconds.size(); i++) ratios.add(other.seconds.get(i) / seconds.get(i));
            return Contest.median(ratios);
        }
    }

    /** {@code rounds} rounds; the scores in the order of the contestants. */
    List<Score> hold(List<Contestant> contestants, int rounds) {
        int[] runs = contestants.stream().mapToInt(this::warmUp).toArray();
        List<List<Double>> seconds = new ArrayList<>();
        contestants.forEach(_ -> seconds.add(new ArrayList<>()));
        for (int r = 0; r < rounds; r++)
            for (int c = 0; c < runs.length; c++) seconds.get(c).add(turn(contestants.get(c), runs[c]));
        List<Score> scores = new ArrayList<>();
        for (int c = 0; c < runs.length; c++) scores.add(new Score(contestants.get(c).name(), seconds.get(c)));
        return scores;
    }

    /** How many runs make a turn, once it runs as fast as it will. */
    private int warmUp(Contestant c) {
        double least = Double.POSITIVE_INFINITY;
        for (double spent = 0; spent < WARM_UP;) {
            double once = seconds(c, 1);
            spent += once;
            least = Math.min(least, once);
        }
        return (int) Math.clamp(TURN / least, 1, 100_000);
    }

    private double turn(Contestant c, int runs) {
        double seconds = 0;
        for (int i = 0; i < TRIES; i++) {
            rest();
            boolean whole = sentinel.isWhole();
            // the first wakes its threads
            c.run(1);
            seconds = seconds(c, runs) / runs;
            rest();
            if (sentinel.isWhole() && whole) break;
        }
        return seconds;
    }

    private static double seconds(Contestant c, int runs) {
        long start = System.nanoTime();
        c.run(runs);
        return (System.nanoTime() - start) * 1e-9;
    }

    private static void rest() {
        try {
            Thread.sleep(REST);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted between two turns", e);
        }
    }

    static double median(List<Double> all) {
        return all.stream().sorted().toList().get(all.size() / 2);
    }
}
