package org.chainrule.harness.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;
import org.chainrule.harness.cuda.Configuration.Order;
import org.chainrule.harness.cuda.Finding.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs with a mistake, which the emulator must name, and the same programs without it, of which it must say nothing. */
class SeededBugsTest {
    private static final String KERNELS = """
            #define KERNEL extern "C" __global__ __launch_bounds__(256)
            KERNEL void fill(float *y, float value) { y[blockIdx.x * blockDim.x + threadIdx.x] = value; }
            KERNEL void copy(const float *x, float *y, int n) {
                int i = blockIdx.x * blockDim.x + threadIdx.x;
                if (i < n) y[i] = x[i];
            }
            KERNEL void copy_all(const float *x, float *y, int n) {
                int i = blockIdx.x * blockDim.x + threadIdx.x;
                y[i] = x[i];
            }
            KERNEL void reverse(const float *x, float *y, int waits) {
                __shared__ float s[64];
                s[threadIdx.x] = x[threadIdx.x];
                if (waits) __syncthreads();
                y[threadIdx.x] = s[63 - threadIdx.x];
            }
            KERNEL void reverse_warp(const float *x, float *y, int waits) {
                __shared__ float s[32];
                s[threadIdx.x] = x[threadIdx.x];
                if (waits) __syncwarp();
                y[threadIdx.x] = s[31 - threadIdx.x];
            }
            KERNEL void overwrite(float *y, int waits) {
                __shared__ float s[64];
                s[threadIdx.x] = 1;
                __syncthreads();
                float other = s[63 - threadIdx.x];
                if (waits) __syncthreads();
                s[threadIdx.x] = 2;
                y[threadIdx.x] = other;
            }
            KERNEL void half_waits(const float *x, float *y, int all) {
                __shared__ float s[64];
                s[threadIdx.x] = x[threadIdx.x];
                if (all || threadIdx.x < 32) __syncthreads();
                y[threadIdx.x] = s[threadIdx.x];
            }
            KERNEL void returns_early(const float *x, float *y, int n) {
                if (threadIdx.x >= n) return;
                __syncthreads();
                y[threadIdx.x] = x[threadIdx.x];
            }
            KERNEL void lane_misses(float *y, int lanes) {
                float v = 1;
                if (threadIdx.x < lanes) v += __shfl_xor_sync(~0u, v, 1);
                else y[32] = __shfl_xor_sync(2u, v, 1);
                y[threadIdx.x] = v;
            }
            KERNEL void total(int *n, int atomic) {
                if (atomic) atomicAdd(n, 1);
                else *n += 1;
            }
            KERNEL void beyond_shared(float *y, int at) {
                __shared__ float s[64];
                s[threadIdx.x + at] = 1;
                y[threadIdx.x] = s[threadIdx.x + at];
            }
            KERNEL void half_of_shared(float *y, int n) {
                __shared__ float s[64];
                if (threadIdx.x < n) s[threadIdx.x] = 1;
                y[threadIdx.x] = s[threadIdx.x];
            }
            KERNEL void quads(const float *x, float *y, int offset) {
                float4 v = *(const float4 *)(x + offset);
                y[0] = v.w;
            }
            KERNEL void dynamic(float *y) {
                extern __shared__ float s[];
                s[threadIdx.x] = 1;
                y[threadIdx.x] = s[threadIdx.x];
            }
            """;
    private static final float[] VALUES = new float[64];

    /** A program, with the mistake or without it. */
    private interface Program {
        void run(Cuda cuda, boolean isWrong);
    }

    /**
     * @param kind what the mistake is
     * @param text what its finding tells
     */
    private record Bug(String name, Kind kind, String text, Program program) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Bug bug(String name, Kind kind, String text, Program program) {
        return new Bug(name, kind, text, program);
    }

    private static long kernel(Cuda c, String name) {
        return c.kernel(KERNELS, name);
    }

    private static Stream<Bug> bugs() {
        return Stream.of(threads(), memory(), streams(), host(), handles(), leaks()).flatMap(s -> s);
    }

    // @formatter:off
    private static Stream<Bug> threads() {
        return Stream.of(
                bug("no barrier between a write and a read", Kind.RACE, "kernel reverse: thread .* shared array reverse::s", (c, wrong) ->
                    c.launch(kernel(c, "reverse"), 1, 64, 0, c.buffer(VALUES), c.buffer(256), wrong ? 0 : 1)),
                bug("no barrier between a read and a write", Kind.RACE, "kernel overwrite: thread .* shared array overwrite::s", (c, wrong) ->
                    c.launch(kernel(c, "overwrite"), 1, 64, 0, c.buffer(256), wrong ? 0 : 1)),
                bug("no barrier within a warp", Kind.RACE, "kernel reverse_warp: thread", (c, wrong) ->
                    c.launch(kernel(c, "reverse_warp"), 1, 32, 0, c.buffer(VALUES), c.buffer(128), wrong ? 0 : 1)),
                bug("threads add without an atomic operation", Kind.RACE, "kernel total: thread 1 of block 0 .* thread 0 of block 0", (c, wrong) ->
                    c.launch(kernel(c, "total"), 1, 32, 0, c.buffer(0f), wrong ? 0 : 1)),
                bug("blocks add without an atomic operation", Kind.RACE, "kernel total: thread 0 of block 1 .* thread 0 of block 0", (c, wrong) ->
                    c.launch(kernel(c, "total"), 2, 1, 0, c.buffer(0f), wrong ? 0 : 1)),
                bug("blocks write the same elements", Kind.RACE, "kernel fill: thread", (c, wrong) -> {
                    long y = c.buffer(256), fill = kernel(c, "fill");
                    c.launch(fill, 2, 32, 0, y, 1f);
                    if (wrong) c.launch(c.kernel(KERNELS.replace("blockIdx.x * blockDim.x + threadIdx.x] = value", "threadIdx.x] = value"), "fill"), 2, 32, 0, y, 1f);
                }),
                bug("half of a block waits at a barrier", Kind.DIVERGENT_BARRIER, "kernel half_waits: thread .* has returned, and thread 0 waits", (c, wrong) ->
                    c.launch(kernel(c, "half_waits"), 1, 64, 0, c.buffer(VALUES), c.buffer(256), wrong ? 0 : 1)),
                bug("threads return before a barrier", Kind.DIVERGENT_BARRIER, "kernel returns_early: thread 60 of block 0 has returned", (c, wrong) ->
                    c.launch(kernel(c, "returns_early"), 1, 64, 0, c.buffer(VALUES), c.buffer(256), wrong ? 60 : 64)),
                bug("a lane misses a shuffle", Kind.DIVERGENT_BARRIER, "kernel lane_misses: thread", (c, wrong) ->
                    c.launch(kernel(c, "lane_misses"), 1, 32, 0, c.buffer(132), wrong ? 31 : 32)),
                bug("too many threads", Kind.GEOMETRY, "kernel fill: the number of a block's threads is 2048, and may be at most 1024", (c, wrong) ->
                    c.call("cuLaunchKernel", kernel(c, "fill"), 1, 1, 1, 256, wrong ? 8 : 1, 1, 0, 0L, c.memory(c.memory(c.buffer(1024)), c.memory(1f)), MemorySegment.NULL)),
                bug("more threads than the launch bounds", Kind.GEOMETRY, "kernel fill: .* by its launch bounds, is 512", (c, wrong) ->
                    c.launch(kernel(c, "fill"), 1, wrong ? 512 : 256, 0, c.buffer(2048), 1f)),
                bug("too many blocks along y", Kind.GEOMETRY, "the grid's y is 65536", (c, wrong) ->
                    c.call("cuLaunchKernel", kernel(c, "fill"), 1, wrong ? 65536 : 1, 1, 1, 1, 1, 0, 0L, c.memory(c.memory(c.buffer(4)), c.memory(1f)), MemorySegment.NULL)),
                bug("more shared memory than was asked for", Kind.GEOMETRY, "kernel dynamic: its dynamic shared memory is 60000", (c, wrong) -> {
                    long dynamic = kernel(c, "dynamic");
                    if (!wrong) c.check("cuFuncSetAttribute", dynamic, 8, 60_000);
                    c.launchShared(dynamic, 1, 64, 60_000, 0, c.buffer(256));
                }));
    }

    private static Stream<Bug> memory() {
        return Stream.of(
                bug("a kernel writes beyond the end", Kind.OUT_OF_BOUNDS, "kernel fill: thread 50 of block 0 writes 4 bytes at buffer \\d+ \\(200 bytes\\) \\+ 200", (c, wrong) -> {
                    c.launch(kernel(c, "fill"), 1, wrong ? 64 : 50, 0, c.buffer(200), 1f);
                    assertThat(c.call("cuCtxSynchronize")).isEqualTo(wrong ? Cuda.ILLEGAL_ADDRESS : 0);
                }),
                bug("a kernel reads beyond the end", Kind.OUT_OF_BOUNDS, "kernel copy_all: thread 0 of block 1 reads 4 bytes", (c, wrong) ->
                    c.launch(kernel(c, wrong ? "copy_all" : "copy"), 2, 64, 0, c.buffer(VALUES), c.buffer(512), 64)),
                bug("a kernel runs over a shared array", Kind.OUT_OF_BOUNDS, "kernel beyond_shared: thread 63 of block 0 writes 4 bytes at shared array beyond_shared::s \\(256 bytes\\) \\+ 256", (c, wrong) ->
                    c.launch(kernel(c, "beyond_shared"), 1, 64, 0, c.buffer(256), wrong ? 1 : 0)),
                bug("a kernel takes a bad pointer", Kind.OUT_OF_BOUNDS, "kernel fill: thread 0 of block 0 writes 4 bytes at 0x10, which is no device memory", (c, wrong) ->
                    c.launch(kernel(c, "fill"), 1, 1, 0, wrong ? 16L : c.buffer(4), 1f)),
                bug("a copy is longer than its buffer", Kind.OUT_OF_BOUNDS, "cuMemcpyHtoD_v2 writes 256 bytes at buffer", (c, wrong) ->
                    c.call("cuMemcpyHtoD_v2", c.buffer(wrong ? 255 : 256), c.floats(VALUES), 256L)),
                bug("a kernel reads what was never written", Kind.UNINITIALISED, "kernel copy: thread 0 of block 0 reads 4 bytes at buffer", (c, wrong) ->
                    c.launch(kernel(c, "copy"), 1, 64, 0, wrong ? c.buffer(256) : c.buffer(VALUES), c.buffer(256), 64)),
                bug("a kernel reads shared memory that was never written", Kind.UNINITIALISED, "kernel half_of_shared: thread 32 of block 0 reads 4 bytes at shared array", (c, wrong) ->
                    c.launch(kernel(c, "half_of_shared"), 1, 64, 0, c.buffer(256), wrong ? 32 : 64)),
                bug("an address is misaligned", Kind.MISALIGNED, "kernel quads: thread 0 of block 0 reads 16 bytes at buffer \\d+ \\(256 bytes\\) \\+ 4", (c, wrong) -> {
                    c.launch(kernel(c, "quads"), 1, 1, 0, c.buffer(VALUES), c.buffer(4), wrong ? 1 : 4);
                    assertThat(c.call("cuCtxSynchronize")).isEqualTo(wrong ? Cuda.MISALIGNED_ADDRESS : 0);
                }),
                bug("a kernel writes a buffer that was freed", Kind.USE_AFTER_FREE, "kernel fill: thread 0 of block 0 writes 4 bytes at buffer", (c, wrong) -> {
                    long y = c.made("cuMemAlloc_v2", 256L), fill = kernel(c, "fill");
                    if (wrong) c.check("cuMemFree_v2", y);
                    c.launch(fill, 1, 64, 0, y, 1f);
                    if (!wrong) c.check("cuMemFree_v2", y);
                }),
                bug("a buffer is freed twice", Kind.DOUBLE_FREE, "cuMemFree_v2: buffer", (c, wrong) -> {
                    long y = c.made("cuMemAlloc_v2", 256L);
                    c.check("cuMemFree_v2", y);
                    if (wrong) assertThat(c.call("cuMemFree_v2", y)).isEqualTo(Cuda.INVALID_VALUE);
                }),
                bug("a leading dimension is too small", Kind.LEADING_DIMENSION, "cublasSgemm_v2: the leading dimension of B is 3, and its columns have 4 rows", (c, wrong) ->
                    c.product(c.cublas(), 4, 4, 4, c.buffer(VALUES), 4, c.buffer(VALUES), wrong ? 3 : 4, c.buffer(64), 4)),
                bug("a leading dimension is too large", Kind.OUT_OF_BOUNDS, "cublasSgemm_v2 \\(C\\) writes \\d+ bytes at buffer", (c, wrong) -> {
                    c.product(c.cublas(), 4, 4, 4, c.buffer(VALUES), 4, c.buffer(VALUES), 4, c.buffer(64), wrong ? 8 : 4);
                    assertThat(c.call("cuCtxSynchronize")).isEqualTo(wrong ? Cuda.ILLEGAL_ADDRESS : 0);
                }));
    }

    private static Stream<Bug> streams() {
        return Stream.of(
                bug("a stream does not wait for another", Kind.STREAM_ORDER, "copy reads buffer .*, which fill writes on another stream", (c, wrong) -> {
                    long x = c.buffer(256), y = c.buffer(256), one = c.stream(), other = c.stream(), event = c.event();
                    long copy = kernel(c, "copy"), fill = kernel(c, "fill");
                    c.launch(fill, 1, 64, one, x, 1f);
                    c.check("cuEventRecord", event, one);
                    if (!wrong) c.check("cuStreamWaitEvent", other, event, 0);
                    c.launch(copy, 1, 64, other, x, y, 64);
                    c.synchronize(one);
                    c.synchronize(other);
                }),
                bug("a stream writes what another still reads", Kind.STREAM_ORDER, "fill writes buffer .*, which copy reads on another stream", (c, wrong) -> {
                    long x = c.buffer(VALUES), y = c.buffer(256), one = c.stream(), other = c.stream(), event = c.event();
                    long copy = kernel(c, "copy"), fill = kernel(c, "fill");
                    c.launch(copy, 1, 64, one, x, y, 64);
                    c.check("cuEventRecord", event, one);
                    if (!wrong) c.check("cuStreamWaitEvent", other, event, 0);
                    c.launch(fill, 1, 64, other, x, 1f);
                    c.synchronize(one);
                    c.synchronize(other);
                }),
                bug("a result is read before its stream has it", Kind.STREAM_ORDER, "fill writes buffer .*, which a copy to the host reads on another stream", (c, wrong) -> {
                    long x = c.buffer(VALUES), stream = c.stream();
                    c.launch(kernel(c, "fill"), 1, 64, stream, x, 1f);
                    if (!wrong) c.synchronize(stream);
                    assertThat(c.read(x, 1)).containsExactly(wrong ? 0 : 1);
                    c.check("cuCtxSynchronize");
                }),
                bug("a buffer is freed on one stream and used on another", Kind.STREAM_ORDER, "cuMemFreeAsync writes buffer .*, which fill writes on another stream", (c, wrong) -> {
                    long x = c.made("cuMemAllocAsync", 256L, 0L), one = c.stream(), other = c.stream();
                    c.launch(kernel(c, "fill"), 1, 64, one, x, 1f);
                    c.check("cuMemFreeAsync", x, wrong ? other : one);
                    c.synchronize(one);
                    c.synchronize(other);
                }),
                bug("a branch of a graph does not follow what it reads", Kind.STREAM_ORDER, "copy reads buffer .*, which fill writes on another stream or branch", (c, wrong) -> {
                    long x = c.buffer(256), y = c.buffer(256), one = c.stream(), other = c.stream(), fork = c.event(), join = c.event();
                    long copy = kernel(c, "copy"), fill = kernel(c, "fill");
                    long graph = c.captured(one, () -> {
                        if (wrong) c.check("cuEventRecord", fork, one);
                        c.launch(fill, 1, 64, one, x, 1f);
                        if (!wrong) c.check("cuEventRecord", fork, one);
                        c.check("cuStreamWaitEvent", other, fork, 0);
                        c.launch(copy, 1, 64, other, x, y, 64);
                        c.check("cuEventRecord", join, other);
                        c.check("cuStreamWaitEvent", one, join, 0);
                    });
                    long executable = c.executable(graph);
                    for (int i = 0; i < 2; i++) c.check("cuGraphLaunch", executable, one);
                    c.synchronize(one);
                }),
                bug("a capture is waited for", Kind.CAPTURE, "cuStreamSynchronize while a stream is captured", (c, wrong) -> {
                    long x = c.buffer(256), stream = c.stream(), fill = kernel(c, "fill");
                    c.check("cuStreamBeginCapture_v2", stream, 0);
                    c.launch(fill, 1, 64, stream, x, 1f);
                    if (wrong) assertThat(c.call("cuStreamSynchronize", stream)).isEqualTo(900);
                    MemorySegment graph = c.memory(stream, 0L);
                    assertThat(c.call("cuStreamEndCapture", stream, graph)).isEqualTo(wrong ? 901 : 0);
                    if (!wrong) c.check("cuGraphDestroy", graph.get(JAVA_LONG, 0));
                }),
                bug("memory is taken in a capture", Kind.CAPTURE, "cuMemAlloc_v2 while a stream is captured", (c, wrong) -> {
                    long stream = c.stream();
                    if (!wrong) c.buffer(4);
                    c.check("cuStreamBeginCapture_v2", stream, 0);
                    if (wrong) assertThat(c.call("cuMemAlloc_v2", c.memory(0L), 4L)).isEqualTo(900);
                    MemorySegment graph = c.memory(stream, 0L);
                    assertThat(c.call("cuStreamEndCapture", stream, graph)).isEqualTo(wrong ? 901 : 0);
                    if (!wrong) c.check("cuGraphDestroy", graph.get(JAVA_LONG, 0));
                }),
                bug("a stream does not come back to its capture", Kind.CAPTURE, "does not come back to the stream that began it", (c, wrong) -> {
                    long x = c.buffer(256), one = c.stream(), other = c.stream(), fork = c.event(), join = c.event(), fill = kernel(c, "fill");
                    c.check("cuStreamBeginCapture_v2", one, 0);
                    c.check("cuEventRecord", fork, one);
                    c.check("cuStreamWaitEvent", other, fork, 0);
                    c.launch(fill, 1, 64, other, x, 1f);
                    c.check("cuEventRecord", join, other);
                    if (!wrong) c.check("cuStreamWaitEvent", one, join, 0);
                    MemorySegment graph = c.memory(0L);
                    assertThat(c.call("cuStreamEndCapture", one, graph)).isEqualTo(wrong ? 904 : 0);
                    if (!wrong) c.check("cuGraphDestroy", graph.get(JAVA_LONG, 0));
                }));
    }

    private static Stream<Bug> host() {
        return Stream.of(
                bug("the host reads a result before it is there", Kind.HOST_MEMORY, "the host reads memory of host memory .* before a copy to the host", (c, wrong) -> {
                    long x = c.buffer(VALUES), stream = c.stream();
                    MemorySegment result = c.hostMemory(256);
                    c.launch(kernel(c, "fill"), 1, 64, stream, x, 1f);
                    c.check("cuMemcpyDtoHAsync_v2", result, x, 256L, stream);
                    if (!wrong) c.synchronize(stream);
                    assertThat(result.get(JAVA_FLOAT, 0)).isEqualTo(wrong ? 0 : 1);
                    c.synchronize(stream);
                }),
                bug("the host changes what is still to be copied", Kind.HOST_MEMORY, "the host writes memory of host memory .* before a copy from the host", (c, wrong) -> {
                    long x = c.buffer(256), stream = c.stream();
                    MemorySegment batch = c.hostMemory(256);
                    c.check("cuMemcpyHtoDAsync_v2", x, batch, 256L, stream);
                    if (!wrong) c.synchronize(stream);
                    batch.set(JAVA_FLOAT, 0, 3);
                    c.synchronize(stream);
                    assertThat(c.read(x, 1)).containsExactly(wrong ? 3 : 0);
                }),
                bug("host memory is freed before it is copied", Kind.HOST_MEMORY, "cuMemFreeHost of host memory .* before a copy from the host", (c, wrong) -> {
                    long x = c.buffer(256), stream = c.stream(), batch = c.made("cuMemHostAlloc", 256L, 0);
                    c.check("cuMemcpyHtoDAsync_v2", x, c.segment(batch, 256), 256L, stream);
                    if (!wrong) c.synchronize(stream);
                    c.check("cuMemFreeHost", batch);
                }),
                bug("an asynchronous copy takes memory of the heap", Kind.HOST_MEMORY, "cuMemcpyHtoDAsync_v2 with memory of the host that is not page-locked", (c, wrong) -> {
                    long x = c.buffer(256), stream = c.stream();
                    c.check("cuMemcpyHtoDAsync_v2", x, wrong ? c.floats(VALUES) : c.hostMemory(256), 256L, stream);
                    c.synchronize(stream);
                }));
    }

    private static Stream<Bug> handles() {
        return Stream.of(
                bug("a kernel's module was unloaded", Kind.BAD_HANDLE, "use of kernel fill after its module was unloaded", (c, wrong) -> {
                    long module = c.made("cuModuleLoadData", c.ptx(KERNELS)), fill = c.function(module, "fill"), y = c.buffer(4);
                    if (wrong) c.check("cuModuleUnload", module);
                    assertThat(c.launch(fill, 1, 1, 0, y, 1f)).isEqualTo(wrong ? 400 : 0);
                    if (!wrong) c.check("cuModuleUnload", module);
                }),
                bug("an event was destroyed", Kind.BAD_HANDLE, "use of event .* after it was destroyed", (c, wrong) -> {
                    long event = c.made("cuEventCreate", 0);
                    if (!wrong) c.check("cuEventRecord", event, 0L);
                    c.check("cuEventDestroy_v2", event);
                    if (wrong) c.call("cuEventRecord", event, 0L);
                }),
                bug("cuBLAS works on a stream that was destroyed", Kind.BAD_HANDLE, "cublasSgemm_v2 on stream .* after it was destroyed", (c, wrong) -> {
                    long cublas = c.cublas(), stream = c.made("cuStreamCreate", 0), x = c.buffer(VALUES), y = c.buffer(4);
                    c.check("cublasSetStream_v2", cublas, stream);
                    if (wrong) c.check("cuStreamDestroy_v2", stream);
                    c.product(cublas, 1, 1, 1, x, 1, x, 1, y, 1);
                    if (!wrong) c.check("cuStreamDestroy_v2", stream);
                }),
                bug("a launch's arguments are too few", Kind.BAD_ARGUMENT, "kernel fill: its arguments take 12 bytes, and 8 were given", (c, wrong) -> {
                    MemorySegment values = c.memory(c.buffer(4), 1f);
                    MemorySegment extra = c.memory(1L, values, 2L, c.memory(wrong ? 8L : 12L), 0L);
                    c.call("cuLaunchKernel", kernel(c, "fill"), 1, 1, 1, 1, 1, 1, 0, 0L, MemorySegment.NULL, extra);
                }));
    }

    private static Stream<Bug> leaks() {
        return Stream.of(leak("event", "cuEventCreate", "cuEventDestroy_v2", 0),
                leak("stream", "cuStreamCreate", "cuStreamDestroy_v2", 0), leak("buffer", "cuMemAlloc_v2", "cuMemFree_v2", 4L),
                leak("host memory", "cuMemHostAlloc", "cuMemFreeHost", 4L, 0), leak("cuBLAS handle", "cublasCreate_v2", "cublasDestroy_v2"),
                bug("a module is never unloaded", Kind.LEAK, "module \\d+ \\(cuModuleLoadData\\) lives when its context ends", (c, wrong) -> {
                    long module = c.made("cuModuleLoadData", c.ptx(KERNELS));
                    if (!wrong) c.check("cuModuleUnload", module);
                }),
                bug("a graph is never destroyed", Kind.LEAK, "executable graph", (c, wrong) -> {
                    long graph = c.captured(c.stream(), () -> {}), executable = c.made("cuGraphInstantiateWithFlags", graph, 0L);
                    if (!wrong) c.check("cuGraphExecDestroy", executable);
                }));
    }

    // @formatter:on
    private static Bug leak(String what, String make, String destroy, Object... arguments) {
        return bug("a " + what + " is never destroyed", Kind.LEAK,
                what + " \\d+ \\(" + make + "\\) lives when its context ends", (c, wrong) -> {
                    long made = c.made(make, arguments);
                    if (!wrong) c.check(destroy, made);
                });
    }

    /** Which thread makes a mistake first is known in one order; without mistakes none matters. */
    private static Cuda run(Bug bug, boolean isWrong) {
        Configuration machine = Configuration.DEFAULT.with(isWrong ? Order.ASCENDING : Order.ALTERNATING);
        Cuda cuda = new Cuda(Cuda.emulator(machine));
        bug.program.run(cuda, isWrong);
        if (!isWrong) cuda.check("cuCtxSynchronize");
        else cuda.call("cuCtxSynchronize");
        cuda.end();
        return cuda;
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void aMistakeIsNamed(Bug bug) {
        assertThat(run(bug, true).emulator().findingsAtEnd()).anySatisfy(finding -> {
            assertThat(finding.kind()).isEqualTo(bug.kind);
            assertThat(finding.text()).containsPattern(bug.text);
        });
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void theProgramWithoutItGivesNoFinding(Bug bug) {
        assertThat(run(bug, false).emulator().findingsAtEnd()).isEmpty();
    }
}
