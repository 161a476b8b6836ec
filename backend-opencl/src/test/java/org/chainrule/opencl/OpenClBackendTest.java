package org.chainrule.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.chainrule.BackendUnavailableException;
import org.chainrule.Backends;
import org.chainrule.spi.Backend;
import org.chainrule.spi.Backend.Availability.Missing;
import org.junit.jupiter.api.Test;
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
    void missingLoaderIsNamedAndNobodyIsSentToInstallIt() {
        Missing missing = probe("libNoSuchOpenCL.so.1", "libNoSuchOpenCL.so");
        assertThat(missing.reason()).isEqualTo("libNoSuchOpenCL.so.1 not found");
        assertThat(missing.remedy()).contains("use --backend cpu", "cannot compute on it yet",
                "nothing need be installed");
    }

    @Test
    void aLibraryOfTheSameNameThatIsNoLoaderIsToldApart() {
        assumeTrue(System.getProperty("os.name").equals("Linux"));
        assertThat(probe("libc.so.6").reason()).isEqualTo("libc.so.6 is no OpenCL loader: it lacks clGetPlatformIDs");
    }

    /** Whatever this machine has: the backend cannot compute, says why, and loads no driver whose signal handler would break this. */
    @Test
    void theProbeIsHonestAndHarmless() {
        Missing missing = (Missing) new OpenClBackend().probe();
        assertThat(missing.reason()).matches(".* not found|.* has no OpenCL kernels yet");
        assertThat(missing.remedy()).isNotBlank();
        int zero = missing.reason().isEmpty() ? 1 : 0;
        assertThatThrownBy(() -> System.identityHashCode(1 / zero)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void anExplicitChoiceNeverFallsBack() {
        assertThatThrownBy(() -> Backends.open("opencl")).isInstanceOf(BackendUnavailableException.class)
                .hasMessageContaining("remedy");
    }

    @ParameterizedTest
    @CsvSource({"Linux, libOpenCL.so.1", "Windows 11, OpenCL.dll",
        "Mac OS X, /System/Library/Frameworks/OpenCL.framework/OpenCL"})
    void eachSystemHasItsOwnLoader(String system, String library) {
        assertThat(OpenClBackend.loaders(system)).first().isEqualTo(library);
    }
}
