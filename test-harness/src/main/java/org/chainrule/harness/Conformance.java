package org.chainrule.harness;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
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

    public Result run(Case c) {
        return Bench.run(c, target, options.seed());
    }

    /** Runs everything; {@code each} hears of every case as it ends. */
    public ConformanceReport run(Consumer<Result> each) {
        List<Result> results = new ArrayList<>();
        for (Family f : families) {
            cases(f).forEach(c -> {
                Result r = run(c);
                results.add(r);
                each.accept(r);
            });
        }
        return new ConformanceReport(target.backend(), target.device().name(), options, results);
    }
}
