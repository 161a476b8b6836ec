package org.chainrule.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.chainrule.BackendUnavailableException;
import org.chainrule.ChainruleException;
import org.chainrule.DeviceLostException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.KernelCompilationException;
import org.chainrule.OutOfDeviceMemoryException;
import org.chainrule.Session;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.harness.cuda.Configuration;
import org.chainrule.harness.cuda.Emulator;
import org.chainrule.harness.cuda.Failure;
import org.chainrule.harness.cuda.Finding;
import org.chainrule.kernels.BinaryCache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a session whose driver fails: one exception that says what was being done, everything released, and another session that works. */
@ExtendWith(Emulated.class)
class CudaFailuresTest {
    private Emulator emulator = Emulated.emulator();
    private String cache = "";

    @BeforeEach
    void compileAnew() {
        emulator = Emulated.load(Configuration.DEFAULT);
        cache = System.getProperty(BinaryCache.PROPERTY, "");
        System.setProperty(BinaryCache.PROPERTY, "off");
    }

    @AfterEach
    void keepAsBefore() {
        System.setProperty(BinaryCache.PROPERTY, cache);
        assertThat(emulator.findingsAtEnd()).isEmpty();
    }

    /** Trains a little: what it asks of the driver is what any program does. */
    private static double train() {
        try (Session s = Session.open("cuda")) {
            Tensor w = s.tensor(new float[][] {{1, 2}, {3, 4}});
            float[][] whole = new float[64][64];
            for (int i = 0; i < 64; i++) for (int j = 0; j < 64; j++) whole[i][j] = (i + 3 * j) % 5 - 1;
            Tensor big = s.tensor(whole);
            try (Step step = s.step(() -> {
                s.assign(w, w.times(0.5).plus(big.matmul(big).sum()));
                return w.sum();
            })) {
                for (int i = 0; i < 4; i++) step.run();
                return step.item();
            }
        }
    }

    // @formatter:off
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        cuDevicePrimaryCtxRetain    | 1 |   2 | BackendUnavailableException | opening the device failed with CUDA_ERROR_OUT_OF_MEMORY
        cuStreamCreate              | 1 |   2 | BackendUnavailableException | opening its queue failed with CUDA_ERROR_OUT_OF_MEMORY
        cuMemHostAlloc              | 1 |   2 | OutOfDeviceMemoryException  | pinning
        cuMemsetD8Async             | 1 |   1 | BackendUnavailableException | writing to it failed with CUDA_ERROR_INVALID_VALUE
        cuMemAlloc_v2               | 4 |   2 | OutOfDeviceMemoryException  | elements of F32
        cuMemcpyHtoDAsync_v2        | 1 |   1 | DeviceLostException         | copying to it failed with CUDA_ERROR_INVALID_VALUE
        cuModuleLoadDataEx          | 1 |   2 | OutOfDeviceMemoryException  | loading a module
        cuModuleLoadDataEx          | 1 | 218 | KernelCompilationException  | an image that the driver does not take
        cuModuleGetFunction         | 1 | 500 | DeviceLostException         | finding kernel
        cuLaunchKernel              | 1 | 701 | KernelCompilationException  | too few registers
        cuLaunchKernel              | 2 |   1 | DeviceLostException         | starting
        cuGraphCreate               | 1 |   2 | OutOfDeviceMemoryException  | making a graph
        cuGraphInstantiateWithFlags | 1 |   2 | OutOfDeviceMemoryException  | making a graph
        cuGraphAddChildGraphNode    | 1 |   1 | DeviceLostException         | making a graph
        cuGraphLaunch               | 2 |   1 | DeviceLostException         | starting a graph that ends in
        cuMemcpyDtoHAsync_v2        | 1 |   1 | DeviceLostException         | reading results, with
        cuStreamSynchronize         | 2 | 719 | DeviceLostException         | CUDA_ERROR_LAUNCH_FAILED
        nvrtcCompileProgram         | 1 |   6 | KernelCompilationException  | does not compile
        nvrtcCreateProgram          | 1 |  11 | KernelCompilationException  | reading the source for
        cublasGemmEx                | 1 |  13 | DeviceLostException         | multiplying for matmul
        cublasGemmEx                | 1 |  15 | UnsupportedOpException      | it does not take this product
        cuCtxSetCurrent             | 2 |   2 | OutOfDeviceMemoryException  | turning to it
        cuStreamBeginCapture_v2     | 1 |   1 | DeviceLostException         | making a graph
        cuGraphAddKernelNode_v2     | 1 |   1 | DeviceLostException         | making a graph""")
    // @formatter:on
    void anErrorIsToldOnceAndTheNextSessionWorks(String function, int from, int code, String exception, String text) {
        emulator.fail(Failure.of(function, from, code));
        Throwable t = catchThrowable(CudaFailuresTest::train);
        assertThat(t).isInstanceOf(ChainruleException.class).hasMessageContaining(text);
        assertThat(t.getClass().getSimpleName()).isEqualTo(exception);
        emulator.heal();
        assertThat(train()).isFinite();
    }

    @Test
    void aKernelThatFailsWhileItRunsIsToldWithTheLastOneThatWasQueued() {
        emulator.fail(Failure.kernelFails(1));
        assertThatThrownBy(CudaFailuresTest::train).isInstanceOf(DeviceLostException.class).hasMessageContainingAll(
                "CUDA_ERROR_LAUNCH_FAILED", "CudaFailuresTest.java", "queued last", "resume from the last checkpoint");
        emulator.heal();
        assertThat(train()).isFinite();
        forgetWhatALostDeviceKept();
    }

    /** Nothing succeeds on a lost device, so nothing is given back to it; it goes with its context. */
    private void forgetWhatALostDeviceKept() {
        assertThat(emulator.findings()).allMatch(f -> f.kind() == Finding.Kind.LEAK);
        emulator.forgetFindings();
    }

    @Test
    void aDeviceThatIsLostIsTold() {
        emulator.fail(Failure.deviceLost(2));
        assertThatThrownBy(CudaFailuresTest::train).isInstanceOf(DeviceLostException.class)
                .hasMessageContaining("CUDA_ERROR_ECC_UNCORRECTABLE");
        emulator.heal();
        assertThat(train()).isFinite();
        forgetWhatALostDeviceKept();
    }

    @ParameterizedTest
    @CsvSource({"cublasCreate_v2, 3", "cublasSetStream_v2, 14", "cublasSetMathMode, 7", "cublasSetWorkspace_v2, 7"})
    void withoutCublasProductsAreOurOwn(String function, int code) {
        double products = train();
        emulator.fail(Failure.of(function, 1, code));
        emulator.resetCounters();
        assertThat(train()).isEqualTo(products);
        assertThat(emulator.counters().products()).isZero();
    }

    @Test
    void aKernelThatDoesNotCompileIsToldWithItsSource() {
        emulator.fail(Failure.doesNotCompile(1));
        assertThatThrownBy(CudaFailuresTest::train).isInstanceOf(KernelCompilationException.class)
                .hasMessageContainingAll("   1  // CUDA C++", "KERNEL(", "CudaFailuresTest.java");
    }

    @Test
    void memoryThatADeviceHasNotIsRefusedAndWhatItHasStays() {
        emulator = Emulated.load(Configuration.DEFAULT.withMemory(64 << 20));
        try (Session s = Session.open("cuda")) {
            Tensor kept = s.tensor(1f, 2f);
            assertThatThrownBy(() -> s.tensor(new float[32 << 20]).toFloats())
                    .isInstanceOf(OutOfDeviceMemoryException.class).hasMessageContaining("128 MiB) asked");
            assertThat(kept.toFloats()).containsExactly(1, 2);
        }
    }

    @Test
    void anIndexOutsideItsAxisIsToldWithTheLineThatMadeTheOp() {
        try (Session s = Session.open("cuda")) {
            Tensor source = s.tensor(1f, 2f, 3f);
            Tensor bad = source.gather(0, s.tensor(new long[] {0, 7}));
            assertThatThrownBy(bad::toFloats).isInstanceOf(InvalidArgumentException.class)
                    .hasMessageContainingAll("index 7 is outside an axis of extent 3", "CudaFailuresTest.java");
            assertThat(source.gather(0, s.tensor(new long[] {2, 0})).toFloats()).containsExactly(3f, 1f);
        }
        // the element that had no index stays unwritten, and is read
        emulator.forgetFindings();
    }

    @Test
    void aDeviceThatIsNotThereIsTold() {
        assertThatThrownBy(() -> Session.open("cuda:1")).isInstanceOf(BackendUnavailableException.class)
                .hasMessageContaining("1");
    }
}
