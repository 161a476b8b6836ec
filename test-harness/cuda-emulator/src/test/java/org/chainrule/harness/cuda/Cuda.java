package org.chainrule.harness.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.chainrule.harness.cuda.Configuration.Library;
import org.junit.jupiter.api.Assumptions;

/** A program that calls the emulated libraries, with a context of its own. */
final class Cuda {
    static final int ILLEGAL_ADDRESS = 700, MISALIGNED_ADDRESS = 716, LAUNCH_FAILED = 719, INVALID_VALUE = 1;
    private static final int NONBLOCKING = 1;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Map<List<Object>, MethodHandle> HANDLES = new HashMap<>();

    private final Arena arena = Arena.ofAuto();
    private final Emulator emulator;
    private final long context;
    private final Deque<Runnable> ends = new ArrayDeque<>();

    /** Where the emulator cannot be built the test is skipped; in CI it fails. */
    static Emulator emulator(Configuration configuration) {
        Emulator.missing().ifPresent(reason -> {
            if ("true".equals(System.getenv("CI"))) throw new AssertionError(reason);
            Assumptions.abort(reason);
        });
        return Emulator.load(configuration);
    }

    Cuda(Emulator emulator) {
        this.emulator = emulator;
        check("cuInit", 0);
        this.context = made("cuCtxCreate_v2", 0, 0);
    }

    Emulator emulator() {
        return emulator;
    }

    /** Destroys what was made through methods that say so, last first, and the context. */
    void end() {
        ends.forEach(Runnable::run);
        call("cuCtxDestroy_v2", context);
    }

    private long until(String destroy, long handle) {
        ends.push(() -> call(destroy, handle));
        return handle;
    }

    /** What the function returns. */
    int call(String name, Object... arguments) {
        MemoryLayout[] types = Arrays.stream(arguments).map(Cuda::layout).toArray(MemoryLayout[]::new);
        MethodHandle function = HANDLES.computeIfAbsent(List.of(name, List.of(types)),
                _ -> LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(JAVA_INT, types)));
        try {
            return (int) function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new AssertionError(name, e);
        }
    }

    private MemorySegment symbol(String name) {
        Library library = name.startsWith("cublas") ? Library.CUBLAS : name.startsWith("nvrtc") ? Library.NVRTC
                : Library.DRIVER;
        return SymbolLookup.libraryLookup(emulator.path(library), Arena.global()).find(name).orElseThrow();
    }

    private static MemoryLayout layout(Object argument) {
        return switch (argument) {
            case Integer _ -> JAVA_INT;
            case Long _ -> JAVA_LONG;
            case Float _ -> JAVA_FLOAT;
            case Double _ -> JAVA_DOUBLE;
            case MemorySegment _ -> ADDRESS;
            default -> throw new IllegalArgumentException(argument.toString());
        };
    }

    void check(String name, Object... arguments) {
        int status = call(name, arguments);
        if (status != 0) throw new AssertionError(name + " returned " + status);
    }

    /** The handle, address or number that the function puts where its first argument points. */
    long made(String name, Object... others) {
        MemorySegment place = arena.allocate(JAVA_LONG);
        List<Object> arguments = new ArrayList<>(List.of(place));
        arguments.addAll(List.of(others));
        check(name, arguments.toArray());
        return place.get(JAVA_LONG, 0);
    }

    MemorySegment memory(Object... values) {
        MemorySegment all = arena.allocate(8L * values.length, 8);
        long at = 0;
        for (Object value : values) {
            switch (value) {
                case Integer i -> all.set(JAVA_INT, at, i);
                case Float f -> all.set(JAVA_FLOAT, at, f);
                case Long l -> all.set(JAVA_LONG, at, l);
                case Double d -> all.set(JAVA_DOUBLE, at, d);
                case MemorySegment m -> all.set(ADDRESS, at, m);
                default -> throw new IllegalArgumentException(value.toString());
            }
            at += 8;
        }
        return all;
    }

    MemorySegment floats(float... values) {
        return arena.allocateFrom(JAVA_FLOAT, values);
    }

    MemorySegment shorts(short... values) {
        return arena.allocateFrom(JAVA_SHORT, values);
    }

    MemorySegment text(String text) {
        return arena.allocateFrom(text);
    }

    /** The parameters of a graph's node, as CUDA lays them out: function, extents, arguments, and nothing else. */
    MemorySegment node(long function, int blocks, int threads, Object... arguments) {
        MemorySegment all = arena.allocate(72, 8);
        int[] extents = {blocks, 1, 1, threads, 1, 1, 0};
        all.set(JAVA_LONG, 0, function);
        for (int i = 0; i < extents.length; i++) all.set(JAVA_INT, 8 + 4L * i, extents[i]);
        all.set(ADDRESS, 40, memory(Arrays.stream(arguments).map(this::memory).toArray()));
        return all;
    }

    void free(long buffer) {
        check("cuMemFree_v2", buffer);
    }

    /** The log of a compilation that fails. */
    String errorsOf(String source) {
        long program = made("nvrtcCreateProgram", arena.allocateFrom(source), arena.allocateFrom("test.cu"), 0,
                MemorySegment.NULL, MemorySegment.NULL);
        if (compile(program) == 0) throw new AssertionError("it compiles");
        MemorySegment size = arena.allocate(JAVA_LONG);
        check("nvrtcGetProgramLogSize", program, size);
        MemorySegment log = arena.allocate(size.get(JAVA_LONG, 0));
        check("nvrtcGetProgramLog", program, log);
        check("nvrtcDestroyProgram", memory(program));
        return log.getString(0);
    }

    private int compile(long program) {
        return call("nvrtcCompileProgram", program, 2, memory(arena.allocateFrom("--gpu-architecture=compute_80"),
                arena.allocateFrom("-fmad=false")));
    }

    /** What NVRTC makes of the source. */
    MemorySegment ptx(String source) {
        long program = made("nvrtcCreateProgram", arena.allocateFrom(source), arena.allocateFrom("test.cu"), 0,
                MemorySegment.NULL, MemorySegment.NULL);
        if (compile(program) != 0) throw new AssertionError("it does not compile: " + errorsOf(source));
        MemorySegment size = arena.allocate(JAVA_LONG);
        check("nvrtcGetPTXSize", program, size);
        MemorySegment ptx = arena.allocate(size.get(JAVA_LONG, 0));
        check("nvrtcGetPTX", program, ptx);
        check("nvrtcDestroyProgram", memory(program));
        return ptx;
    }

    /** A kernel of that source, loaded until the end. */
    long kernel(String source, String name) {
        return function(until("cuModuleUnload", made("cuModuleLoadData", ptx(source))), name);
    }

    long function(long module, String name) {
        return made("cuModuleGetFunction", module, arena.allocateFrom(name));
    }

    /** A buffer until the end. */
    long buffer(long bytes) {
        return until("cuMemFree_v2", made("cuMemAlloc_v2", bytes));
    }

    /** A buffer with these values until the end. */
    long buffer(float... values) {
        long buffer = buffer(4L * values.length);
        check("cuMemcpyHtoD_v2", buffer, floats(values), 4L * values.length);
        return buffer;
    }

    float[] read(long buffer, int count) {
        MemorySegment values = arena.allocate(JAVA_FLOAT, count);
        check("cuMemcpyDtoH_v2", values, buffer, 4L * count);
        return values.toArray(JAVA_FLOAT);
    }

    /** A stream until the end that does not wait for the context's own. */
    long stream() {
        return until("cuStreamDestroy_v2", made("cuStreamCreate", NONBLOCKING));
    }

    /** An event until the end. */
    long event() {
        return until("cuEventDestroy_v2", made("cuEventCreate", 0));
    }

    void synchronize(long stream) {
        check("cuStreamSynchronize", stream);
    }

    int launch(long function, int blocks, int threads, long stream, Object... arguments) {
        return launchShared(function, blocks, threads, 0, stream, arguments);
    }

    int launchShared(long function, int blocks, int threads, int sharedBytes, long stream, Object... arguments) {
        Object[] places = Arrays.stream(arguments).map(this::memory).toArray();
        return call("cuLaunchKernel", function, blocks, 1, 1, threads, 1, 1, sharedBytes, stream, memory(places),
                MemorySegment.NULL);
    }

    /** A handle of cuBLAS until the end. */
    long cublas() {
        return until("cublasDestroy_v2", made("cublasCreate_v2"));
    }

    /** {@code c = a b} of matrices by columns: m x k by k x n. */
    int product(long handle, int m, int n, int k, long a, int lda, long b, int ldb, long c, int ldc) {
        return call("cublasSgemm_v2", handle, 0, 0, m, n, k, memory(1f), a, lda, b, ldb, memory(0f), c, ldc);
    }

    /** Page-locked memory until the end. */
    MemorySegment hostMemory(long bytes) {
        return segment(until("cuMemFreeHost", made("cuMemHostAlloc", bytes, 0)), bytes);
    }

    MemorySegment segment(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    /** The graph of what {@code work} queues to the stream. */
    long captured(long stream, Runnable work) {
        check("cuStreamBeginCapture_v2", stream, 0);
        work.run();
        MemorySegment place = arena.allocate(JAVA_LONG);
        check("cuStreamEndCapture", stream, place);
        return until("cuGraphDestroy", place.get(JAVA_LONG, 0));
    }

    /** What launches a graph, until the end. */
    long executable(long graph) {
        return until("cuGraphExecDestroy", made("cuGraphInstantiateWithFlags", graph, 0L));
    }
}
