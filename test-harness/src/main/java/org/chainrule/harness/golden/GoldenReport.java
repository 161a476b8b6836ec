package org.chainrule.harness.golden;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.chainrule.harness.golden.GoldenSuite.Outcome;

/** What became of a set of recorded cases: none is left out. */
public record GoldenReport(List<Outcome> outcomes) {
    public List<Outcome.Passed> passed() {
        return of(Outcome.Passed.class);
    }

    public List<Outcome.Failed> failed() {
        return of(Outcome.Failed.class);
    }

    public List<Outcome.NotRun> notRun() {
        return of(Outcome.NotRun.class);
    }

    private <T extends Outcome> List<T> of(Class<T> kind) {
        return outcomes.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The report of each group. */
    public Map<String, GoldenReport> byGroup() {
        return outcomes.stream().collect(Collectors.groupingBy(o -> o.golden().group(), TreeMap::new,
                Collectors.collectingAndThen(Collectors.toList(), GoldenReport::new)));
    }

    /** As {@code golden: 12 executed, 11 passed, 1 failed, 3 not run (no op 'conv2d': 3)}. */
    public String summary() {
        Map<String, Long> reasons = notRun().stream()
                .collect(Collectors.groupingBy(Outcome.NotRun::reason, TreeMap::new, Collectors.counting()));
        String why = reasons.isEmpty() ? "" : reasons.entrySet().stream().map(e -> e.getKey() + ": " + e.getValue())
                .collect(Collectors.joining("; ", " (", ")"));
        return "golden: " + (passed().size() + failed().size()) + " executed, " + passed().size() + " passed, "
                + failed().size() + " failed, " + notRun().size() + " not run" + why;
    }

    /** The exceptions that executed cases fall under, a line each: cases, tensors and reason. */
    public String deviations() {
        return GoldenDeviation.ALL.stream()
                .filter(d -> outcomes.stream().anyMatch(o -> !(o instanceof Outcome.NotRun) && d.concerns(o.golden())))
                .map(d -> "\n  exception " + d.cases() + "* " + d.quantity() + ": " + d.reason())
                .collect(Collectors.joining());
    }

    /** Each failed case with what differs: expected, got, bound and index. */
    public String failures() {
        return failed().stream().map(f -> f.golden() + "\n    " + String.join("\n    ", f.differences()))
                .collect(Collectors.joining("\n"));
    }
}
