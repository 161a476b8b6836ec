package org.chainrule.harness.golden;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chainrule.Session;
import org.junit.jupiter.api.DynamicTest;

/** The recorded cases as tests of one backend: one test for each group of cases. */
public final class GoldenTests {
    private static final System.Logger LOG = System.getLogger(GoldenTests.class.getName());

    private GoldenTests() {}

    /** The folder of the recorded cases: the property {@code chainrule.golden}, else {@code data/golden} under {@code chainrule.shared}. */
    public static Path folder() {
        String folder = System.getProperty("chainrule.golden", "");
        return folder.isBlank() ? Path.of(System.getProperty("chainrule.shared", "shared"), "data", "golden")
                : Path.of(folder);
    }

    /**
     * Tests of {@code backend}, in float64 where it is {@code reference} and in float32 elsewhere; one skipped test where
     * there are no cases.
     */
    public static Stream<DynamicTest> of(String backend) {
        Path folder = folder();
        if (!Files.isDirectory(folder)) {
            return Stream.of(DynamicTest.dynamicTest(backend,
                    () -> abort("no recorded cases: " + folder + " is not a folder; name one by -Dchainrule.golden")));
        }
        Map<String, List<Path>> groups = GoldenCase.find(folder).stream()
                .collect(Collectors.groupingBy(GoldenCase::group, TreeMap::new, Collectors.toList()));
        return groups.entrySet().stream().map(g -> DynamicTest.dynamicTest(backend + " " + g.getKey(),
                () -> test(backend, g.getKey(), g.getValue())));
    }

    private static void test(String backend, String group, List<Path> files) {
        try (Session session = Session.open(backend)) {
            GoldenReport report =
                    (backend.equals("reference") ? GoldenSuite.ofReference(session) : GoldenSuite.of(session))
                            .run(files);
            LOG.log(System.Logger.Level.INFO,
                    () -> backend + " " + group + ": " + report.summary() + report.deviations());
            assertTrue(report.failed().isEmpty(), () -> backend + ": " + report.summary() + "\n" + report.failures()
                    + "\nagain: -Dtest=GoldenTest -Dchainrule.golden=" + folder() + "/" + group);
        }
    }
}
