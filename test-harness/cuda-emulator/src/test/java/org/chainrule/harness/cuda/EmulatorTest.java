package org.chainrule.harness.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.chainrule.harness.cuda.Configuration.Checks;
import org.chainrule.harness.cuda.Configuration.Order;
import org.chainrule.harness.cuda.Configuration.Streams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What programs without mistakes compute on the emulator, and what it tells of them. */
class EmulatorTest {
    private static final String SOURCE = """
            extern "C" __global__ void saxpy(float a, const float *x, float *y, int n) {
                int i = blockIdx.x * blockDim.x + threadIdx.x;
                if (i < n) y[i] = a * x[i] + y[i];
            }
            #define KERNEL(n) extern "C" __global__ __launch_bounds__(n)
            KERNEL(64) void sum(const float *x, float *y) {
                __shared__ float s[64];
                s[threadIdx.x] = x[threadIdx.x];
                for (int d = 32; d > 0; d /= 2) {
                    __syncthreads();
                    if (threadIdx.x < d) s[threadIdx.x] += s[threadIdx.x + d];
                }
                if (threadIdx.x == 0) y[0] = s[0];
            }
            KERNEL(64) void warp_sums(const float *x, float *y) {
                float v = x[threadIdx.x];
                for (int d = 16; d > 0; d /= 2) v += __shfl_down_sync(~0u, v, d);
                if (threadIdx.x % 32 == 0) y[threadIdx.x / 32] = v;
            }
            KERNEL(64) void reversed(const float *x, float *y) {
                extern __shared__ float s[];
                s[threadIdx.x] = x[threadIdx.x];
                __syncthreads();
                y[threadIdx.x] = s[63 - threadIdx.x];
            }
            KERNEL(8) void halves(const float *x, unsigned short *h, float *y) {
                unsigned short half;
                asm("cvt.rn.f16.f32 %0, %1;" : "=h"(half) : "f"(x[threadIdx.x]));
                h[threadIdx.x] = half;
                float back;
                asm("cvt.f32.f16 %0, %1;" : "=f"(back) : "h"(half));
                y[threadIdx.x] = back;
            }
            extern "C" __global__ void count(int *n, int *first) {
                atomicAdd(n, 1);
                if (atomicCAS(first, 0, 1) == 0) first[1] = 7;
            }
            extern "C" __global__ void last(float *y) {
                atomicExch(y + blockIdx.x, (float)threadIdx.x);
            }
            """;

    private static float[] ramp(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) values[i] = i;
        return values;
    }

    private static Cuda with(Configuration configuration) {
        return new Cuda(Cuda.emulator(configuration));
    }

    @ParameterizedTest
    @EnumSource
    void kernelsComputeTheSameInEveryOrder(Order order) {
        Cuda cuda = with(Configuration.DEFAULT.with(order));
        long x = cuda.buffer(ramp(64)), y = cuda.buffer(ramp(64));
        cuda.launch(cuda.kernel(SOURCE, "saxpy"), 3, 32, 0, 2f, x, y, 64);
        assertThat(cuda.read(y, 64)[63]).isEqualTo(3 * 63);
        cuda.launch(cuda.kernel(SOURCE, "sum"), 1, 64, 0, x, y);
        assertThat(cuda.read(y, 1)).containsExactly(64 * 63 / 2);
        cuda.launch(cuda.kernel(SOURCE, "warp_sums"), 1, 64, 0, x, y);
        assertThat(cuda.read(y, 2)).containsExactly(31 * 16, 31 * 16 + 32 * 32);
        cuda.launchShared(cuda.kernel(SOURCE, "reversed"), 1, 64, 256, 0, x, y);
        assertThat(cuda.read(y, 64)).startsWith(63, 62).endsWith(1, 0);
        cuda.end();
        assertThat(cuda.emulator().findingsAtEnd()).isEmpty();
    }

    /** The last thread of each block: of four blocks each has its order, and so has each of four launches. */
    @Test
    void unlessToldOtherwiseBlocksAndLaunchesTakeTheOrdersInTurn() {
        Cuda cuda = with(Configuration.DEFAULT);
        long y = cuda.buffer(ramp(4)), kernel = cuda.kernel(SOURCE, "last");
        cuda.launch(kernel, 4, 64, 0, y);
        assertThat(cuda.read(y, 4)).contains(0, 63);
        List<Float> first = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            cuda.launch(kernel, 1, 64, 0, y);
            first.add(cuda.read(y, 1)[0]);
        }
        assertThat(first).contains(0f, 63f);
        cuda.end();
        assertThat(cuda.emulator().findingsAtEnd()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void programsComputeTheSameWithAndWithoutChecksAndHoweverLazyStreamsAre(Checks checks) {
        for (Streams streams : Streams.values()) {
            Cuda cuda = with(Configuration.DEFAULT.with(checks).with(streams));
            long x = cuda.buffer(ramp(64)), y = cuda.buffer(ramp(64)), stream = cuda.stream();
            cuda.launch(cuda.kernel(SOURCE, "sum"), 1, 64, stream, x, y);
            cuda.synchronize(stream);
            assertThat(cuda.read(y, 2)).containsExactly(64 * 63 / 2, 1);
            cuda.end();
            assertThat(cuda.emulator().findingsAtEnd()).isEmpty();
        }
    }

    @Test
    void halvesAreConvertedAsTheInstructionsOfPtxDo() {
        Cuda cuda = with(Configuration.DEFAULT);
        float[] values = {1.5f, -65504, 65520, 0x1p-24f, 0x1p-26f, 1 + 0x1p-11f, 1 + 0x3p-11f, Float.NaN};
        long x = cuda.buffer(values), h = cuda.buffer(16), y = cuda.buffer(32);
        cuda.launch(cuda.kernel(SOURCE, "halves"), 1, 8, 0, x, h, y);
        float[] expected = new float[8];
        for (int i = 0; i < 8; i++) expected[i] = Float.float16ToFloat(Float.floatToFloat16(values[i]));
        assertThat(cuda.read(y, 8)).containsExactly(expected);
        cuda.end();
    }

    @Test
    void atomicOperationsOfManyThreadsAreNoRace() {
        Cuda cuda = with(Configuration.DEFAULT);
        long n = cuda.buffer(0f), first = cuda.buffer(0f, 0f);
        cuda.launch(cuda.kernel(SOURCE, "count"), 5, 33, 0, n, first);
        assertThat(Float.floatToRawIntBits(cuda.read(n, 1)[0])).isEqualTo(5 * 33);
        assertThat(Float.floatToRawIntBits(cuda.read(first, 2)[1])).isEqualTo(7);
        cuda.end();
        assertThat(cuda.emulator().findingsAtEnd()).isEmpty();
    }

    /** 2 x 3 by 3 x 4, by columns, in buffers whose columns lie apart. */
    @Test
    void productsAreThoseOfBlas() {
        Cuda cuda = with(Configuration.DEFAULT);
        float[] a = new float[9], b = new float[12], expected = {13, 16, 31, 43, 49, 70, 67, 97};
        for (int i = 0; i < 3; i++) for (int r = 0; r < 2; r++) a[i * 3 + r] = i * 2 + r;
        for (int j = 0; j < 4; j++) for (int i = 0; i < 3; i++) b[j * 3 + i] = j * 3 + i + (i == 0 ? 3 : 0);
        long c = cuda.buffer(32);
        assertThat(cuda.product(cuda.cublas(), 2, 4, 3, cuda.buffer(a), 3, cuda.buffer(b), 3, c, 2)).isZero();
        for (int j = 0; j < 4; j++) for (int r = 0; r < 2; r++) {
            expected[j * 2 + r] = 0;
            for (int i = 0; i < 3; i++) expected[j * 2 + r] += a[i * 3 + r] * b[j * 3 + i];
        }
        assertThat(cuda.read(c, 8)).containsExactly(expected);
        cuda.end();
        assertThat(cuda.emulator().findingsAtEnd()).isEmpty();
    }

    @Test
    void graphsRunWhatWasCapturedWithTheParametersSetLast() {
        Cuda cuda = with(Configuration.DEFAULT);
        long x = cuda.buffer(ramp(32)), y = cuda.buffer(ramp(32)), stream = cuda.stream();
        long saxpy = cuda.kernel(SOURCE, "saxpy");
        long graph = cuda.captured(stream, () -> {
            for (int i = 0; i < 3; i++) cuda.launch(saxpy, 1, 32, stream, 1f, x, y, 32);
        });
        long executable = cuda.executable(graph);
        cuda.emulator().resetCounters();
        cuda.check("cuGraphLaunch", executable, stream);
        cuda.synchronize(stream);
        assertThat(cuda.read(y, 32)[31]).isEqualTo(4 * 31);
        assertThat(cuda.emulator().counters()).satisfies(c -> {
            assertThat(c.graphLaunches()).isOne();
            assertThat(c.graphKernels()).isEqualTo(3);
            assertThat(c.launches()).isZero();
            assertThat(c.allocations()).isZero();
            assertThat(c.toHost()).isOne();
            assertThat(c.bytesToHost()).isEqualTo(128);
        });
        cuda.end();
        assertThat(cuda.emulator().findingsAtEnd()).isEmpty();
    }

    @Test
    void whatDoesNotCompileIsToldByLine() {
        Cuda cuda = with(Configuration.DEFAULT);
        assertThat(cuda.errorsOf("extern \"C\" __global__ void f(float *x) {\n    x[0] = y;\n}\n"))
                .contains("test.cu(2): error: ", "y");
        cuda.end();
    }

    @Test
    void failuresHappenWhenTheyArePlanned() {
        Cuda cuda = with(Configuration.DEFAULT);
        cuda.emulator().fail(Failure.outOfMemory(2).times(1));
        MemorySegment place = cuda.memory(0L);
        assertThat(cuda.call("cuMemAlloc_v2", place, 4L)).isZero();
        assertThat(cuda.call("cuMemAlloc_v2", place, 4L)).isEqualTo(2);
        assertThat(cuda.call("cuMemAlloc_v2", place, 4L)).isZero();
        cuda.emulator().fail(Failure.noCublasHandle());
        assertThat(cuda.call("cublasCreate_v2", place)).isEqualTo(3);
        cuda.emulator().fail(Failure.doesNotCompile(1));
        assertThat(cuda.errorsOf(SOURCE)).contains("error");
        cuda.emulator().heal();
        long saxpy = cuda.kernel(SOURCE, "saxpy"), x = cuda.buffer(ramp(4));
        cuda.emulator().fail(Failure.kernelFails(2));
        assertThat(cuda.launch(saxpy, 1, 4, 0, 1f, x, x, 4)).isZero();
        assertThat(cuda.launch(saxpy, 1, 4, 0, 1f, x, x, 4)).isZero();
        assertThat(cuda.call("cuCtxSynchronize")).isEqualTo(Cuda.LAUNCH_FAILED);
        assertThat(cuda.call("cuMemAlloc_v2", place, 4L)).as("the error stays").isEqualTo(Cuda.LAUNCH_FAILED);
        cuda.end();
    }

    @Test
    void machinesAreAsConfigured() {
        Emulator emulator = Cuda.emulator(Configuration.DEFAULT.withDevices(3).withMemory(1000).withDriver(11_080));
        Cuda cuda = new Cuda(emulator);
        assertThat((int) cuda.made("cuDeviceGetCount")).isEqualTo(3);
        assertThat(cuda.made("cuDeviceTotalMem_v2", 2)).isEqualTo(1000);
        assertThat((int) cuda.made("cuDriverGetVersion")).isEqualTo(11_080);
        assertThat(cuda.call("cuMemAlloc_v2", cuda.memory(0L), 1001L)).isEqualTo(2);
        emulator.configure(Configuration.DEFAULT.withDevices(0));
        assertThat(cuda.call("cuInit", 0)).isEqualTo(100);
    }

    @Test
    void functionsThatAreNotEmulatedSaySo() {
        Cuda cuda = with(Configuration.DEFAULT);
        assertThat(cuda.call("cuArrayDestroy", 0L)).isEqualTo(801);
        assertThat(cuda.emulator().findings()).extracting(Finding::text).containsExactly("cuArrayDestroy was called");
        cuda.end();
    }

    @Test
    void graphsAreMadeNodeByNodeAndOfOtherGraphs() {
        Cuda cuda = with(Configuration.DEFAULT);
        long x = cuda.buffer(ramp(32)), y = cuda.buffer(ramp(32)), stream = cuda.stream();
        long saxpy = cuda.kernel(SOURCE, "saxpy");
        long child = cuda.captured(stream, () -> cuda.launch(saxpy, 1, 32, stream, 1f, x, y, 32));
        long graph = cuda.made("cuGraphCreate", 0);
        long first = cuda.made("cuGraphAddKernelNode_v2", graph, MemorySegment.NULL, 0L,
                cuda.node(saxpy, 1, 32, 1f, x, y, 32));
        long second = cuda.made("cuGraphAddChildGraphNode", graph, cuda.memory(first), 1L, child);
        cuda.made("cuGraphAddKernelNode_v2", graph, cuda.memory(second), 1L, cuda.node(saxpy, 1, 32, 1f, y, x, 32));
        long executable = cuda.executable(graph);
        cuda.check("cuGraphExecKernelNodeSetParams_v2", executable, first, cuda.node(saxpy, 1, 32, 5f, x, y, 32));
        cuda.check("cuGraphLaunch", executable, stream);
        cuda.synchronize(stream);
        assertThat(cuda.read(y, 32)[10]).isEqualTo(10 + 5 * 10 + 10);
        assertThat(cuda.read(x, 32)[10]).isEqualTo(80);
        cuda.check("cuGraphDestroy", graph);
        cuda.end();
        assertThat(cuda.emulator().findingsAtEnd()).isEmpty();
    }

    /** What C held counts for nothing where beta is 0, though it was never written. */
    @Test
    void productsOfSmallTypesAreSummedInSinglePrecision() {
        Cuda cuda = with(Configuration.DEFAULT);
        int bf16 = 14, f32 = 0, computeF32 = 68;
        // 257 takes 9 bits, of which bf16 keeps 8
        long a = cuda.buffer(8), c = cuda.buffer(4L);
        short one = 0x3f80, large = 0x4380;
        cuda.check("cuMemcpyHtoD_v2", a, cuda.shorts(large, one, one, one), 8L);
        cuda.check("cublasGemmEx", cuda.cublas(), 0, 0, 1, 1, 2, cuda.memory(1f), a, bf16, 1, a + 4, bf16, 2,
                cuda.memory(0f), c, f32, 1, computeF32, -1);
        assertThat(cuda.read(c, 1)).containsExactly(257);
        cuda.end();
        assertThat(cuda.emulator().findingsAtEnd()).isEmpty();
    }

    @Test
    void ptxIsRefusedWhereHardwareWouldRefuseIt() {
        Cuda cuda = with(Configuration.DEFAULT);
        MemorySegment ptx = cuda.ptx(SOURCE), place = cuda.memory(0L);
        cuda.emulator().configure(Configuration.DEFAULT.withCapability(75));
        Cuda older = new Cuda(cuda.emulator());
        assertThat(older.call("cuModuleLoadData", place, ptx)).as("compiled for 8.0").isEqualTo(209);
        cuda.emulator().configure(Configuration.DEFAULT.withDriver(12_000));
        Cuda oldDriver = new Cuda(cuda.emulator());
        assertThat(oldDriver.call("cuModuleLoadData", place, ptx)).as("a driver of CUDA 12.0").isEqualTo(222);
        oldDriver.end();
    }

    @Test
    void ptxThatWasMadeElsewhereIsRunFromItsSource() {
        Cuda cuda = with(Configuration.DEFAULT);
        String ptx = ".version 7.0\n.target sm_75\n";
        assertThat(cuda.call("cuModuleLoadData", cuda.memory(0L), cuda.text(ptx))).isEqualTo(218);
        cuda.emulator().forgetFindings();
        cuda.emulator().standIn(ptx, SOURCE, "sm_75");
        long module = cuda.made("cuModuleLoadData", cuda.text(ptx)), x = cuda.buffer(ramp(64)), y = cuda.buffer(4);
        cuda.launch(cuda.function(module, "sum"), 1, 64, 0, x, y);
        assertThat(cuda.read(y, 1)).containsExactly(64 * 63 / 2);
        cuda.check("cuModuleUnload", module);
        cuda.end();
        assertThat(cuda.emulator().findingsAtEnd()).isEmpty();
    }

    @Test
    void whatIsReleasedAfterAFailureIsNoLeak() {
        Cuda cuda = with(Configuration.DEFAULT);
        cuda.emulator().fail(Failure.deviceLost(1));
        long x = cuda.buffer(ramp(64)), stream = cuda.stream();
        cuda.event();
        cuda.hostMemory(4);
        assertThat(cuda.launch(cuda.kernel(SOURCE, "saxpy"), 1, 32, stream, 1f, x, x, 32)).isEqualTo(214);
        assertThat(cuda.call("cuStreamSynchronize", stream)).isEqualTo(214);
        cuda.end();
        assertThat(cuda.emulator().findingsAtEnd()).isEmpty();
    }

    /** What fails on one device leaves the other alone, and each has memory of its own. */
    @Test
    void devicesAreApart() {
        Emulator emulator = Cuda.emulator(Configuration.DEFAULT.withDevices(2).withMemory(1000));
        Cuda first = new Cuda(emulator);
        long module = first.made("cuModuleLoadData", first.ptx(SOURCE)), x = first.buffer(1000);
        first.launch(first.function(module, "saxpy"), 1, 32, 0, 1f, 8L, x, 32);
        assertThat(first.call("cuCtxSynchronize")).isEqualTo(Cuda.ILLEGAL_ADDRESS);
        long second = first.made("cuCtxCreate_v2", 0, 1);
        assertThat(first.call("cuCtxSynchronize")).isZero();
        first.free(first.made("cuMemAlloc_v2", 1000L));
        assertThat(first.call("cuCtxDestroy_v2", second)).isZero();
        first.end();
        assertThat(emulator.findings()).extracting(Finding::kind).contains(Finding.Kind.OUT_OF_BOUNDS);
    }

    @Test
    void eventsTellWhenTheirStreamReachedThem() {
        Cuda cuda = with(Configuration.DEFAULT);
        long stream = cuda.stream(), start = cuda.event(), end = cuda.event(), x = cuda.buffer(4);
        cuda.check("cuEventRecord", start, stream);
        cuda.check("cuMemsetD32Async", x, 0, 1L, stream);
        cuda.check("cuEventRecord", end, stream);
        assertThat(cuda.call("cuEventElapsedTime", cuda.memory(0f), start, end)).as("not ready").isEqualTo(600);
        assertThat(cuda.call("cuEventQuery", end)).isEqualTo(600);
        cuda.check("cuEventSynchronize", end);
        assertThat(cuda.call("cuEventElapsedTime", cuda.memory(0f), start, end)).isZero();
        cuda.end();
        assertThat(cuda.emulator().findingsAtEnd()).isEmpty();
    }
}
