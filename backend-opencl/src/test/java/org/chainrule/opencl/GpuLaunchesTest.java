package org.chainrule.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.chainrule.harness.Conformance;
import org.chainrule.harness.ConformanceReport;
import org.chainrule.harness.Options;
import org.chainrule.harness.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is launched on a GPU, groups that work together instead of items alone, is right wherever it runs. */
class GpuLaunchesTest {
    @ParameterizedTest
    @ValueSource(strings = {"product", "network/softmax", "network/log_softmax", "network/layer_norm", "reduction/sum",
        "reduction/max", "sizes/matmul-k", "sizes/softmax-last", "sizes/sum-all"})
    void theSuitePasses(String cases) {
        OpenCl.require();
        Options options = new Options(Options.SEED, cases, "", Optional.empty(), Optional.empty(), 0);
        try (Target target = Target.of("opencl",
                () -> new OpenClDevice(ClHardware.all().getFirst().launchedAs(ClHardware.Kind.GPU, 32),
                        Optional.empty()))) {
            Conformance suite = Conformance.of(target, options);
            suite.requireCases();
            ConformanceReport report = suite.run(_ -> {
            });
            assertThat(report.counts().total()).isPositive();
            assertThat(report.failures()).extracting(ConformanceReport::text).isEmpty();
        }
    }
}
