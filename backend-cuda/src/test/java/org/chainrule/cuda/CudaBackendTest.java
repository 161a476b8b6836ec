package org.chainrule.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.chainrule.BackendUnavailableException;
import org.chainrule.Backends;
import org.chainrule.cuda.CudaBackend.Libraries;
import org.chainrule.spi.Backend;
import org.chainrule.spi.Backend.Availability.Missing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaBackendTest {
    private static Missing probe(String driver) {
        return (Missing) new CudaBackend(Optional
                .of(new Libraries(List.of(driver), List.of("libNoSuchNvrtc.so.13"), List.of("libNoSuchCublas.so.13"))))
                .probe();
    }

    /** A driver that answers as told: a shared library built from C. */
    private static Missing probeOfDriver(Path folder, String init, String count)
            throws IOException, InterruptedException {
        return probeOfDriver(folder, 13020, init, count);
    }

    private static Missing probeOfDriver(Path folder, int version, String init, String count)
            throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.name").equals("Linux"));
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/cc")), "needs a C compiler");
        Path source = Files.writeString(folder.resolve("driver.c"), """
                int cuInit(unsigned flags) { return %s; }
                int cuDriverGetVersion(int* version) { *version = %d; return 0; }
                int cuDeviceGetCount(int* count) { %s }
                int cuGetErrorName(int code, const char** name) { if (code != 100) return 1; *name = "CUDA_ERROR_NO_DEVICE"; return 0; }
                """.formatted(init, version, count));
        Path library = folder.resolve("libdriver.so");
        int status = new ProcessBuilder("/usr/bin/cc", "-shared", "-fPIC", "-o", library.toString(), source.toString())
                .inheritIO().start().waitFor();
        assertThat(status).isZero();
        return probe(library.toString());
    }

    @Test
    void isFoundByName() {
        assertThat(Backends.all()).extracting(Backend::name).contains("cuda");
    }

    @Test
    void aMissingDriverIsNamedWithWhatToDo() {
        Missing missing = probe("libNoSuchCuda.so.1");
        assertThat(missing.reason()).isEqualTo("libNoSuchCuda.so.1 not found");
        assertThat(missing.remedy()).contains("install the NVIDIA driver", "--backend cpu");
    }

    @Test
    void aLibraryOfTheSameNameThatIsNoDriverIsToldApart() {
        assumeTrue(System.getProperty("os.name").equals("Linux"));
        assertThat(probe("libc.so.6").reason()).isEqualTo("libc.so.6 is no CUDA driver: it lacks cuInit");
    }

    @Test
    void aDriverThatIsTooOldIsTold(@TempDir Path folder) throws Exception {
        Missing missing = probeOfDriver(folder, 11040, "0", "*count = 2; return 0;");
        assertThat(missing.reason()).isEqualTo("the driver supports CUDA 11.4, and 12.0 is needed");
        assertThat(missing.remedy()).contains("update the NVIDIA driver", "525", "--backend cpu");
    }

    @Test
    void aDriverWithoutADeviceIsTold(@TempDir Path folder) throws Exception {
        assertThat(probeOfDriver(folder, "0", "*count = 0; return 0;").reason())
                .isEqualTo("the NVIDIA driver is there, but has no device");
    }

    @Test
    void anErrorOfTheDriverIsTold(@TempDir Path folder) throws Exception {
        assertThat(probeOfDriver(folder, "100", "return 0;").reason())
                .isEqualTo("the NVIDIA driver is there, but cuInit failed with CUDA_ERROR_NO_DEVICE (100)");
    }

    @Test
    void anUnknownErrorOfTheDriverIsTold(@TempDir Path folder) throws Exception {
        assertThat(probeOfDriver(folder, "0", "return 7;").reason())
                .isEqualTo("the NVIDIA driver is there, but cuDeviceGetCount failed with an unknown error (7)");
    }

    @Test
    void thereIsNoCudaOnMacOs() {
        assertThat(Libraries.of("Mac OS X")).isEmpty();
        assertThat(((Missing) new CudaBackend(Optional.empty()).probe()).reason()).contains("macOS");
        assertThat(Libraries.of("Windows 11").orElseThrow().driver()).containsExactly("nvcuda.dll");
        assertThat(Libraries.of("Linux").orElseThrow().driver()).containsExactly("libcuda.so.1");
    }

    @Test
    void whatCannotBeHadIsNotOpened() {
        CudaBackend without = new CudaBackend(
                Optional.of(new Libraries(List.of("libNoSuchCuda.so.1"), List.of("none"), List.of("none"))));
        assertThatThrownBy(() -> without.open(0)).isInstanceOf(BackendUnavailableException.class)
                .hasMessageContainingAll("libNoSuchCuda.so.1 not found", "install the NVIDIA driver", "--backend cpu");
    }
}
