package org.chainrule.kernels;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The definitions of {@code functions.c} by name, of which a source gets those that it calls. */
final class Functions {
    private static final Pattern DEFINITION = Pattern.compile("(?ms)^FUNCTION \\w+ (\\w+)\\(.*?^}\n\n?");
    private static final Pattern CALL = Pattern.compile("\\b([a-z]\\w*)\\(");

    /** In the order of the file, in which each calls only those before it. */
    private final Map<String, String> definitions = new LinkedHashMap<>();

    Functions(String text) {
        Matcher m = DEFINITION.matcher(text);
        while (m.find()) definitions.put(m.group(1), m.group().stripTrailing() + "\n\n");
    }

    /** The definitions that {@code text} needs, in order. */
    String calledBy(String text) {
        Set<String> called = new LinkedHashSet<>();
        collect(text, called);
        StringBuilder s = new StringBuilder();
        definitions.forEach((name, definition) -> {
            if (called.contains(name)) s.append(definition);
        });
        return s.toString();
    }

    private void collect(String text, Set<String> called) {
        Matcher m = CALL.matcher(text);
        while (m.find()) {
            String definition = definitions.getOrDefault(m.group(1), "");
            if (!definition.isEmpty() && called.add(m.group(1))) collect(definition, called);
        }
    }
}
