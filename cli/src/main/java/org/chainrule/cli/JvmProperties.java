package org.chainrule.cli;

import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import org.chainrule.Backends;
import org.chainrule.harness.Suggestion;

/** The properties by which {@code -D} sets the program, checked so that none misspelt is ignored. */
final class JvmProperties {
    private static final String PREFIX = "chainrule.";

    /** A property's values, and what is expected in their place. */
    private record Values(Predicate<String> known, String expected) {}

    private static final Values TRUE_OR_FALSE =
            new Values(v -> v.equals("true") || v.equals("false"), "true or false");
    private static final Map<String, Values> KNOWN = Map.of(
            PREFIX + "backend", new Values(_ -> true, "a backend or " + Backends.AUTO),
            PREFIX + "threads", new Values(v -> v.matches("0*[1-9][0-9]{0,3}"), "a number of threads from 1 to 9999"),
            PREFIX + "check", new Values(v -> v.equals("nan") || v.isEmpty(), "nan"),
            PREFIX + "trace", new Values(v -> !v.isBlank(), "a file"),
            PREFIX + "dump", new Values(v -> !v.isBlank(), "a folder"),
            PREFIX + "cache", new Values(v -> !v.isBlank(), "a folder, or off"),
            PREFIX + "tf32", TRUE_OR_FALSE, PREFIX + "stacktrace", TRUE_OR_FALSE);

    private JvmProperties() {}

    /** @throws UsageException naming the first property of the program that there is not, or whose value says nothing */
    static void check(Properties properties) {
        for (String name : properties.stringPropertyNames().stream().sorted().toList()) {
            if (!name.startsWith(PREFIX)) continue;
            Values values = KNOWN.get(name);
            if (values == null) throw new UsageException("there is no property -D" + name
                    + Suggestion.of(name, KNOWN.keySet().stream().sorted().toList()));
            String value = properties.getProperty(name, "");
            if (!values.known.test(value)) throw new UsageException(
                    "-D" + name + "=" + value + ": expected " + values.expected);
        }
    }
}
