package org.chainrule.opencl;

import static org.lwjgl.opencl.CL10.*;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.chainrule.KernelCompilationException;
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
    private static final Object BUILDING = new Object();

    private final ClHardware hardware;
    private final long context;
    private final Trace trace;
    private final String options;
    private final BinaryCache cache;
    private final Map<Source, Long> programs = new HashMap<>();

    Programs(ClHardware hardware, long context, Trace trace) {
        this.hardware = hardware;
        this.context = context;
        this.trace = trace;
        this.options = "-cl-std=CL1.2" + (hardware.isExact() ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");
        this.cache = hardware.keepsBinaries() ? BinaryCache.none()
                : BinaryCache.of("opencl", hardware.name() + "\n" + hardware.driver() + "\n" + options);
    }

    /** A kernel object of its own, with arguments to be set. {@code label} is named where it does not compile. */
    long kernel(Source source, Kernel.Label label) {
        Long known = programs.get(source);
        long program = known == null ? compile(source, label) : known;
        programs.put(source, program);
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer code = stack.mallocInt(1);
            long kernel = clCreateKernel(program, source.entry(), code);
            Cl.check(code.get(0), hardware.name(), "making kernel " + source.entry() + " for " + label);
            return kernel;
        }
    }

    private long compile(Source source, Kernel.Label label) {
        String text = Dialect.OPENCL.complete(source, hardware.hasDoubles());
        Dump.write(source, label, text, "cl");
        long start = System.nanoTime();
        long kept = cache.read(text).map(this::load).orElse(0L);
        long program = kept == 0 ? build(text, label) : kept;
        if (kept == 0) cache.write(text, () -> binary(program));
        long nanos = System.nanoTime() - start;
        trace.add(new Trace.Activity(Trace.Kind.COMPILATION, label, 0, start, nanos));
        LOG.log(System.Logger.Level.DEBUG, () -> "%s for %s: %s in %.1f ms".formatted(source.entry(), label,
                kept == 0 ? "compiled" : "loaded", nanos / 1e6));
        return program;
    }

    private long build(String text, Kernel.Label label) {
        synchronized (BUILDING) {
            return buildAlone(text, label);
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
        programs.values().forEach(p -> clReleaseProgram(p));
        programs.clear();
    }
}
