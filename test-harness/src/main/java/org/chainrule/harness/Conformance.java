package org.chainrule.harness;

import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.chainrule.InvalidArgumentException;
import org.chainrule.harness.cases.Families;

/**
 * The suite: every case there is for a device, run one after the other. {@link BackendConformance} makes JUnit tests of it;
 * the program's {@code verify} runs it on the user's device.
 */
public final class Conformance {
    private final Target target;
    private final Options options;
    private final List<Family> families;

    private Conformance(Target target, Options options, List<Family> families) {
        this.target = target;
        this.options = options;
        this.families = families.stream().filter(options::includes).toList();
    }

    /** All families. */
    public static Conformance of(Target target, Options options) {
        return of(target, options, Families.all(options));
    }

    /** Some families. */
    public static Conformance of(Target target, Options options, List<Family> families) {
        return new Conformance(target, options, families);
    }

    public Target target() {
        return target;
    }

    public Options options() {
        return options;
    }

    public List<Family> families() {
        return families;
    }

    /** The cases of a family that the options ask for. */
    public Stream<Case> cases(Family f) {
        Set<String> names = new HashSet<>();
        return f.cases(target).peek(c -> {
            if (!names.add(c.name())) throw new IllegalStateException("two cases are called " + c);
        }).filter(options::includes);
    }

    /**
     * Throws where the options ask for a case or an op that there is not, so that nothing would run.
     *
     * @throws InvalidArgumentException naming what is near, and the families
     */
    public void requireCases() {
        if (options.name().isEmpty() && options.op().isEmpty()
                || families.stream().anyMatch(f -> cases(f).findAny().isPresent()))
            return;
        throw new InvalidArgumentException(new Index(of(target, options.whole())).refusal(options));
    }

    /** What can be asked for. */
    private static final class Index {
        private final TreeSet<String> names = new TreeSet<>(), ops = new TreeSet<>();
        private final String backend, families;

        Index(Conformance all) {
            backend = all.target.backend();
            families = String.join(", ", all.families.stream().map(Family::name).toList());
            for (Family f : all.families) all.cases(f).forEach(this::add);
        }

        private void add(Case c) {
            ops.add(c.op());
            for (int slash = c.name().indexOf('/'); slash > 0; slash = c.name().indexOf('/', slash + 1))
                names.add(c.name().substring(0, slash));
            names.add(c.name());
        }

        String refusal(Options asked) {
            String folders = asked.golden().isEmpty() || asked.onnx().isEmpty()
                    ? "; folders of recorded results add cases (--golden, --onnx, in tests -Dchainrule.golden, -Dchainrule.onnx)"
                    : "";
            if (!asked.op().isEmpty() && !ops.contains(asked.op()))
                return "no case for " + backend + " is about '" + asked.op() + "'" + Suggestion.of(asked.op(), ops)
                        + folders;
            if (asked.graphs() == 0 && (asked.name() + "/").startsWith("graphs/"))
                return "0 random graphs leave none to run (--fuzz, in tests -Dchainrule.conformance.graphs)";
            if (!asked.name().isEmpty() && !names.contains(asked.name()))
                return "there is no case '" + asked.name() + "' for " + backend
                        + Suggestion.among(asked.name(), names, "the families " + families) + folders;
            return "no case for " + backend + " below '" + asked.name() + "' is about '" + asked.op() + "'";
        }
    }

    public Result run(Case c) {
        return Bench.run(c, target, options.seed());
    }

    /** A report of no case yet. */
    public ConformanceReport report() {
        return new ConformanceReport(target.backend(), target.device().name(), options);
    }

    /** What became of some cases. */
    public ConformanceReport report(List<Result> of) {
        ConformanceReport report = report();
        of.forEach(report::add);
        return report;
    }

    /** Runs everything; {@code each} hears of every case as it ends. */
    public ConformanceReport run(Consumer<Result> each) {
        ConformanceReport report = report();
        families.forEach(f -> run(f, report, r -> {
            each.accept(r);
            return true;
        }));
        return report;
    }

    /**
     * Runs a family and adds what became of it to {@code report}. {@code goesOn} hears of every case as it ends, and says whether
     * the next is to run.
     */
    public void run(Family f, ConformanceReport report, Predicate<Result> goesOn) {
        try (Stream<Case> cases = cases(f)) {
            for (Iterator<Case> i = cases.iterator(); i.hasNext();) {
                Result r = run(i.next());
                report.add(r);
                if (!goesOn.test(r)) return;
            }
        }
    }
}
