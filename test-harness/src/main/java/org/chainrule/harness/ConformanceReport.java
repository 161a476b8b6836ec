package org.chainrule.harness;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.chainrule.DType;
import org.chainrule.harness.Accuracy.Quantity;

/**
 * What became of the cases of a run, told as they end. Of a case that does not fail, only what it adds to the numbers is kept, so that
 * a run may be as long as one likes.
 */
public final class ConformanceReport {
    private final String backend, device;
    private final Options options;
    private final Map<String, Counts> families = new LinkedHashMap<>();
    private final SortedMap<Subject, OpLine> ops = new TreeMap<>();
    private final SortedMap<String, Counts> unsupported = new TreeMap<>();
    private final SortedSet<Exemption> exemptions = new TreeSet<>();
    private final List<Result> failures = new ArrayList<>();

    public ConformanceReport(String backend, String device, Options options) {
        this.backend = backend;
        this.device = device;
        this.options = options;
    }

    /** An op in one dtype; the dtype is empty where the case is about none or several. */
    public record Subject(String op, Optional<DType> dtype) implements Comparable<Subject> {
        private static final Comparator<Subject> ORDER =
                Comparator.comparing(Subject::op).thenComparing(s -> s.dtype.map(DType::ordinal).orElse(-1));

        /** As {@code f32}, or {@code any}. */
        public String type() {
            return dtype.map(Names::of).orElse("any");
        }

        @Override
        public int compareTo(Subject o) {
            return ORDER.compare(this, o);
        }
    }

    /**
     * What is known of an op in one dtype.
     *
     * @param worst the greatest errors among the cases that running error analysis judged, each with its case
     */
    public record OpLine(Subject subject, Counts counts, Map<Quantity, Worst> worst) {
        public OpLine {
            worst = worst.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(worst));
        }

        OpLine plus(Counts more) {
            return new OpLine(subject, counts.plus(more), worst);
        }

        OpLine with(Worst found) {
            Map<Quantity, Worst> merged = new EnumMap<>(Quantity.class);
            merged.putAll(worst);
            merged.merge(found.accuracy.quantity(), found, (a, b) -> b.accuracy.ulps() > a.accuracy.ulps() ? b : a);
            return new OpLine(subject, counts, merged);
        }
    }

    /** An error and the case that met it. */
    public record Worst(Accuracy accuracy, String name) {}

    void add(Result r) {
        Counts one = Counts.of(r);
        families.merge(r.subject().family(), one, Counts::plus);
        Subject subject = new Subject(r.subject().op(), r.subject().dtype());
        ops.put(subject, line(subject).plus(one));
        switch (r.verdict()) {
            case Verdict.Pass(Verdict.Evidence e) -> {
                exemptions.addAll(e.exemptions());
                if (r.subject().oracle() == Oracle.ANALYSIS) e.accuracy().forEach(a -> add(r.subject(), a));
            }
            case Verdict.Unsupported(String reason) -> unsupported.merge(reason, one, Counts::plus);
            case Verdict.Fail _, Verdict.Vacuous _ -> failures.add(r);
        }
    }

    private void add(Case c, Accuracy a) {
        Subject subject = new Subject(c.op(), Optional.of(a.dtype()));
        ops.put(subject, line(subject).with(new Worst(a, c.name())));
    }

    private OpLine line(Subject s) {
        OpLine known = ops.get(s);
        return known == null ? new OpLine(s, Counts.NONE, Map.of()) : known;
    }

    public String backend() {
        return backend;
    }

    public String device() {
        return device;
    }

    public Options options() {
        return options;
    }

    /** All cases together. */
    public Counts counts() {
        return families.values().stream().reduce(Counts.NONE, Counts::plus);
    }

    /** By family, in the order in which families ran. */
    public Map<String, Counts> families() {
        return Collections.unmodifiableMap(families);
    }

    /** By op and dtype. */
    public List<OpLine> ops() {
        return List.copyOf(ops.values());
    }

    /** The cases that the device or the suite cannot run, by reason. */
    public SortedMap<String, Counts> unsupported() {
        return Collections.unmodifiableSortedMap(unsupported);
    }

    /** Where recorded numbers are known to be wrong, as far as cases met it. */
    public SortedSet<Exemption> exemptions() {
        return Collections.unmodifiableSortedSet(exemptions);
    }

    /** Results that count against the backend. */
    public List<Result> failures() {
        return Collections.unmodifiableList(failures);
    }

    /** As {@code 310 passed, 2 failed, 4 unsupported, 0 vacuous}. */
    public String summary() {
        return counts().toString();
    }

    /** The seconds that each family took, a line each. */
    public String times() {
        return families.entrySet().stream().map(e -> String.format(Locale.ROOT, "%n  %6.2f s %5d cases  %s",
                e.getValue().seconds(), e.getValue().total(), e.getKey())).collect(Collectors.joining());
    }

    /** Each failure with what is wrong and the line that repeats it. */
    public String failureText(Function<Case, String> again) {
        return failures.stream().map(r -> text(r) + "\n  again: " + again.apply(r.subject()))
                .collect(Collectors.joining("\n"));
    }

    /** As {@code FAIL pointwise/relu/f32/207: …}. */
    public static String text(Result r) {
        String name = r.subject().name();
        return switch (r.verdict()) {
            case Verdict.Pass(Verdict.Evidence e) -> "PASS " + name + ": " + e.compared() + " numbers";
            case Verdict.Fail(String what) -> "FAIL " + name + ": " + what;
            case Verdict.Unsupported(String reason) -> "UNSUPPORTED " + name + ": " + reason;
            case Verdict.Vacuous(String reason) -> "VACUOUS " + name + ": " + reason;
        };
    }
}
