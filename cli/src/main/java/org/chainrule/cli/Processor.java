package org.chainrule.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The processor of the machine. */
public final class Processor {
    /** Flags of /proc/cpuinfo that matter for speed, and their names. */
    private static final Map<String, String> INSTRUCTIONS =
            Map.of("avx512f", "AVX-512", "avx2", "AVX2", "fma", "FMA", "asimd", "NEON", "sve", "SVE");

    private Processor() {}

    /** Model and instruction sets, where the system tells them in a file, and how many cores this process has. */
    public static String description() {
        int cores = Runtime.getRuntime().availableProcessors();
        return model() + ", " + cores + (cores == 1 ? " core" : " cores") + " for this process";
    }

    private static String model() {
        List<String> lines;
        try {
            lines = Files.readAllLines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return System.getProperty("os.arch", "unknown");
        }
        List<String> parts = new ArrayList<>();
        parts.add(field(lines, "model name", System.getProperty("os.arch", "unknown")));
        Set<String> flags =
                new HashSet<>(Arrays.asList(field(lines, "flags", field(lines, "features", "")).split(" ")));
        INSTRUCTIONS.keySet().stream().sorted().filter(flags::contains).map(INSTRUCTIONS::get).forEach(parts::add);
        return String.join(", ", parts);
    }

    private static String field(List<String> lines, String name, String otherwise) {
        return lines.stream().filter(l -> l.toLowerCase(Locale.ROOT).startsWith(name) && l.contains(":")).findFirst()
                .map(l -> l.substring(l.indexOf(':') + 1).strip()).orElse(otherwise);
    }
}
