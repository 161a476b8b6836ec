package org.chainrule.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chainrule.kernels.Dump;
import org.chainrule.kernels.Entry;
import org.chainrule.opencl.SuiteProcess.Ended;
import org.chainrule.opencl.SuiteProcess.Guise;
import org.chainrule.opencl.SuiteProcess.Ran;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every device function under oclgrind, which interprets kernels and complains of accesses outside of buffers, of data races, of what is read and was never
 * written, and of calls that the interface refuses. It is a processor and a GPU alike, so what is chosen for either runs.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OclgrindTest {
    private static final List<String> CASES = List.of("structure", "product/matmul/f32/batch-broadcast",
            "movement/permute/f32", "movement/pad/f32/value", "movement/gather/f32", "movement/scatter_add/f32/axis1",
            "reduction/sum/f32/axes0,2", "reduction/argmax/f32/axis1", "reduction/cumsum/f32/axis1", "dtype/matmul/f16",
            "random/normal/f32/fused", "sizes/softmax-last/f32/65", "sizes/normalize/f32/65", "network/log_softmax/f32",
            "planted");

    private List<Ended> cases = List.of();
    private Set<String> compiled = Set.of();

    @BeforeAll
    void run(@TempDir Path sources) throws IOException, InterruptedException {
        Optional<Path> library = library();
        if (library.isEmpty())
            SuiteProcess.missing("there is no oclgrind on the PATH (Debian: apt-get install oclgrind)");
        // its interpreter lacks instructions that optimising makes, and with one thread it tells the same each time
        Map<String, String> checks = Map.of("OCLGRIND_DATA_RACES", "1", "OCLGRIND_UNINITIALIZED", "1",
                "OCLGRIND_CHECK_API", "1", "OCLGRIND_BUILD_OPTIONS", "-cl-opt-disable", "OCLGRIND_NUM_THREADS", "1",
                "OCLGRIND_MAX_ERRORS", "100000");
        Ran ran = SuiteProcess.run(checks, List.of("org.lwjgl.opencl.libname=" + library.orElseThrow(),
                Dump.PROPERTY + "=" + sources), "Oclgrind", List.of(Guise.PROCESSOR, Guise.GPU),
                CASES);
        ran.missing().ifPresent(SuiteProcess::missing);
        assertThat(ran.status()).as(() -> String.join("\n", ran.last())).isZero();
        cases = ran.cases();
        try (Stream<Path> files = Files.list(sources)) {
            compiled = files.map(f -> f.getFileName().toString().replaceAll("-.*", ""))
                    .collect(Collectors.toSet());
        }
    }

    /** Beside the program: its launcher finds it there too. */
    private static Optional<Path> library() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(Path::of)
                .filter(bin -> Files.isExecutable(bin.resolve("oclgrind")))
                .flatMap(bin -> Stream.of("lib/oclgrind", "lib", "lib64/oclgrind", "lib64")
                        .map(lib -> bin.resolveSibling(lib).resolve("liboclgrind-rt.so")))
                .filter(Files::exists).findFirst();
    }

    @Test
    void rightKernelsPassWithoutAComplaint() {
        assertThat(cases).filteredOn(e -> !e.name().contains("planted")).isNotEmpty()
                .filteredOn(e -> !e.verdict().equals("pass") || !e.told().isEmpty()).isEmpty();
    }

    /** A new device function fails this until a case runs it. */
    @Test
    void everyDeviceFunctionIsRun() {
        assertThat(compiled)
                .containsExactlyInAnyOrderElementsOf(Stream.of(Entry.values()).map(Entry::symbol).toList());
    }

    @ParameterizedTest
    @EnumSource
    void aPlantedFaultIsComplainedOf(PlantedCases.Fault fault) {
        String complaint = switch (fault) {
            case NO_END -> "Invalid write";
            case NO_BARRIER -> "data race";
            case NO_FIRST_VALUE -> "Uninitialized value";
            case NO_ARGUMENT -> "CL_INVALID_KERNEL_ARGS";
        };
        assertThat(cases).filteredOn(e -> e.name().endsWith(fault.title())).hasSize(Guise.values().length - 1)
                .allSatisfy(e -> assertThat(String.join("\n", e.told())).contains(complaint));
    }
}
