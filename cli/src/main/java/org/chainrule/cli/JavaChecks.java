package org.chainrule.cli;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.chainrule.spi.NativeLibrary;

/** What the machine and the Java virtual machine have. */
final class JavaChecks {
    private static final String LAUNCHER = ", or use ./chainrule, which passes it";
    private static final long MEBIBYTE = 1 << 20, SMALL_HEAP = 512 * MEBIBYTE;

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
        return Check.ok("processor", Processor.description());
    }
}
