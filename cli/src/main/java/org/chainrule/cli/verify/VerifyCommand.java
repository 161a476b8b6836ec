package org.chainrule.cli.verify;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.chainrule.Backends;
import org.chainrule.InvalidArgumentException;
import org.chainrule.cli.BackendOption;
import org.chainrule.cli.Console;
import org.chainrule.cli.FileProblem;
import org.chainrule.cli.Interruption;
import org.chainrule.cli.JsonObject;
import org.chainrule.cli.Main;
import org.chainrule.cli.Result;
import org.chainrule.cli.Subcommand;
import org.chainrule.cli.Terminal;
import org.chainrule.cli.UsageException;
import org.chainrule.harness.Case;
import org.chainrule.harness.Conformance;
import org.chainrule.harness.ConformanceReport;
import org.chainrule.harness.Counts;
import org.chainrule.harness.Family;
import org.chainrule.harness.Options;
import org.chainrule.harness.RecordedFolder;
import org.chainrule.harness.ShellWord;
import org.chainrule.harness.Target;
import org.chainrule.harness.Verdict;
import org.chainrule.harness.perf.Performance;
import org.chainrule.harness.report.Reports;
import org.chainrule.io.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the conformance suite. */
@Command(description = {"Prove that this device computes what it should: run the conformance suite on it.",
    "Ends with status 1 if a case fails or proves nothing. Everything random follows from --seed, and "
            + "each failure comes with the line that repeats it."})
public final class VerifyCommand extends Subcommand {
    @Option(names = "--op", paramLabel = "OP", description = "only the cases of this op, as in matmul")
    private String op = "";

    @Option(names = "--case", paramLabel = "NAME",
            description = "only the case of this name, or those below it, as in pointwise or pointwise/exp")
    private String name = "";

    @Option(names = "--golden", paramLabel = "FOLDER", description = "results recorded from PyTorch (*.safetensors)")
    private Optional<Path> golden = Optional.empty();

    @Option(names = "--onnx", paramLabel = "FOLDER", description = "ONNX node tests (folders with a model.onnx)")
    private Optional<Path> onnx = Optional.empty();

    @Option(names = "--fuzz", paramLabel = "N",
            description = "how many random graphs; " + Options.GRAPHS + " by default")
    private int fuzz = Options.GRAPHS;

    @Option(names = "--seed", paramLabel = "S",
            description = "what everything random follows from; " + Options.SEED + " by default")
    private long seed = Options.SEED;

    @Option(names = "--perf", description = "measure the speed of the ops too, beside the device's ceilings")
    private boolean perf;

    @Option(names = "--out", paramLabel = "FOLDER", description = "write ops.md and conformance.html there")
    private Optional<Path> out = Optional.empty();

    @Mixin
    private BackendOption backend = new BackendOption();

    public VerifyCommand(Console console) {
        super(console);
    }

    @Override
    protected Result run() {
        if (fuzz < 0) throw usageError("--fuzz: " + fuzz + " is not a number of graphs, 0 or more");
        requireCases("golden", RecordedFolder.GOLDEN.in(golden));
        requireCases("onnx", RecordedFolder.ONNX.in(onnx));
        out.flatMap(FileProblem::fileInTheWay).ifPresent(f -> {
            throw usageError("--out: " + f + " is a file, and a folder is wanted");
        });
        Options options = new Options(seed, name, op, golden, onnx, fuzz);
        String device = device();
        try (Target target = Target.of(device)) {
            Conformance suite = Conformance.of(target, options);
            requireCases(suite);
            console.message("Conformance of %s (%s), seed %d".formatted(target.backend(), target.device().name(),
                    seed));
            folder(golden, "recorded PyTorch results", "--golden");
            folder(onnx, "ONNX node tests", "--onnx");
            try (Interruption interruption = Interruption.of(console)) {
                return run(suite, c -> again(device, c), interruption::isAsked);
            }
        }
    }

    private Result run(Conformance suite, Function<Case, String> again, BooleanSupplier isAsked) {
        long start = System.nanoTime();
        ConformanceReport report = suite.report();
        try (VerifyProgress progress = VerifyProgress.of(Terminal.stderr(), suite.families().size(), console::draw,
                System::nanoTime)) {
            for (Family f : suite.families()) {
                if (isAsked.getAsBoolean()) break;
                progress.begin(f.name(), suite.cases(f).count());
                suite.run(f, report, r -> {
                    progress.ended(r);
                    return !isAsked.getAsBoolean();
                });
                progress.end();
            }
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        VerifyText.lines(report, seconds, again).forEach(console::line);
        Optional<Performance> speed = perf && !isAsked.getAsBoolean()
                ? Optional.of(Performance.measure(suite.target(), op, w -> console.message("measuring " + w.name()),
                        () -> !isAsked.getAsBoolean()))
                : Optional.empty();
        speed.ifPresent(p -> VerifyText.lines(p).forEach(console::line));
        List<Path> files = out.map(o -> Reports.write(report, o, again)).orElse(List.of());
        if (!files.isEmpty()) console.message("Wrote " + files.getFirst() + " and " + files.getLast());
        boolean interrupted = isAsked.getAsBoolean();
        if (interrupted) console.message("Interrupted: the numbers are of what had run by then");
        int status = interrupted ? Main.INTERRUPTED : report.failures().isEmpty() ? Main.OK : Main.FAILED;
        return new Result(status, json(report, seconds, again, interrupted, speed, files));
    }

    private Json.Obj json(ConformanceReport report, double seconds, Function<Case, String> again, boolean interrupted,
            Optional<Performance> speed, List<Path> files) {
        JsonObject json = new JsonObject().with("backend", report.backend()).with("device", report.device());
        counts(json, report.counts()).with("seconds", seconds).with("seed", seed).with("fuzz", fuzz);
        golden.ifPresent(f -> json.with("golden", f.toString()));
        onnx.ifPresent(f -> json.with("onnx", f.toString()));
        if (interrupted) json.with("interrupted", true);
        List<Json> families = new ArrayList<>(), reasons = new ArrayList<>();
        report.families().forEach((family, c) -> families
                .add(counts(new JsonObject().with("family", family), c).with("seconds", c.seconds()).build()));
        report.unsupported().forEach((reason, c) -> reasons
                .add(new JsonObject().with("reason", reason).with("cases", c.total()).build()));
        json.with("failures", report.failures().stream().map(r -> new JsonObject()
                .with("case", r.subject().name()).with("what", ConformanceReport.text(r))
                .with("again", again.apply(r.subject())).build()).toList());
        json.with("families", families).with("reasons", reasons);
        speed.ifPresent(p -> json.with("perf", VerifyText.json(p)));
        if (!files.isEmpty()) json.with("out", files.stream().map(f -> new Json.Str(f.toString())).toList());
        return json.build();
    }

    private static JsonObject counts(JsonObject json, Counts c) {
        return json.with("passed", c.passed()).with("failed", c.failed()).with("unsupported", c.unsupported())
                .with("vacuous", c.vacuous());
    }

    private void folder(Optional<Path> folder, String what, String option) {
        console.message("  " + what + ": " + folder.map(f -> "from " + f.toAbsolutePath().normalize())
                .orElse("not run; name their folder by " + option + " FOLDER"));
    }

    /** The line that repeats a case, to be pasted to a shell. */
    private String again(String device, Case c) {
        StringBuilder b = new StringBuilder("./chainrule verify --backend ").append(ShellWord.quoted(device))
                .append(" --case ").append(c.name()).append(" --seed ").append(seed);
        golden.ifPresent(f -> b.append(" --golden ").append(ShellWord.quoted(f.toString())));
        onnx.ifPresent(f -> b.append(" --onnx ").append(ShellWord.quoted(f.toString())));
        return b.toString();
    }

    /** The device as the option names it, also where it was chosen by auto. */
    private String device() {
        return backend.spec().equalsIgnoreCase(Backends.AUTO) ? Backends.best().orElse(Backends.AUTO) : backend.spec();
    }

    private static void requireCases(String option, RecordedFolder.Content folder) {
        if (folder instanceof RecordedFolder.Content.None(Verdict.Fail(String what)))
            throw UsageException.of(option, what);
    }

    /** A name or an op that no case has is a mistake of the command line. */
    private static void requireCases(Conformance suite) {
        try {
            suite.requireCases();
        } catch (InvalidArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }
}
