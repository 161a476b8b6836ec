package org.chainrule.cpu;

import java.lang.System.Logger.Level;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A daemon thread on which vector kernels run until the just-in-time compiler has made them fast. Those in need take turns. */
final class WarmUp {
    private static final long TURN_NANOS = 20_000_000L;
    /** Between turns the core is left to the training and to the compiler, which is what a turn waits for. */
    private static final long REST_NANOS = 50_000_000L;
    /** After so many turns rests double: the vector kernel is slow for good, or the machine so busy that nothing gets compiled. */
    private static final int TURNS = 40;
    private static final long LONGEST_REST_NANOS = 20_000_000_000L;
    private static final int WINS = 4;

    private static final ScheduledThreadPoolExecutor THREAD = thread();

    /** A kernel on trial. */
    interface Trial {
        /** Runs the kernel and what it is to replace; whether the kernel was fast enough. */
        boolean wins();

        /** Puts the kernel into service. */
        void won();
    }

    private WarmUp() {}

    private static ScheduledThreadPoolExecutor thread() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "chainrule-cpu-kernels-warm-up");
            thread.setDaemon(true);
            return thread;
        });
        executor.setKeepAliveTime(1, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Has the trial run until its kernel won {@value #WINS} times on end. */
    static void until(Supplier<Trial> trial) {
        THREAD.execute(() -> turn(trial, REST_NANOS, TURNS));
    }

    private static void turn(Supplier<Trial> made, long rest, int turns) {
        try {
            Trial trial = made.get();
            int streak = 0;
            for (long end = System.nanoTime() + TURN_NANOS; streak < WINS && System.nanoTime() - end < 0;)
                streak = trial.wins() ? streak + 1 : 0;
            if (streak == WINS) {
                trial.won();
                return;
            }
            long next = turns > 0 ? rest : Math.min(2 * rest, LONGEST_REST_NANOS);
            Future<?> _ = THREAD.schedule(() -> turn(() -> trial, next, Math.max(0, turns - 1)), rest,
                    TimeUnit.NANOSECONDS);
        } catch (RuntimeException | Error e) {
            System.getLogger(WarmUp.class.getName()).log(Level.WARNING,
                    "a vector kernel cannot be used; the slower loops go on", e);
        }
    }
}
