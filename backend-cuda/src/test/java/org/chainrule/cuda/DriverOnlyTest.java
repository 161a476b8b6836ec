package org.chainrule.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.chainrule.cuda.CudaBackend.Libraries;
import org.chainrule.harness.Conformance;
import org.chainrule.harness.ConformanceReport;
import org.chainrule.harness.Family;
import org.chainrule.harness.Options;
import org.chainrule.harness.Target;
import org.chainrule.harness.cases.Families;
import org.chainrule.harness.cases.StructureCases;
import org.chainrule.harness.cuda.Configuration;
import org.chainrule.harness.cuda.Emulator;
import org.chainrule.harness.cuda.Failure;
import org.chainrule.kernels.Dialect;
import org.chainrule.kernels.Source;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The suite on CUDA (emulated) with the driver alone: by the kernels that the jar carries. */
@ExtendWith(Emulated.class)
class DriverOnlyTest {
    private static final int TOGETHER = 16;
    private static final CudaBackend WITHOUT_NVRTC = new CudaBackend(Optional.of(
            new Libraries(List.of("libcuda.so.1"), List.of("libNoSuchNvrtc.so.12"), List.of("libNoSuchCublas.so.12"))));

    /** Tells the emulator, which cannot read PTX, what each module was compiled from: from several sources at once, for starting a compiler takes longer than a function. */
    static void explain(Emulator emulator) {
        // memory that a block shares is looked at as a whole, so functions that have it stay alone
        Map<Boolean, List<Source>> shares =
                FixedFunctions.all().stream().collect(Collectors.partitioningBy(s -> s.text().contains("LOCAL ")));
        shares.forEach((shared, all) -> {
            int size = shared ? 1 : TOGETHER;
            for (int i = 0; i < all.size(); i += size)
                explain(emulator, all.subList(i, Math.min(all.size(), i + size)));
        });
    }

    private static void explain(Emulator emulator, List<Source> sources) {
        List<Source> named = IntStream.range(0, sources.size())
                .mapToObj(i -> sources.get(i).named(sources.get(i).entry() + "_" + i)).toList();
        String unit = Dialect.CUDA.complete(named, true);
        for (int i = 0; i < named.size(); i++) {
            String kernel = named.get(i).entry();
            ShippedTest.module(sources.get(i)).ifPresent(ptx -> emulator.standIn(ptx, kernel, unit, "sm_75"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"structure", "pointwise", "reduction/sum", "reduction/var", "reduction/argmax",
        "reduction/cumsum", "product/matmul", "movement", "random", "dtype", "special", "storage", "network", "graphs",
        "training/classification"})
    void theSuitePassesWithoutACallOfTheCompiler(String cases) {
        Emulator emulator = Emulated.load(Configuration.DEFAULT);
        emulator.fail(Failure.noCublasHandle());
        explain(emulator);
        Options given = Options.ofProperties();
        Options options = new Options(Options.SEED, cases, "", given.golden(), given.onnx(), given.graphs());
        List<Family> families = new ArrayList<>(List.of(new StructureCases()));
        families.addAll(Families.all(options));
        try (Target target = Target.of("cuda", () -> WITHOUT_NVRTC.open(0))) {
            Conformance suite = Conformance.of(target, options, families);
            suite.requireCases();
            ConformanceReport report = suite.run(_ -> {
            });
            assertThat(report.failures()).extracting(ConformanceReport::text).isEmpty();
        }
        assertThat(emulator.counters().compilations() + emulator.counters().products()).isZero();
    }
}
