package org.chainrule.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.chainrule.opencl.SuiteProcess.Guise;
import org.chainrule.opencl.SuiteProcess.Ran;
import org.junit.jupiter.api.Test;

/** Another implementation than the one that the whole suite runs on, without double precision: Mesa's, on the processor. docs/opencl.md says what is left out. */
class RusticlTest {
    private static final Path DRIVER = Path.of("/etc/OpenCL/vendors/rusticl.icd");
    private static final List<String> CASES = List.of("reduction/sum", "reduction/logsumexp", "reduction/argmax",
            "reduction/cumsum", "movement", "product/matmul/f32/13x17x11", "product/matmul/f32/batch-broadcast",
            "product/matmul/f32/31x33x17", "product/matmul/f32/then-bias-tanh", "random/uniform/f32/views",
            "random/normal/f32/views", "dtype/cast/f32", "dtype/cast/f64", "dtype/add", "dtype/sum", "special/relu",
            "special/exp");

    @Test
    void whatNeedsNoDoublePrecisionPassesAndTheRestIsUnsupported() throws IOException, InterruptedException {
        if (!Files.exists(DRIVER))
            SuiteProcess.missing("there is no " + DRIVER + " (Debian: apt-get install mesa-opencl-icd)");
        Ran ran = SuiteProcess.run(Map.of("OCL_ICD_VENDORS", DRIVER.toString(), "RUSTICL_ENABLE", "llvmpipe"),
                List.of(), "llvmpipe", List.of(Guise.OWN), CASES);
        ran.missing().ifPresent(SuiteProcess::missing);
        assertThat(ran.status()).as(() -> String.join("\n", ran.last())).isZero();
        assertThat(ran.cases()).allSatisfy(e -> assertThat(e.verdict()).as(e::toString).isIn("pass", "unsupported"));
        assertThat(ran.cases()).filteredOn(e -> e.verdict().equals("unsupported")).isNotEmpty()
                .allSatisfy(e -> assertThat(String.join(" ", e.told())).contains("F64"));
        assertThat(ran.cases()).filteredOn(e -> e.name().contains("/f32/") && !e.name().contains("cast"))
                .isNotEmpty().allSatisfy(e -> assertThat(e.verdict()).as(e::toString).isEqualTo("pass"));
    }
}
