package org.chainrule.cpu.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.chainrule.InvalidArgumentException;
import org.chainrule.optim.OnPlateau;
import org.chainrule.optim.Schedule;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final double BASE = 0.1;

    private static void assertRate(double expected, Schedule s, long t) {
        assertEquals(expected, s.rate(t, BASE), 1e-15);
    }

    @Test
    void ratesAtTheirTurns() {
        assertRate(BASE, Schedule.constant(), 99);
        assertRate(BASE, Schedule.step(7, 0.5), 6);
        assertRate(BASE / 2, Schedule.step(7, 0.5), 7);
        assertRate(BASE * 0.9 * 0.9, Schedule.exponential(0.9), 2);
        assertRate(BASE, Schedule.cosine(10, 0.02), 0);
        assertRate(0.06, Schedule.cosine(10, 0.02), 5);
        assertRate(0.02, Schedule.cosine(10, 0.02), 10);
        assertRate(BASE / 4, Schedule.linearWarmup(4), 0);
        assertRate(BASE, Schedule.linearWarmup(4), 3);
        assertRate(BASE, Schedule.linearWarmup(4), 100);
        assertRate(BASE / 4, Schedule.warmupCosine(4, 10, 0.1), 0);
        assertRate(BASE, Schedule.warmupCosine(4, 10, 0.1), 4);
        assertRate(BASE / 10, Schedule.warmupCosine(4, 10, 0.1), 10);
        assertRate(BASE / 10, Schedule.warmupCosine(4, 10, 0.1), 50);
        assertRate(BASE / 25, Schedule.oneCycle(100), 0);
        assertRate(BASE, Schedule.oneCycle(100), 29);
        assertRate(BASE / 25 / 1e4, Schedule.oneCycle(100), 99);
        assertRate(BASE / 25 / 1e4, Schedule.oneCycle(100), 1000);
        assertRate(BASE / 2, Schedule.step(1, 0.5).every(10), 19);
    }

    @Test
    void senselessSettingsAreRefused() {
        assertThrows(InvalidArgumentException.class, () -> Schedule.step(0, 0.5));
        assertThrows(InvalidArgumentException.class, () -> Schedule.cosine(0, 0));
        assertThrows(InvalidArgumentException.class, () -> Schedule.warmupCosine(4, 4, 0));
        assertThrows(InvalidArgumentException.class, () -> Schedule.oneCycle(2));
        assertThrows(InvalidArgumentException.class, () -> OnPlateau.of(1, 3, 0));
    }

    @Test
    void aPlateauLowersTheRateDownToTheLeast() {
        OnPlateau s = OnPlateau.of(0.5, 2, 0.03);
        s.report(1);
        s.report(0.5);
        for (int i = 0; i < 2; i++) s.report(0.5);
        assertRate(BASE, s, 0);
        s.report(Double.NaN);
        assertRate(BASE / 2, s, 0);
        for (int i = 0; i < 2; i++) s.report(0.6);
        s.report(0.4);
        for (int i = 0; i < 2; i++) s.report(0.4);
        assertRate(BASE / 2, s, 0);
        OnPlateau same = OnPlateau.of(0.5, 2, 0.03);
        same.restore(s.state());
        same.report(0.4);
        assertRate(0.03, same, 0);
    }
}
