package org.chainrule.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
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
import org.chainrule.spi.NativeLibrary;

/** What the machine and the Java virtual machine have. */
final class JavaChecks {
    private static final String LAUNCHER = ", or use ./chainrule, which passes it";
    private static final long MEBIBYTE = 1 << 20, SMALL_HEAP = 512 * MEBIBYTE;
    /** Flags of /proc/cpuinfo that matter for speed, and their names. */
    private static final Map<String, String> INSTRUCTIONS =
            Map.of("avx512f", "AVX-512", "avx2", "AVX2", "fma", "FMA", "asimd", "NEON", "sve", "SVE");

    private JavaChecks() {}

    static List<Check> all() {
        return List.of(java(), vectors(), nativeAccess(), heap(), threads(), processor());
    }

    private static Check java() {
        return Check.ok("Java", Runtime.version() + ", " + System.getProperty("java.vendor") + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    }

    private static Check vectors() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? Check.ok("Vector API", "jdk.incubator.vector is loaded")
                : Check.warn("Vector API",
                        "jdk.incubator.vector is not loaded: the cpu backend computes the same, several times slower",
                        "run java --add-modules jdk.incubator.vector …" + LAUNCHER);
    }

    private static Check nativeAccess() {
        return NativeLibrary.isAccessEnabled()
                ? Check.ok("native access", "enabled")
                : Check.warn("native access", "not enabled: GPU backends cannot load their libraries",
                        "run java --enable-native-access=ALL-UNNAMED …" + LAUNCHER);
    }

    private static Check heap() {
        long most = Runtime.getRuntime().maxMemory();
        String detail = most / MEBIBYTE + " MiB at most";
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system)
            detail += " of " + system.getTotalMemorySize() / MEBIBYTE + " MiB in the machine";
        return most < SMALL_HEAP
                ? Check.warn("memory", detail, "give Java more for larger networks: ./chainrule -Xmx4g …")
                : Check.ok("memory", detail);
    }

    private static Check threads() {
        int processors = Runtime.getRuntime().availableProcessors();
        String property = System.getProperty("chainrule.threads", "");
        if (property.isEmpty())
            return Check.ok("threads", processors + ", one per processor; -Dchainrule.threads=N sets another number");
        int threads = Integer.parseInt(property);
        return threads > processors
                ? Check.warn("threads", threads + " (-Dchainrule.threads), more than the " + processors + " processors",
                        "set -Dchainrule.threads=" + processors)
                : Check.ok("threads", threads + " (-Dchainrule.threads) on " + processors + " processors");
    }

    private static Check processor() {
        int cores = Runtime.getRuntime().availableProcessors();
        return Check.ok("processor",
                cpuInfo() + ", " + cores + (cores == 1 ? " core" : " cores") + " for this process");
    }

    /** Model and instruction sets, where the system tells them in a file. */
    private static String cpuInfo() {
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
