package org.chainrule.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.chainrule.benchmarks.contender.Workload;

/** A contender whose run is a process of its own, from its start until it has done the work once. */
final class StartRacer implements Racer {
    private final Contestant contestant;
    private final int threads;
    private final Path log;
    private final Duration patience;
    private Optional<Workload> workload = Optional.empty();

    StartRacer(Contestant contestant, int threads, Path log, Duration patience) {
        this.contestant = contestant;
        this.threads = threads;
        this.log = log;
        this.patience = patience;
    }

    @Override
    public String name() {
        return contestant.name();
    }

    @Override
    public void prepare(Workload asked) {
        workload = Optional.of(asked);
    }

    @Override
    public double check() {
        return 0;
    }

    @Override
    public double run(int times) {
        double seconds = 0;
        for (int i = 0; i < times; i++) try (var process = ContenderProcess.start(contestant, threads, log, patience)) {
            process.prepare(workload.orElseThrow());
            seconds += process.age();
        }
        return seconds;
    }

    /** Each run wakes its own. */
    @Override
    public void wake() {}

    @Override
    public void finish() {}
}
