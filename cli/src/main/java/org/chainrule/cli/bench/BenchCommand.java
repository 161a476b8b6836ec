package org.chainrule.cli.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.chainrule.Backends;
import org.chainrule.cli.BackendOption;
import org.chainrule.cli.Console;
import org.chainrule.cli.FileProblem;
import org.chainrule.cli.Result;
import org.chainrule.cli.Subcommand;
import org.chainrule.cli.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the speed of trainings and kernels, beside other libraries. */
@Command(description = {
    "Measure how fast this machine trains, multiplies matrices and starts, beside other libraries if asked.",
    "All take turns in one run, each in a process of its own, and a turn counts only if the machine had all of its "
            + "cores before and after it. It should have nothing else to do."})
public final class BenchCommand extends Subcommand {
    @Option(names = "--peers", paramLabel = "NAME", arity = "0..1", fallbackValue = ALL, split = ",",
            description = "let other libraries take part: all, or those named, as in --peers=libtorch,tensorflow; "
                    + "they are downloaded when first needed, about a gigabyte in all")
    private List<String> peers = new ArrayList<>();

    @Option(names = "--workload", paramLabel = "NAME", split = ",",
            description = "only the work of this name, or of those that begin with it, as in mlp or product/512; may be given again")
    private List<String> workloads = new ArrayList<>();

    @Option(names = "--build", paramLabel = "FOLDER",
            description = "let another build of Chainrule take part, by the folder of its sources, where \"./chainrule bench\" has run before; "
                    + "may be given again")
    private List<Path> builds = new ArrayList<>();

    @Option(names = "--kernels",
            description = "measure the parts of kernels by JMH instead: launches, hand-off between threads, a small product")
    private boolean kernels;

    @Option(names = "--rounds", paramLabel = "N", description = "how often each takes a turn; 9 by default")
    private Optional<Integer> rounds = Optional.empty();

    @Option(names = "--out", paramLabel = "FOLDER",
            description = "where bench.jsonl, bench.md and bench.html are written; runs/bench by default")
    private Path out = Path.of("runs", "bench");

    @Mixin
    private BackendOption backend = new BackendOption();

    private static final String ALL = "all";

    public BenchCommand(Console console) {
        super(console);
    }

    @Override
    protected Result run() {
        if (rounds.filter(r -> r < 1).isPresent())
            throw usageError("--rounds: " + rounds.get() + " is not a number of rounds, 1 or more");
        FileProblem.fileInTheWay(out).ifPresent(f -> {
            throw usageError("--out: " + f + " is a file, and a folder is wanted");
        });
        Benchmarks benchmarks = ServiceLoader.load(Benchmarks.class).findFirst().orElseThrow(() -> new UsageException(
                "the benchmarks are not part of this installation; run ./chainrule bench in a folder of Chainrule's sources"));
        String device = backend.spec().equalsIgnoreCase(Backends.AUTO) ? Backends.best().orElse(Backends.AUTO)
                : backend.spec();
        if (kernels) return benchmarks.kernels(device, out, console);
        return benchmarks.run(new Benchmarks.Options(device, peers(), workloads, builds, rounds, out), console);
    }

    private Benchmarks.Peers peers() {
        return peers.contains(ALL) ? new Benchmarks.Peers.All() : new Benchmarks.Peers.Named(peers);
    }
}
