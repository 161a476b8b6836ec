package org.chainrule.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.chainrule.benchmarks.contender.Workload;
import org.junit.jupiter.api.Test;

class RaceTest {
    private static final Workload WORK = new Workload.Xor();
    private static final Race.Rules RULES = new Race.Rules(3, 1, 0.5, 4);

    private final List<String> events = new ArrayList<>();
    private final List<String> dropped = new ArrayList<>();

    /** A machine whose rates are given, the last for good. */
    private static final class Rates implements Machine {
        private final double[] rates;
        private int next;

        Rates(double... rates) {
            this.rates = rates;
        }

        @Override
        public double rate() {
            return rates[Math.min(next++, rates.length - 1)];
        }

        @Override
        public boolean isWhole(double rate) {
            return rate >= 100;
        }

        @Override
        public void rest() {}
    }

    /** Takes a quarter of a second for each run, and fails at a call if asked to. */
    private class Fake implements Racer {
        private final String name;
        private final int failsAt;
        private int calls;

        Fake(String name, int failsAt) {
            this.name = name;
            this.failsAt = failsAt;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void prepare(Workload workload) {
            events.add(name + " prepare " + workload.name());
        }

        @Override
        public double check() {
            return 7;
        }

        @Override
        public double run(int times) {
            if (++calls == failsAt) throw new ContenderException("broke");
            events.add(name + " run " + times);
            return 0.25 * times;
        }

        @Override
        public void pause() {
            events.add(name + " pause");
        }

        @Override
        public void resume() {
            events.add(name + " resume");
        }

        @Override
        public void finish() {
            events.add(name + " finish");
        }
    }

    private List<Score> hold(Machine machine, Racer... racers) {
        return new Race(machine, RULES, () -> false, (r, e) -> dropped.add(r.name() + ": " + e.reason()))
                .hold(WORK, Arrays.asList(racers));
    }

    private static int index(List<String> all, String event, int occurrence) {
        return IntStream.range(0, all.size()).filter(i -> all.get(i).equals(event)).skip(occurrence).findFirst()
                .orElseThrow();
    }

    @Test
    void eachRoundGivesEachAWindowOfWholeRuns() {
        List<Score> scores = hold(new Rates(100), new Fake("a", 0), new Fake("b", 0));
        assertThat(scores).extracting(Score::who).containsExactly("a", "b");
        assertThat(scores).allSatisfy(s -> {
            assertThat(s.windows()).hasSize(3).allMatch(w -> w.seconds() == 0.25 && w.rate() == 100);
            assertThat(s.check()).isEqualTo(7);
            assertThat(s.discarded()).isZero();
        });
        assertThat(events).contains("a run 2", "b run 2").doesNotContain("a run 3");
    }

    @Test
    void roundsBeginWithEachInTurn() {
        hold(new Rates(100), new Fake("a", 0), new Fake("b", 0));
        assertThat(events.stream().filter(e -> e.endsWith("run 2"))).containsExactly("a run 2", "b run 2", "b run 2",
                "a run 2", "a run 2", "b run 2");
    }

    @Test
    void whoDoesNotRunStandsStill() {
        hold(new Rates(100), new Fake("a", 0), new Fake("b", 0));
        String awake = "";
        for (String e : events) {
            String who = e.substring(0, 1);
            if (e.endsWith("resume")) {
                assertThat(awake).as("awake when another is woken").isEmpty();
                awake = who;
            } else {
                assertThat(awake).as(e).isEqualTo(who);
                if (e.endsWith("pause")) awake = "";
            }
        }
    }

    @Test
    void aWindowIsRepeatedWhileTheMachineIsNotWholeBeforeOrAfterIt() {
        Score s = hold(new Rates(50, 100, 100, 50, 100, 100), new Fake("a", 0)).getFirst();
        assertThat(s.discarded()).isEqualTo(2);
        assertThat(s.windows()).extracting(Window::rate).containsExactly(100.0, 100.0, 100.0);
    }

    @Test
    void aMachineThatIsNeverWholeLeavesTheLastWindowOfEachRound() {
        Score s = hold(new Rates(50), new Fake("a", 0)).getFirst();
        assertThat(s.windows()).hasSize(3).allMatch(w -> w.rate() == 50);
        assertThat(s.discarded()).isEqualTo(9);
    }

    @Test
    void whoFailsIsDroppedAndTheOthersGoOn() {
        List<Score> scores = hold(new Rates(100), new Fake("a", 6), new Fake("b", 0));
        assertThat(dropped).containsExactly("a: broke");
        assertThat(scores).extracting(Score::who).containsExactly("b");
        assertThat(scores.getFirst().windows()).hasSize(3);
        assertThat(index(events, "b finish", 0)).isPositive();
    }

    /** Ctrl-C ends the contenders too, which is no fault of theirs. */
    @Test
    void aRaceThatIsInterruptedBlamesNobody() {
        boolean[] asked = new boolean[1];
        Fake interrupted = new Fake("a", 0) {
            @Override
            public double run(int times) {
                if (!events.contains("a run 2")) return super.run(times);
                asked[0] = true;
                throw new ContenderException("ended");
            }
        };
        new Race(new Rates(100), RULES, () -> asked[0], (r, _) -> dropped.add(r.name())).hold(WORK,
                List.of(interrupted, new Fake("b", 0)));
        assertThat(asked[0]).isTrue();
        assertThat(dropped).isEmpty();
    }
}
