package org.chainrule.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chainrule.benchmarks.contender.Workload;
import org.chainrule.benchmarks.contender.Workload.Elementwise;
import org.chainrule.benchmarks.contender.Workload.Product;
import org.chainrule.benchmarks.contender.Workload.Training;
import org.chainrule.benchmarks.contender.Workload.Xor;
import org.chainrule.cli.Console;
import org.chainrule.cli.Interruption;
import org.chainrule.cli.JsonObject;
import org.chainrule.cli.Main;
import org.chainrule.cli.Processor;
import org.chainrule.cli.Result;
import org.chainrule.cli.UsageException;
import org.chainrule.cli.bench.Benchmarks;
import org.chainrule.harness.ShellWord;
import org.chainrule.harness.Suggestion;
import org.chainrule.io.AtomicFile;
import org.chainrule.io.Json;

/** Measures what the command {@code bench} asks for. */
public final class Bench implements Benchmarks {
    private static final String CHAINRULE = "chainrule", START = "start";
    private static final int ROUNDS = 9, TRIES = 6;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** Trainings need longer: a compiler works beside the first steps. */
    private static final double TRAINING_WARM_UP = 5, TRAINING_WINDOW = 0.4, KERNEL_WARM_UP = 0.7,
            KERNEL_WINDOW = 0.05;
    /** Sums in another order, and the one rule of momentum that a library has, differ by less. */
    private static final double AGREEMENT = 0.02;

    @Override
    public Result run(Options options, Console console) {
        List<String> names = options.workloads();
        boolean start = names.isEmpty() || names.contains(START);
        List<Workload> workloads = names.equals(List.of(START)) ? List.of()
                : workloads(names.stream().filter(n -> !n.equals(START)).toList());
        List<Contestant> contestants = contestants(options, Sources.folder());
        folder(options.out());
        try (Interruption interruption = Interruption.of(console);
                Sentinel sentinel = new Sentinel(Runtime.getRuntime().availableProcessors())) {
            console.message("Measuring " + workloads.size() + " workloads with "
                    + contestants.stream().map(Contestant::name).collect(Collectors.joining(", "))
                    + "; the machine should have nothing else to do");
            var session = new Races(options, console, sentinel, interruption::isAsked);
            List<Contestant> built = session.built(contestants);
            for (List<Workload> group : groups(workloads)) session.hold(group, built);
            if (start) session.start(built);
            Outcome outcome = session.outcome();
            MarkdownTable.lines(outcome).forEach(console::line);
            write(options.out(), outcome);
            console.message("Wrote bench.jsonl, bench.md and bench.html to " + options.out());
            return new Result(interruption.isAsked() ? Main.INTERRUPTED : Main.OK, json(outcome, options.out()));
        }
    }

    @Override
    public Result kernels(String backend, Path out, Console console) {
        folder(out);
        Path file = out.resolve("kernels.json");
        try {
            ProcessBuilder builder =
                    Contestant.kernels(Sources.folder(), backend).process(Runtime.getRuntime().availableProcessors());
            builder.command()
                    .addAll(List.of(KernelBenchmark.class.getSimpleName(), "-rf", "json", "-rff", file.toString()));
            Process process = builder.redirectErrorStream(true).start();
            Thread hook = new Thread(process::destroyForcibly);
            Runtime.getRuntime().addShutdownHook(hook);
            try (var lines = process.inputReader()) {
                lines.lines().forEach(console::line);
            }
            int status = process.waitFor();
            Runtime.getRuntime().removeShutdownHook(hook);
            if (status != 0) throw new ContenderException("JMH ended with status " + status);
        } catch (IOException e) {
            throw new ContenderException("JMH could not be run: " + e.getMessage());
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while JMH ran", e);
        }
        console.message("Wrote " + file);
        return Result.of(new JsonObject().with("out", file.toString()).build());
    }

    /** The races of one run, and what was found until now. */
    private static final class Races {
        private final Options options;
        private final Console console;
        private final Sentinel sentinel;
        private final BooleanSupplier isAsked;
        private final int cores = Runtime.getRuntime().availableProcessors();
        private final Bandwidth before;
        private final List<List<Score>> speeds = new ArrayList<>(), starts = new ArrayList<>();
        private final List<Figure> memory = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        Races(Options options, Console console, Sentinel sentinel, BooleanSupplier isAsked) {
            this.options = options;
            this.console = console;
            this.sentinel = sentinel;
            this.isAsked = isAsked;
            before = Bandwidth.measure(cores);
        }

        /** Those that can take part; the others are noted. */
        List<Contestant> built(List<Contestant> contestants) {
            for (Contestant c : contestants)
                if (!c.isBuilt()) note(c.name() + ": could not be built; target/launcher/build.log says why");
            return contestants.stream().filter(Contestant::isBuilt).toList();
        }

        /** Work that one process of each contestant does in turn. */
        void hold(List<Workload> group, List<Contestant> contestants) {
            List<ContenderProcess> racers = new ArrayList<>();
            boolean kernels = group.getFirst() instanceof Product || group.getFirst() instanceof Elementwise;
            try {
                for (Contestant c : contestants)
                    if (c.takesPart().test(group.getFirst()))
                        racers.add(ContenderProcess.start(c, group.getFirst().threads(cores), log(c), PATIENCE));
                for (Workload w : group) {
                    racers.removeIf(r -> !r.isAlive());
                    Race race = new Race(sentinel, kernels ? rules(KERNEL_WARM_UP, KERNEL_WINDOW)
                            : rules(TRAINING_WARM_UP, TRAINING_WINDOW), isAsked,
                            (r, e) -> note(r.name() + ", " + w.name() + ": " + e.reason()));
                    List<Score> scores = race.hold(w, racers);
                    if (scores.isEmpty()) continue;
                    compare(scores);
                    tell(scores, Metric.of(w));
                    speeds.add(scores);
                    if (w instanceof Training) memory(w, racers);
                }
            } catch (ContenderException e) {
                note(e.reason());
            } finally {
                racers.forEach(ContenderProcess::close);
            }
        }

        /** How long each takes to start. */
        void start(List<Contestant> contestants) {
            Workload w = Workload.usual().getFirst();
            List<StartRacer> racers = contestants.stream().filter(c -> c.takesPart().test(w))
                    .map(c -> new StartRacer(c, cores, log(c), PATIENCE)).toList();
            List<Score> scores = new Race(sentinel, rules(0.1, 0.1), isAsked,
                    (r, e) -> note(r.name() + ", start: " + e.reason())).hold(w, racers);
            if (scores.isEmpty()) return;
            tell(scores, Metric.FIRST_STEP_MS);
            starts.add(scores);
        }

        private Race.Rules rules(double warmUp, double window) {
            return new Race.Rules(options.rounds().orElse(ROUNDS), warmUp, window, TRIES);
        }

        private Path log(Contestant c) {
            return options.out().resolve(c.name().replaceAll("[^a-zA-Z0-9]+", "-") + ".log");
        }

        private void note(String text) {
            if (!notes.contains(text)) notes.add(text);
            console.message("  " + text);
        }

        private void compare(List<Score> scores) {
            Score first = scores.getFirst();
            for (Score s : scores)
                if (!(Math.abs(s.check() - first.check()) <= AGREEMENT * Math.abs(first.check())))
                    note("%s, %s: computes something else than %s: %.6g, not %.6g".formatted(s.who(),
                            s.workload().name(), first.who(), s.check(), first.check()));
        }

        private void memory(Workload w, List<ContenderProcess> racers) {
            double first = 0;
            for (ContenderProcess r : racers) {
                if (r.peakBytes().isEmpty()) continue;
                double mebibytes = r.peakBytes().getAsLong() / (double) (1 << 20);
                if (first == 0) first = mebibytes;
                memory.add(Figure.once(r.name(), w.name(), Metric.PEAK_MIB, mebibytes, first));
            }
        }

        private void tell(List<Score> scores, Metric metric) {
            console.message(scores.getFirst().workload().name() + ": " + metric.title);
            for (Figure f : figures(scores, metric, ceilings(before)))
                console.message("  %-12s %10s  best %10s%s%s".formatted(f.who(), Metric.text(f.median()),
                        Metric.text(f.best()), f.faster().map(r -> "  %.2f x (%.2f to %.2f)".formatted(r.median(),
                                r.lowerQuartile(), r.upperQuartile())).orElse(""),
                        f.sound() ? "" : "  the machine was not whole in most rounds"));
        }

        private List<Figure> figures(List<Score> scores, Metric metric, Ceilings ceilings) {
            return scores.stream().map(s -> Figure.of(s, scores.getFirst(), metric, ceilings, sentinel)).toList();
        }

        private Ceilings ceilings(Bandwidth bandwidth) {
            return new Ceilings(sentinel.greatest(), bandwidth);
        }

        /** Everything, beside the ceilings of the whole run. */
        Outcome outcome() {
            Ceilings ceilings = ceilings(before.atLeast(Bandwidth.measure(cores)));
            List<Figure> figures = new ArrayList<>();
            speeds.forEach(s -> figures.addAll(figures(s, Metric.of(s.getFirst().workload()), ceilings)));
            starts.forEach(s -> figures.addAll(figures(s, Metric.FIRST_STEP_MS, ceilings)));
            figures.addAll(memory);
            String machine = Processor.description() + "; " + System.getProperty("os.name") + " "
                    + System.getProperty("os.version") + "; Java " + Runtime.version();
            return new Outcome(machine, ceilings, figures, notes, command(options));
        }
    }

    /** The command line of those options. */
    private static String command(Options options) {
        StringBuilder b = new StringBuilder("./chainrule bench --backend ").append(options.backend());
        switch (options.peers()) {
            case Peers.All _ -> b.append(" --peers");
            case Peers.Named(List<String> names) when names.isEmpty() -> {}
            case Peers.Named(List<String> names) -> b.append(" --peers=").append(String.join(",", names));
        }
        options.workloads().forEach(w -> b.append(" --workload ").append(ShellWord.quoted(w)));
        options.builds().forEach(f -> b.append(" --build ").append(ShellWord.quoted(f.toString())));
        options.rounds().ifPresent(r -> b.append(" --rounds ").append(r));
        return b.toString();
    }

    private static void folder(Path out) {
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new UsageException("--out: " + out + " cannot be made: " + e.getMessage());
        }
    }

    private static void write(Path out, Outcome outcome) {
        AtomicFile.writeText(out.resolve("bench.jsonl"),
                outcome.figures().stream().map(f -> f.json().text() + "\n").collect(Collectors.joining()));
        AtomicFile.writeText(out.resolve("bench.md"), String.join("\n", MarkdownTable.lines(outcome)) + "\n");
        AtomicFile.writeText(out.resolve("bench.html"), Chart.html(outcome));
    }

    private static Json.Obj json(Outcome outcome, Path out) {
        Ceilings c = outcome.ceilings();
        return new JsonObject().with("machine", outcome.machine()).with("gflops", c.gflops())
                .with("copy_gb_per_s", c.bandwidth().copy()).with("triad_gb_per_s", c.bandwidth().triad())
                .with("figures", outcome.figures().stream().map(Figure::json).toList())
                .with("notes", outcome.notes().stream().map(Json.Str::new).toList()).with("repeat", outcome.repeat())
                .with("out", out.toString()).build();
    }

    /** Those whose names begin so, or the one product or function of that name. */
    static List<Workload> workloads(List<String> names) {
        if (names.isEmpty()) return Workload.usual();
        List<Workload> all = new ArrayList<>();
        for (String name : names) {
            List<Workload> found = Workload.usual().stream().filter(w -> w.name().startsWith(name)).toList();
            if (found.isEmpty()) found = Workload.of(name).stream().toList();
            if (found.isEmpty())
                throw UsageException.of("workload", "there is no work '" + name + "'" + Suggestion.of(name,
                        Stream.concat(Stream.of(START), Workload.usual().stream().map(Workload::name)).toList()));
            all.addAll(found);
        }
        return all.stream().distinct().toList();
    }

    private static List<Contestant> contestants(Options options, Path root) {
        List<Contestant> all = new ArrayList<>();
        all.add(Contestant.chainrule(CHAINRULE, root, options.backend()));
        for (Path build : options.builds()) {
            Path folder = build.toAbsolutePath().normalize();
            Contestant other = Contestant.chainrule(CHAINRULE + "@" + folder.getFileName(), folder, options.backend());
            if (!other.isBuilt()) throw UsageException.of("build", folder
                    + " has no build of the benchmarks; run ./chainrule bench --workload xor there first");
            all.add(other);
        }
        List<Contestant> peers = Contestant.peers(root.resolve("benchmarks/peers"));
        if (options.peers() instanceof Peers.Named(List<String> names)) for (String name : names) {
            List<String> known = peers.stream().map(Contestant::name).toList();
            if (!known.contains(name)) throw UsageException.of("peers", "'" + name + "' is none of "
                    + String.join(", ", known) + Suggestion.of(name, known));
        }
        peers.stream().filter(c -> options.peers().include(c.name())).forEach(all::add);
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
