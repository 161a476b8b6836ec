package org.chainrule.opencl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.chainrule.BackendUnavailableException;
import org.chainrule.Backends;
import org.chainrule.spi.Backend;
import org.chainrule.spi.Backend.Availability.Missing;
import org.chainrule.spi.Backend.Availability.Ready;
import org.chainrule.spi.Backend.DeviceInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenClBackendTest {
    private static Missing probe(String... libraries) {
        return (Missing) new OpenClBackend(List.of(libraries)).probe();
    }

    @Test
    void isFoundByName() {
        assertThat(Backends.all()).extracting(Backend::name).contains("opencl");
    }

    @Test
    void missingLoaderIsNamedWithTheRemedy() {
        Missing missing = probe("libNoSuchOpenCL.so.1", "libNoSuchOpenCL.so");
        assertThat(missing.reason()).isEqualTo("libNoSuchOpenCL.so.1 not found");
        assertThat(missing.remedy()).contains("pocl-opencl-icd", "--backend cpu");
    }

    @Test
    void aLibraryOfTheSameNameThatIsNoLoaderIsToldApart() {
        assumeTrue(System.getProperty("os.name").equals("Linux"));
        assertThat(probe("libc.so.6").reason()).isEqualTo("libc.so.6 is no OpenCL loader: it lacks clGetPlatformIDs");
    }

    @Test
    void aLoaderThatFindsNoDriverNamesTheVariableThatTellsItWhereToLook(@TempDir Path empty)
            throws IOException, InterruptedException {
        OpenCl.require();
        Process process = SuiteProcess.start(OpenClBackendTest.class, Map.of("OCL_ICD_VENDORS", empty.toString()),
                List.of(), List.of());
        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).contains(
                "finds no driver (OCL_ICD_VENDORS=" + empty + " says where)");
        assertThat(process.waitFor()).isZero();
    }

    @SuppressWarnings("SystemOut") // it is read by the test that started this process
    public static void main(String[] args) {
        System.out.println(new OpenClBackend().probe());
    }

    /** Whatever this machine has: the probe says what, or why not. */
    @Test
    void theProbeTellsTheDevicesOrTheReason() {
        switch (new OpenClBackend().probe()) {
            case Missing(String reason, String remedy) -> {
                assertThat(reason).isNotBlank();
                assertThat(remedy).isNotBlank();
            }
            case Ready(List<DeviceInfo> devices) -> assertThat(devices).isNotEmpty()
                    .allSatisfy(d -> assertThat(d.details()).contains("compute unit", "MiB", "KiB local", "f64", "f16",
                            "subnormals", "OpenCL",
                            "driver"));
        }
    }

    /** A device that runs on the processor's cores is never preferred to the backend made for them. */
    @Test
    void aProcessorRanksBelowTheCpuBackend() {
        if (new OpenClBackend().probe() instanceof Ready(List<DeviceInfo> devices))
            assertThat(devices).filteredOn(d -> d.details().startsWith("CPU"))
                    .allSatisfy(d -> assertThat(d.rank()).isNegative());
    }

    @Test
    void anExplicitChoiceNeverFallsBack() {
        OpenCl.require();
        assertThatThrownBy(() -> Backends.open("opencl:99")).isInstanceOf(BackendUnavailableException.class)
                .hasMessageContaining("opencl").hasMessageContaining("numbered from 0");
    }

    @ParameterizedTest
    @CsvSource({"Linux, libOpenCL.so.1", "Windows 11, OpenCL.dll",
        "Mac OS X, /System/Library/Frameworks/OpenCL.framework/OpenCL"})
    void eachSystemHasItsOwnLoader(String system, String library) {
        assertThat(OpenClBackend.loaders(system)).first().isEqualTo(library);
    }
}
