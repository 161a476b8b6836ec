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
import java.util.stream.Collectors;
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
    /** Held while a driver compiles: PoCL's threads remove each other's files where two compile one source. */
    static final Object BUILDING = new Object();
    /** What PoCL says where it lost one nevertheless, which is no fault of the source. */
    private static final String LOST_FILE = "unable to rename temporary";
    private static final int TRIES = 5;

    private final ClHardware hardware;
    private final long context;
    private final Trace trace;
    private final String options;
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
        this.options = "-cl-std=CL1.2" + (hardware.isExact() ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");
        this.cache = hardware.isPocl() ? BinaryCache.none()
                : BinaryCache.of("opencl", hardware.name() + "\n" + hardware.driver() + "\n" + options);
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
            return build(text, labelOf(sources, unknown.getFirst()));
        } catch (KernelCompilationException e) {
            if (unknown.size() > 1) for (Source s : unknown) clReleaseProgram(
                    build(Dialect.OPENCL.complete(List.of(s), hardware.hasDoubles()), labelOf(sources, s)));
            throw e;
        }
    }

    private long build(String text, Kernel.Label label) {
        synchronized (BUILDING) {
            for (int left = TRIES - 1;; left--) {
                try {
                    return buildAlone(text, label);
                } catch (KernelCompilationException e) {
                    if (left == 0 || !hardware.isPocl() || !e.getMessage().contains(LOST_FILE)) throw e;
                    LOG.log(System.Logger.Level.DEBUG, "PoCL lost a file of its own; it compiles again", e);
                }
            }
        }
    }

    private long buildAlone(String text, Kernel.Label label) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer code = stack.mallocInt(1);
            long program = clCreateProgramWithSource(context, text, code);
            Cl.check(code.get(0), hardware.name(), "reading the source for " + label);
            int built = clBuildProgram(program, hardware.id(), options, null, MemoryUtil.NULL);
            if (built != CL_SUCCESS) {
                String log = log(program);
                clReleaseProgram(program);
                throw new KernelCompilationException(hardware.name() + ": the kernel for " + label
                        + " does not compile: " + Cl.name(built) + "\n" + log.strip() + "\n" + numbered(text));
            }
            return program;
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
                    && clBuildProgram(program, hardware.id(), options, null, MemoryUtil.NULL) == CL_SUCCESS)
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

    private String log(long program) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer size = stack.mallocPointer(1);
            if (clGetProgramBuildInfo(program, hardware.id(), CL_PROGRAM_BUILD_LOG, (ByteBuffer) null,
                    size) != CL_SUCCESS)
                return "the driver has no log";
            ByteBuffer text = MemoryUtil.memAlloc(Math.toIntExact(Math.max(1, size.get(0))));
            try {
                if (clGetProgramBuildInfo(program, hardware.id(), CL_PROGRAM_BUILD_LOG, text, null) != CL_SUCCESS)
                    return "the driver has no log";
                return MemoryUtil.memUTF8(text, Math.max(0, text.remaining() - 1));
            } finally {
                MemoryUtil.memFree(text);
            }
        }
    }

    private static String numbered(String text) {
        String[] lines = text.split("\n", -1);
        return IntStream.range(0, lines.length).mapToObj(i -> "%4d  %s".formatted(i + 1, lines[i]))
                .collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        programs.forEach(p -> clReleaseProgram(p));
        programs.clear();
        entries.clear();
    }
}
