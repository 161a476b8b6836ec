package org.chainrule.cuda;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The PTX of many kernels as a module for each, with the functions and tables that it uses. */
final class PtxModules {
    /** For drivers of CUDA 12.0, and long before: nothing is used that came later. nvcc states its own version. */
    private static final String VERSION = ".version 7.0";
    private static final Pattern ENTRY = Pattern.compile("\\.entry (\\w+)\\(");
    private static final Pattern OTHER = Pattern.compile("\\.func.*?\\) (\\w+)|\\.func (\\w+)|\\.b\\d+ (\\w+)\\[");

    private final String header;
    private final Map<String, String> kernels = new LinkedHashMap<>();
    /** Declarations, and definitions behind them, by name. */
    private final Map<String, String> others = new LinkedHashMap<>();

    PtxModules(String ptx) {
        List<String> lines = ptx.lines().filter(l -> !l.stripLeading().startsWith("//")).toList();
        header = lines.stream().filter(l -> l.startsWith(".target") || l.startsWith(".address_size"))
                .collect(Collectors.joining("\n", VERSION + "\n", "\n"));
        List<String> item = new ArrayList<>();
        boolean hasBody = false;
        for (String line : lines) {
            if (line.matches("\\.(version|target|address_size).*") || line.isBlank() && item.isEmpty()) continue;
            item.add(line);
            hasBody |= line.equals("{");
            if (hasBody ? !line.equals("}") : !line.endsWith(";")) continue;
            add(String.join("\n", item) + "\n");
            item.clear();
            hasBody = false;
        }
        if (!item.isEmpty()) throw new IllegalStateException("PTX that ends within " + item.getFirst());
    }

    /** One module of all of {@code modules}, each of one kernel, which end in their numbers here. */
    static String joined(List<String> modules) {
        PtxModules all = new PtxModules("");
        String header = "";
        for (int i = 0; i < modules.size(); i++) {
            PtxModules one = new PtxModules(modules.get(i));
            header = one.header;
            one.others.forEach((name, text) -> {
                String old = all.others.putIfAbsent(name, text);
                if (old != null && !old.equals(text))
                    throw new IllegalStateException(name + " is " + old + " and " + text);
            });
            for (Map.Entry<String, String> k : one.kernels.entrySet()) {
                String name = k.getKey().replaceFirst("\\d+$", "") + i;
                all.kernels.put(name, renamed(k.getKey(), name, k.getValue()));
            }
        }
        return header + all.preceding(all.others.keySet()) + String.join("", all.kernels.values());
    }

    private void add(String item) {
        Matcher entry = ENTRY.matcher(item), other = OTHER.matcher(item);
        if (entry.find()) kernels.put(entry.group(1), item);
        else if (other.find()) others.merge(name(other), item, String::concat);
        else throw new IllegalStateException("PTX of an unknown kind: " + item);
    }

    private static String name(Matcher m) {
        for (int i = 1; i < m.groupCount(); i++) if (m.group(i) != null) return m.group(i);
        return m.group(m.groupCount());
    }

    /** The module of {@code kernel}, which is called {@code name} in it. */
    String module(String kernel, String name) {
        String text = Optional.ofNullable(kernels.get(kernel)).orElseThrow();
        Set<String> used = new LinkedHashSet<>();
        collect(text, used);
        return header + preceding(used) + renamed(kernel, name, text);
    }

    private static String renamed(String kernel, String name, String text) {
        return Pattern.compile("\\b" + kernel + "(?=\\b|_param)").matcher(text).replaceAll(name);
    }

    /** Those of the others, tables before the functions that read them. */
    private String preceding(Set<String> used) {
        return others.keySet().stream().filter(used::contains).map(others::get)
                .sorted(Comparator.comparing(o -> o.startsWith(".func"))).collect(Collectors.joining());
    }

    private void collect(String text, Set<String> used) {
        others.forEach((name, other) -> {
            if (Pattern.compile("\\b" + name + "\\b").matcher(text).find() && used.add(name)) collect(other, used);
        });
    }
}
