package org.chainrule.opencl;

import static org.lwjgl.opencl.CL10.*;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.chainrule.KernelCompilationException;
import org.chainrule.UnsupportedOpException;
import org.chainrule.kernels.BinaryCache;
import org.chainrule.kernels.Dialect;
import org.chainrule.kernels.Dump;
import org.chainrule.kernels.Source;
import org.chainrule.plan.Kernel;
import org.chainrule.spi.Trace;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/** What was compiled for a device, by source. */
final class Programs implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Programs.class.getName());

    private final ClHardware hardware;
    private final long context;
    private final Trace trace;
    private final Compiler compiler;
    private final BinaryCache cache;
    private final Map<Source, Entry> entries = new HashMap<>();
    private final List<Long> programs = new ArrayList<>();
    private final Set<Source> ran = new HashSet<>();

    /** A function of a program. */
    private record Entry(long program, String name) {}

    Programs(ClHardware hardware, long context, Trace trace) {
        this.hardware = hardware;
        this.context = context;
        this.trace = trace;
        this.compiler = new Compiler(hardware, context);
        this.cache = hardware.isPocl() ? BinaryCache.none()
                : BinaryCache.of("opencl", hardware.name() + "\n" + hardware.driver() + "\n" + compiler.options());
    }

    /**
     * Compiles those of {@code sources} that are not yet: together, since most of what a compiler does for one it does for all of them.
     *
     * @param sources with the kernel that each is for, which is named where it does not compile
     */
    void prepare(Map<Source, Kernel.Label> sources) {
        List<Source> unknown = sources.keySet().stream().filter(s -> !entries.containsKey(s)).toList();
        if (unknown.isEmpty()) return;
        unknown.stream().filter(s -> s.needsDoubles() && !hardware.hasDoubles()).findFirst().ifPresent(s -> {
            throw new UnsupportedOpException(hardware.name() + " has no F64, in which " + labelOf(sources, s)
                    + " computes between its inputs and results; cast to F32, or use --backend cpu");
        });
        unknown.forEach(s -> Dump.write(s, labelOf(sources, s),
                Dialect.OPENCL.complete(List.of(s), hardware.hasDoubles()), "cl"));
        List<Source> named = IntStream.range(0, unknown.size())
                .mapToObj(i -> unknown.get(i).named(unknown.get(i).entry() + "_" + i)).toList();
        String text = Dialect.OPENCL.complete(named, hardware.hasDoubles());
        long start = System.nanoTime();
        long kept = cache.read(text).map(this::load).orElse(0L);
        long program = kept == 0 ? build(text, unknown, sources) : kept;
        programs.add(program);
        for (int i = 0; i < named.size(); i++) entries.put(unknown.get(i), new Entry(program, named.get(i).entry()));
        if (kept == 0) cache.write(text, () -> binary(program));
        long nanos = System.nanoTime() - start;
        List<Kernel.Label> labels = unknown.stream().map(s -> labelOf(sources, s)).distinct().toList();
        trace.add(new Trace.Activity(Trace.Kind.COMPILATION, Kernel.Label.of(labels), 0, start, nanos));
        LOG.log(System.Logger.Level.DEBUG, () -> "%d kernels %s in %.1f ms".formatted(named.size(),
                kept == 0 ? "compiled" : "loaded", nanos / 1e6));
    }

    private static Kernel.Label labelOf(Map<Source, Kernel.Label> sources, Source s) {
        return Optional.ofNullable(sources.get(s)).orElseThrow();
    }

    /** Whether one of {@code sources}, which were prepared, never ran; from now on all did. */
    boolean firstRunOf(Set<Source> sources) {
        return ran.addAll(sources);
    }

    /** A kernel object of its own for a source that was prepared, with arguments to be set. */
    long kernel(Source source, Kernel.Label label) {
        Entry entry = Optional.ofNullable(entries.get(source)).orElseThrow();
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer code = stack.mallocInt(1);
            long kernel = clCreateKernel(entry.program, entry.name, code);
            Cl.check(code.get(0), hardware.name(), "making kernel " + entry.name + " for " + label);
            return kernel;
        }
    }

    /** Compiles {@code text}; where that fails and it is of several sources, each alone, to find the one that is wrong. */
    private long build(String text, List<Source> unknown, Map<Source, Kernel.Label> sources) {
        try {
            return compiler.build(text, labelOf(sources, unknown.getFirst()));
        } catch (KernelCompilationException e) {
            if (unknown.size() > 1) for (Source s : unknown) clReleaseProgram(compiler.build(
                    Dialect.OPENCL.complete(List.of(s), hardware.hasDoubles()), labelOf(sources, s)));
            throw e;
        }
    }

    /** The program that {@code binary} is, or 0 where the driver does not take it. */
    private long load(byte[] binary) {
        if (binary.length == 0) return 0;
        ByteBuffer bytes = MemoryUtil.memAlloc(binary.length).put(binary).flip();
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer code = stack.mallocInt(1), status = stack.mallocInt(1);
            long program = clCreateProgramWithBinary(context, stack.pointers(hardware.id()), bytes, status, code);
            if (code.get(0) != CL_SUCCESS) return 0;
            if (status.get(0) == CL_SUCCESS
                    && clBuildProgram(program, hardware.id(), compiler.options(), null, MemoryUtil.NULL) == CL_SUCCESS)
                return program;
            clReleaseProgram(program);
            return 0;
        } finally {
            MemoryUtil.memFree(bytes);
        }
    }

    /** The driver's binary of a program; empty where it gives none. */
    private byte[] binary(long program) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer size = stack.callocPointer(1);
            if (clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, size, null) != CL_SUCCESS || size.get(0) == 0)
                return new byte[0];
            ByteBuffer bytes = MemoryUtil.memAlloc(Math.toIntExact(size.get(0)));
            try {
                if (clGetProgramInfo(program, CL_PROGRAM_BINARIES, stack.pointers(bytes), null) != CL_SUCCESS)
                    return new byte[0];
                byte[] binary = new byte[bytes.remaining()];
                bytes.get(binary);
                return binary;
            } finally {
                MemoryUtil.memFree(bytes);
            }
        }
    }

    @Override
    public void close() {
        programs.forEach(p -> clReleaseProgram(p));
        programs.clear();
        entries.clear();
    }
}
