package org.chainrule.harness;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What became of every case of a run. */
public record ConformanceReport(String backend, String device, Options options, List<Result> results) {
    public ConformanceReport {
        results = List.copyOf(results);
    }

    /** Results whose verdict is of that kind. */
    public List<Result> of(Class<? extends Verdict> kind) {
        return results.stream().filter(r -> kind.isInstance(r.verdict())).toList();
    }

    /** Results that count against the backend. */
    public List<Result> failures() {
        return results.stream().filter(r -> r.verdict().isFailure()).toList();
    }

    public double seconds() {
        return results.stream().mapToDouble(Result::seconds).sum();
    }

    /** Results by family, in the order in which families ran. */
    public Map<String, List<Result>> byFamily() {
        return results.stream().collect(Collectors.groupingBy(r -> r.subject().family(),
                LinkedHashMap::new, Collectors.toList()));
    }

    /** Results by op. */
    public Map<String, List<Result>> byOp() {
        return results.stream()
                .collect(Collectors.groupingBy(r -> r.subject().op(), TreeMap::new, Collectors.toList()));
    }

    /** As {@code 310 passed, 2 failed, 4 unsupported, 0 vacuous}. */
    public String summary() {
        return of(Verdict.Pass.class).size() + " passed, " + of(Verdict.Fail.class).size() + " failed, "
                + of(Verdict.Unsupported.class).size() + " unsupported, " + of(Verdict.Vacuous.class).size()
                + " vacuous";
    }

    /** The seconds that each family took, a line each. */
    public String times() {
        return byFamily().entrySet().stream().map(e -> String.format(Locale.ROOT, "%n  %6.2f s %5d cases  %s",
                e.getValue().stream().mapToDouble(Result::seconds).sum(), e.getValue().size(), e.getKey()))
                .collect(Collectors.joining());
    }

    /** Each failure with what is wrong and the line that repeats it. */
    public String failureText(Function<Case, String> again) {
        return failures().stream().map(r -> text(r) + "\n  again: " + again.apply(r.subject()))
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
