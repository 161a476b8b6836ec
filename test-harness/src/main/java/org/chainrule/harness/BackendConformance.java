package org.chainrule.harness;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chainrule.BackendUnavailableException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.harness.report.AccuracyLedger;
import org.chainrule.harness.report.Reports;
import org.chainrule.io.AtomicFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The conformance suite as JUnit tests: a backend's test module extends this class, names the backend, and gains everything.
 *
 * <pre>{@code
 * class CpuConformanceTest extends BackendConformance {
 *     CpuConformanceTest() {
 *         super("cpu");
 *     }
 * }
 * }</pre>
 *
 * A family of cases is a container and each of its ops a test. Where the backend cannot be had all is skipped, with its reason; where
 * the environment variable {@code CI} is {@code true} that is a failure.
 * What ran is written to {@code target/conformance/}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendConformance {
    private static final System.Logger LOG = System.getLogger(BackendConformance.class.getName());

    private final String backend, part;
    private final Predicate<String> families;
    private Optional<Running> running = Optional.empty();

    private record Running(Conformance suite, ConformanceReport report) {}

    /** @param backend as {@code -Dchainrule.backend} takes it: {@code cpu}, {@code opencl:1} */
    protected BackendConformance(String backend) {
        this(backend, backend, _ -> true);
    }

    /**
     * A part of the suite, so that a slow backend's parts may run beside each other in processes of their own.
     *
     * @param backend  as above
     * @param part     what the folder of its report is called
     * @param families the names of the families that it runs
     */
    protected BackendConformance(String backend, String part, Predicate<String> families) {
        this.backend = backend;
        this.part = part;
        this.families = families;
    }

    /**
     * The resource that holds the {@linkplain AccuracyLedger ledger} of this backend's worst errors, as {@code /conformance/cpu.ulps};
     * a whole run with the usual seed is held to it. None by default.
     */
    protected Optional<String> ledger() {
        return Optional.empty();
    }

    /** Whether a case of those families is to run: all by default. What is left out is neither counted nor reported. */
    protected boolean includes(Case c) {
        return true;
    }

    /** The suite as tests. */
    @TestFactory
    final Stream<DynamicNode> conformance() {
        Options options = Options.ofProperties();
        try {
            Conformance suite = Conformance.of(Target.of(backend), options);
            requireCases(suite);
            running = Optional.of(new Running(suite, suite.report()));
        } catch (BackendUnavailableException e) {
            String missing = backend + " cannot be had here: " + e.getMessage();
            // where everything is installed, what is missing is a mistake
            if ("true".equals(System.getenv("CI"))) fail(missing);
            Assumptions.abort(missing);
        }
        Stream<DynamicNode> accuracy = ledger().filter(_ -> options.isWhole()).stream()
                .map(resource -> DynamicTest.dynamicTest("ledger of accuracy", () -> holdTo(resource)));
        return Stream.concat(
                suite().families().stream().filter(f -> families.test(f.name())).map(this::tests), accuracy);
    }

    private static void requireCases(Conformance suite) {
        try {
            suite.requireCases();
        } catch (InvalidArgumentException e) {
            suite.target().close();
            throw e;
        }
    }

    private Conformance suite() {
        return running.orElseThrow().suite;
    }

    private ConformanceReport report() {
        return running.orElseThrow().report;
    }

    private void holdTo(String resource) throws IOException {
        AccuracyLedger measured = AccuracyLedger.of(report());
        Path source = Path.of("src", "test", "resources", resource.substring(1));
        if (System.getProperty("chainrule.conformance.ledger", "").equals("write")) {
            Files.createDirectories(source.toAbsolutePath().getParent());
            AtomicFile.writeText(source, measured.text());
            return;
        }
        try (InputStream in = getClass().getResourceAsStream(resource)) {
            String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<String> differences = AccuracyLedger.parse(source.toString(), text).differences(measured);
            if (!differences.isEmpty()) fail(source + " does not hold:\n" + String.join("\n", differences)
                    + "\nWhere this is meant, renew it: " + command() + " -Dchainrule.conformance.ledger=write");
        }
    }

    private DynamicNode tests(Family f) {
        Map<String, List<Case>> byOp =
                suite().cases(f).filter(this::includes)
                        .collect(Collectors.groupingBy(Case::op, LinkedHashMap::new, Collectors.toList()));
        return DynamicContainer.dynamicContainer(f.name(), byOp.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> run(e.getValue()))));
    }

    private void run(List<Case> cases) {
        ConformanceReport ended = suite().report(cases.stream().map(suite()::run).peek(report()::add).toList());
        if (!ended.failures().isEmpty()) fail(ended.summary() + "\n" + ended.failureText(this::again));
        if (ended.counts().unsupported() == cases.size())
            Assumptions.abort("UNSUPPORTED: " + String.join("; ", ended.unsupported().keySet()));
    }

    private String command() {
        return "mvn test -Dtest=" + getClass().getSimpleName() + " -Dsurefire.failIfNoSpecifiedTests=false";
    }

    private String again(Case c) {
        return command() + suite().options().properties(c);
    }

    /** Says what ran, here and in {@code target/conformance/}, and lets the device go. */
    @AfterAll
    final void conclude() {
        if (running.isEmpty()) return;
        ConformanceReport report = report();
        List<Path> files = Reports.write(report, Path.of("target", "conformance", part), this::again);
        LOG.log(System.Logger.Level.INFO, () -> "conformance of " + report.backend() + " on " + report.device()
                + ": " + report.summary() + ", seed " + report.options().seed() + report.times() + "\n  " + files);
        suite().target().close();
    }
}
