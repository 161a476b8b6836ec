package org.chainrule.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.chainrule.benchmarks.contender.Workload;
import org.chainrule.benchmarks.contender.Workload.Elementwise;
import org.chainrule.benchmarks.contender.Workload.Product;
import org.chainrule.benchmarks.contender.Workload.Training;
import org.chainrule.benchmarks.contender.Workload.Xor;
import org.chainrule.cli.Console;
import org.chainrule.cli.Interruption;
import org.chainrule.cli.JsonObject;
import org.chainrule.cli.Main;
import org.chainrule.cli.Result;
import org.chainrule.cli.UsageException;
import org.chainrule.cli.bench.Benchmarks;
import org.chainrule.harness.Suggestion;
import org.chainrule.io.Json;

/** Measures what the command {@code bench} asks for. */
public final class Bench implements Benchmarks {
    private static final String CHAINRULE = "chainrule";
    private static final int ROUNDS = 9, TRIES = 6;
    private static final double WARM_UP = 2.5, WINDOW = 0.4;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Override
    public Result run(Options options, Console console) {
        Path root = Sources.folder();
        List<Workload> workloads = workloads(options.workloads());
        List<Contestant> contestants = contestants(options, root);
        try {
            Files.createDirectories(options.out());
        } catch (IOException e) {
            throw new UsageException("--out: " + options.out() + " cannot be made: " + e.getMessage());
        }
        int cores = Runtime.getRuntime().availableProcessors();
        try (Interruption interruption = Interruption.of(console); Sentinel sentinel = new Sentinel(cores)) {
            Ceilings ceilings = new Ceilings(sentinel.greatest(), Bandwidth.measure(cores));
            console.line("%.0f GFLOP/s, copy %.1f GB/s, triad %.1f GB/s".formatted(ceilings.gflops(),
                    ceilings.bandwidth().copy(), ceilings.bandwidth().triad()));
            List<Figure> figures = new ArrayList<>();
            Race race = new Race(sentinel,
                    new Race.Rules(options.rounds().orElse(ROUNDS), WARM_UP, WINDOW, TRIES), interruption::isAsked,
                    (r, e) -> console.line("  " + r.name() + ": " + e.reason()));
            for (List<Workload> group : groups(workloads)) {
                List<ContenderProcess> racers = new ArrayList<>();
                try {
                    for (Contestant c : contestants)
                        if (c.isBuilt() && c.takesPart().test(group.getFirst())) racers.add(ContenderProcess.start(c,
                                group.getFirst().threads(cores), options.out().resolve(c.name() + ".log"), PATIENCE));
                    for (Workload w : group) {
                        if (interruption.isAsked()) break;
                        console.line(w.name() + ", " + Metric.of(w).unit);
                        racers.removeIf(r -> !r.isAlive());
                        List<Score> scores = race.hold(w, racers);
                        for (Score s : scores) {
                            Figure f = Figure.of(s, scores.getFirst(), ceilings, sentinel);
                            figures.add(f);
                            console.line(line(f, s));
                        }
                    }
                    if (group.getFirst() instanceof Training) for (ContenderProcess r : racers)
                        r.peakBytes().ifPresent(b -> console.line("  %-12s peak %,d MiB".formatted(r.name(), b >> 20)));
                } finally {
                    racers.forEach(ContenderProcess::close);
                }
            }
            Path lines = options.out().resolve("bench.jsonl");
            Files.writeString(lines, figures.stream().map(f -> f.json().text() + "\n").collect(Collectors.joining()),
                    StandardCharsets.UTF_8);
            return new Result(interruption.isAsked() ? Main.INTERRUPTED : Main.OK, new JsonObject()
                    .with("figures", figures.stream().map(Figure::json).toList())
                    .with("out", new Json.Str(options.out().toString())).build());
        } catch (IOException e) {
            throw new UsageException("--out: " + e.getMessage());
        }
    }

    private static String line(Figure f, Score s) {
        StringBuilder b = new StringBuilder("  %-12s %10s  best %10s".formatted(f.who(), Metric.text(f.median()),
                Metric.text(f.best())));
        f.share().ifPresent(v -> b.append("  %3.0f %%".formatted(100 * v)));
        f.faster().ifPresent(v -> b.append("  first is %.2f times as fast (%.2f to %.2f)".formatted(v.median(),
                v.lowerQuartile(), v.upperQuartile())));
        b.append("  check %.6g".formatted(s.check()));
        if (f.discarded() > 0) b.append("  %d windows discarded".formatted(f.discarded()));
        if (!f.sound()) b.append("  the machine was not whole in most rounds");
        return b.toString();
    }

    private static List<Workload> workloads(List<String> names) {
        if (names.isEmpty()) return Workload.usual();
        List<Workload> all = new ArrayList<>();
        for (String name : names) {
            List<Workload> found = Workload.usual().stream().filter(w -> w.name().startsWith(name)).toList();
            if (found.isEmpty()) found = Workload.of(name).stream().toList();
            if (found.isEmpty()) throw new UsageException("--workload: there is no work '" + name + "'"
                    + Suggestion.of(name, Workload.usual().stream().map(Workload::name).toList()));
            all.addAll(found);
        }
        return all.stream().distinct().toList();
    }

    private static List<Contestant> contestants(Options options, Path root) {
        List<Contestant> all = new ArrayList<>();
        all.add(Contestant.chainrule(CHAINRULE, root, options.backend()));
        for (Path build : options.builds())
            all.add(Contestant.chainrule(CHAINRULE + "@" + build.getFileName(), build.toAbsolutePath(), options.backend()));
        Contestant.peers(root.resolve("benchmarks/peers")).stream().filter(c -> options.peers().include(c.name()))
                .forEach(all::add);
        return all;
    }

    /** Work that one process may do in turn: trainings have theirs, so that none profits from what another left compiled. */
    private static List<List<Workload>> groups(List<Workload> workloads) {
        Map<String, List<Workload>> groups = new LinkedHashMap<>();
        for (Workload w : workloads) groups.computeIfAbsent(switch (w) {
            case Training _, Xor _ -> w.name();
            case Product _ -> "product";
            case Elementwise e -> e.length() < Elementwise.LARGE ? "elementwise" : "large elementwise";
        }, _ -> new ArrayList<>()).add(w);
        return List.copyOf(groups.values());
    }
}
