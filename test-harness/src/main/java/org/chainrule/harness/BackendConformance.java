package org.chainrule.harness;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chainrule.BackendUnavailableException;
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
 * A family of cases is a container and each of its ops a test. Where the backend cannot be had all is skipped, with its reason.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendConformance {
    private static final System.Logger LOG = System.getLogger(BackendConformance.class.getName());

    private final String backend;
    private final List<Result> results = new ArrayList<>();
    private Optional<Conformance> opened = Optional.empty();

    /** @param backend as {@code -Dchainrule.backend} takes it: {@code cpu}, {@code opencl:1} */
    protected BackendConformance(String backend) {
        this.backend = backend;
    }

    /** The suite as tests. */
    @TestFactory
    final Stream<DynamicNode> conformance() {
        Options options = Options.ofProperties();
        try {
            opened = Optional.of(Conformance.of(Target.of(backend), options));
        } catch (BackendUnavailableException e) {
            Assumptions.abort(backend + " cannot be had here: " + e.getMessage());
        }
        return suite().families().stream().map(this::tests);
    }

    private Conformance suite() {
        return opened.orElseThrow();
    }

    private DynamicNode tests(Family f) {
        Map<String, List<Case>> byOp =
                suite().cases(f).collect(Collectors.groupingBy(Case::op, LinkedHashMap::new, Collectors.toList()));
        return DynamicContainer.dynamicContainer(f.name(), byOp.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> run(e.getValue()))));
    }

    private void run(List<Case> cases) {
        List<Result> ended = cases.stream().map(suite()::run).toList();
        results.addAll(ended);
        ConformanceReport report = report(ended);
        if (!report.failures().isEmpty()) fail(report.summary() + "\n" + report.failureText(this::again));
        List<Result> not = report.of(Verdict.Unsupported.class);
        if (not.size() == cases.size()) Assumptions.abort(ConformanceReport.text(not.getFirst())
                + (not.size() > 1 ? ", and " + (not.size() - 1) + " more" : ""));
    }

    private ConformanceReport report(List<Result> of) {
        return new ConformanceReport(suite().target().backend(), suite().target().device().name(), suite().options(),
                of);
    }

    private String again(Case c) {
        return "mvn test -Dtest=" + getClass().getSimpleName() + " -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dchainrule.conformance.case=" + c.name() + " -Dchainrule.conformance.seed="
                + suite().options().seed();
    }

    /** Says what ran, and lets the device go. */
    @AfterAll
    final void conclude() {
        if (opened.isEmpty()) return;
        ConformanceReport report = report(results);
        LOG.log(System.Logger.Level.INFO, () -> "conformance of " + report.backend() + " on " + report.device()
                + ": " + report.summary() + ", seed " + report.options().seed() + report.times());
        suite().target().close();
    }
}
