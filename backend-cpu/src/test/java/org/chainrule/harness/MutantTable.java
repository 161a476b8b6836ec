package org.chainrule.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.chainrule.harness.mutants.Mutant;

/** docs/mutants.md: for each mutant a case of each oracle that catches it. */
record MutantTable(Path file, Map<String, Row> rows) {
    /**
     * What catches a mutant.
     *
     * @param tried how many cases of each oracle were tried, as the file says it
     */
    private record Row(Map<Oracle, String> cases, String tried) {
        boolean isExhaustive() {
            return tried.equals(ALL);
        }
    }

    private static final String ALL = "all";
    private static final Pattern ROW = Pattern.compile("- `([^`]+)` \\((\\w+) tried\\): (.*)"),
            CAUGHT = Pattern.compile("(\\w+) `([^`]+)`");

    /** What the file says; nothing where there is none. */
    static MutantTable read() throws IOException {
        Path file = Path.of(System.getProperty("chainrule.root", ".."), "docs", "mutants.md");
        Map<String, Row> rows = new HashMap<>();
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            Matcher row = ROW.matcher(line);
            if (!row.matches()) continue;
            Map<Oracle, String> caught = new EnumMap<>(Oracle.class);
            for (Matcher c = CAUGHT.matcher(row.group(3)); c.find();)
                caught.put(Oracle.valueOf(c.group(1).toUpperCase(java.util.Locale.ROOT)), c.group(2));
            rows.put(row.group(1), new Row(caught, row.group(2)));
        }
        return new MutantTable(file, rows);
    }

    Map<Oracle, String> row(String mutant) {
        Row row = rows.get(mutant);
        return row == null ? Map.of() : row.cases();
    }

    void set(String mutant, Map<Oracle, Result> found, int most) {
        Map<Oracle, String> row = new EnumMap<>(Oracle.class);
        found.forEach((o, r) -> row.put(o, r.subject().name()));
        rows.put(mutant, new Row(row, most == Integer.MAX_VALUE ? ALL : Integer.toString(most)));
    }

    /** The mutants that one oracle alone catches. */
    Map<Oracle, List<String>> alone() {
        Map<Oracle, List<String>> alone = new EnumMap<>(Oracle.class);
        rows.forEach((mutant, row) -> {
            if (row.isExhaustive() && row.cases().size() == 1)
                alone.computeIfAbsent(row.cases().keySet().iterator().next(), _ -> new ArrayList<>()).add(mutant);
        });
        alone.values().forEach(l -> l.sort(null));
        return alone;
    }

    void write(List<Mutant> all) throws IOException {
        Files.writeString(file, text(all.stream().map(Mutant::name).filter(rows::containsKey).toList(), all.size()));
    }

    private String text(List<String> names, int mutants) {
        return """
                # Mutants

                %d of %d devices and ops that are wrong on purpose
                ([`mutants`](../test-harness/src/main/java/org/chainrule/harness/mutants)), each caught by a case of the
                conformance suite. A run writes this file:

                ```sh
                mvn test -pl backend-cpu -am -Dtest=MutantsTest -Dsurefire.failIfNoSpecifiedTests=false -Dchainrule.mutants='.*'
                ```

                The property is a regular expression: rows of other mutants stay. `-Dchainrule.mutants.most=12` tries no more than 12
                cases of each oracle, which takes seconds for each mutant instead of minutes; its rows say so. The ordinary tests (`MutantsTest`) run the cases
                named here and hold that each fails. Faults of a device are put into `cpu`, those of an op's declaration into
                `reference`, where gradients can be held against finite differences.

                ## What one oracle alone catches

                Without the oracle these live: all cases of all others were tried.

                | oracle | its judge | caught by it alone |
                |---|---|---|
                %s

                ## What other harnesses let through

                | fault | why it passes elsewhere | mutant |
                |---|---|---|
                | the gradient of relu, times seven | an expected gradient from the same rule | `relu-gradient-times-seven` |
                | the gradient of softmax is zero | with a cotangent of ones it is zero; here cotangents are random | `softmax-gradient-zero` |
                | results that are NaN | `abs(a - b) > tolerance` is false for NaN; here comparisons ask for what is right | `erf-not-a-number`, `residual-gradient-not-a-number` |
                | off by a little | a tolerance that is chosen; here bounds are derived for each element | `exp-of-slightly-more`, `quotient-by-reciprocal` |

                ## Mutants and oracles

                A dot where a case of the oracle fails, among those that were tried.

                %s

                ## The cases

                %s
                """
                .formatted(names.size(), mutants, aloneText(), matrix(names),
                        names.stream()
                                .map(n -> "- `" + n + "` (" + rows.get(n).tried() + " tried): "
                                        + row(n).entrySet().stream()
                                                .map(e -> word(e.getKey()) + " `" + e.getValue() + "`")
                                                .collect(Collectors.joining(", ")))
                                .collect(Collectors.joining("\n")));
    }

    private String aloneText() {
        return alone().entrySet().stream().map(e -> "| " + word(e.getKey()) + " | " + e.getKey().description() + " | "
                + e.getValue().stream().map(m -> "`" + m + "`").collect(Collectors.joining(", ")) + " |")
                .collect(Collectors.joining("\n"));
    }

    private String matrix(List<String> names) {
        String head = Arrays.stream(Oracle.values()).map(MutantTable::word).collect(Collectors.joining(" | "));
        return "| mutant | " + head + " |\n|---" + "|:-:".repeat(Oracle.values().length) + "|\n"
                + names.stream().map(n -> "| `" + n + "` | " + Arrays.stream(Oracle.values())
                        .map(o -> row(n).containsKey(o) ? "•" : "").collect(Collectors.joining(" | ")) + " |")
                        .collect(Collectors.joining("\n"));
    }

    private static String word(Oracle o) {
        return o.name().toLowerCase(java.util.Locale.ROOT);
    }
}
