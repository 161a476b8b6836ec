package org.chainrule.opencl;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chainrule.harness.Case;
import org.chainrule.harness.Conformance;
import org.chainrule.harness.Family;
import org.chainrule.harness.Options;
import org.chainrule.harness.Target;
import org.chainrule.harness.Verdict;
import org.chainrule.harness.cases.Families;
import org.chainrule.harness.cases.StructureCases;
import org.junit.jupiter.api.Assumptions;

/**
 * Parts of the suite in a virtual machine of its own: drivers read their environment when they are loaded, and one that crashes takes no other test along.
 * A case's name is written before it runs and its verdict after it, so whatever a driver writes between is about that case.
 */
final class SuiteProcess {
    private static final String CASE = "case ", VERDICT = "verdict ", MISSING = "missing ";

    private SuiteProcess() {}

    /** How a device presents itself to what chooses kernels, with few compute units so that small shapes get every kernel. */
    enum Guise {
        /** As its driver describes it. */
        OWN, PROCESSOR, GPU;

        ClHardware of(ClHardware h) {
            return switch (this) {
                case OWN -> h;
                case PROCESSOR -> h.launchedAs(ClHardware.Kind.CPU, 2);
                case GPU -> h.launchedAs(ClHardware.Kind.GPU, 2);
            };
        }
    }

    /**
     * What became of a case.
     *
     * @param told what was wrong, or why it could not run, and what the driver wrote
     */
    record Ended(String name, String verdict, List<String> told) {
        @Override
        public String toString() {
            return name + ": " + verdict + told.stream().map(l -> "\n    " + l).collect(Collectors.joining());
        }
    }

    /**
     * What a process told.
     *
     * @param missing why there was nothing to run on; empty where there was
     */
    record Ran(int status, Optional<String> missing, List<Ended> cases, List<String> last) {}

    /** Skips what needs a driver that is not installed, in CI fails. */
    static void missing(String reason) {
        if ("true".equals(System.getenv("CI"))) throw new AssertionError(reason);
        Assumptions.abort(reason);
    }

    /** Runs the cases of those names, or below them, on the first device whose name has {@code device} in it. */
    static Ran run(Map<String, String> environment, List<String> properties, String device, List<Guise> guises,
            List<String> names) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(
                List.of(device, guises.stream().map(Guise::name).collect(Collectors.joining(","))));
        arguments.addAll(names);
        Process process = start(SuiteProcess.class, environment, properties, arguments);
        try (BufferedReader lines = process.inputReader()) {
            return read(lines.lines().toList(), process.waitFor());
        } finally {
            process.destroyForcibly();
        }
    }

    /** A virtual machine in which {@code main} runs, with standard error in standard output. */
    static Process start(Class<?> main, Map<String, String> environment, List<String> properties,
            List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        command.add("-Dchainrule.cache=off");
        properties.forEach(p -> command.add("-D" + p));
        command.add(main.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("CHAINRULE_BACKEND", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Ran read(List<String> lines, int status) {
        Optional<String> missing = Optional.empty();
        List<Ended> cases = new ArrayList<>();
        List<String> told = new ArrayList<>();
        String name = "", verdict = "";
        for (String line : Stream.concat(lines.stream(), Stream.of(CASE)).toList()) {
            if (line.startsWith(MISSING)) missing = Optional.of(line.substring(MISSING.length()));
            else if (line.startsWith(VERDICT)) verdict = line.substring(VERDICT.length());
            else if (!line.startsWith(CASE)) {
                if (!line.isBlank()) told.add(line);
            } else {
                if (!name.isEmpty()) cases.add(new Ended(name, verdict, List.copyOf(told)));
                name = line.substring(CASE.length());
                verdict = "the process ended in it";
                told.clear();
            }
        }
        return new Ran(status, missing, cases, lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    /** Arguments: a part of the device's name, guises with commas between, names of cases. */
    @SuppressWarnings("SystemOut") // it is read by the test that started this process
    public static void main(String[] args) {
        switch (new OpenClBackend().probe()) {
            case org.chainrule.spi.Backend.Availability.Missing(String reason, String _) ->
                    System.out.println(MISSING + reason);
            case org.chainrule.spi.Backend.Availability.Ready _ -> {
                Optional<ClHardware> found =
                        ClHardware.all().stream().filter(h -> h.name().contains(args[0])).findFirst();
                if (found.isEmpty()) System.out.println(MISSING + "no device is called " + args[0]);
                else for (String guise : args[1].split(","))
                    run(Guise.valueOf(guise), found.get(), Arrays.asList(args).subList(2, args.length));
            }
        }
    }

    private static void run(Guise guise, ClHardware found, List<String> names) {
        ClHardware hardware = guise.of(found);
        List<Family> families = new ArrayList<>(List.of(new StructureCases(), new PlantedCases(hardware)));
        families.addAll(Families.all(new Options(Options.SEED, "", "", Optional.empty(), Optional.empty(), 0)));
        for (String name : names) {
            Options options = new Options(Options.SEED, name, "", Optional.empty(), Optional.empty(), 0);
            try (Target target = Target.of("opencl", () -> new OpenClDevice(hardware, Optional.empty()))) {
                Conformance suite = Conformance.of(target, options, families);
                suite.requireCases();
                suite.families().forEach(f -> suite.cases(f).forEach(c -> {
                    // on a device of its own: none finds memory that another has written
                    try (Target own = Target.of("opencl", () -> new OpenClDevice(hardware, Optional.empty()))) {
                        run(guise, Conformance.of(own, options, families), c);
                    }
                }));
            }
        }
    }

    @SuppressWarnings("SystemOut")
    private static void run(Guise guise, Conformance suite, Case c) {
        System.out.println(CASE + guise.name().toLowerCase(java.util.Locale.ROOT) + " " + c.name());
        switch (suite.run(c).verdict()) {
            case Verdict.Pass _ -> System.out.println(VERDICT + "pass");
            case Verdict.Fail(String what) -> System.out.println(VERDICT + "fail\n" + what);
            case Verdict.Vacuous(String reason) -> System.out.println(VERDICT + "vacuous\n" + reason);
            case Verdict.Unsupported(String reason) -> System.out.println(VERDICT + "unsupported\n" + reason);
        }
    }
}
