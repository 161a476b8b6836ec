package org.chainrule.opencl;

import static org.lwjgl.opencl.CL10.*;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Optional;
import org.chainrule.KernelCompilationException;
import org.chainrule.kernels.BinaryCache;
import org.chainrule.kernels.Dialect;
import org.chainrule.kernels.SourceCompiler;
import org.chainrule.plan.Kernel;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/** A driver's compiler. */
final class Compiler implements SourceCompiler {
    /** Held while a driver compiles: PoCL's threads remove each other's files where two compile one source. */
    static final Object BUILDING = new Object();

    /** Logged before what a driver told of a program that it compiled. */
    static final String TOLD = "the driver tells of the program for ";
    private static final System.Logger LOG = System.getLogger(Compiler.class.getName());

    private final ClHardware hardware;
    private final ClQueue queue;
    private final BinaryCache cache;

    Compiler(ClHardware hardware, ClQueue queue) {
        this.hardware = hardware;
        this.queue = queue;
        this.cache = BinaryCache.of("opencl", hardware.name() + "\n" + hardware.driver() + "\n" + options());
    }

    /** The options that decide what a program computes. */
    String options() {
        return "-cl-std=CL1.2" + (hardware.isExact() ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");
    }

    @Override
    public Dialect dialect() {
        return Dialect.OPENCL;
    }

    @Override
    public boolean hasDoubles() {
        return hardware.hasDoubles();
    }

    @Override
    public BinaryCache cache() {
        return cache;
    }

    @Override
    public Program build(String text, Kernel.Label label) {
        synchronized (BUILDING) {
            return new ClProgram(queue, compile(text, options(), label));
        }
    }

    @Override
    public Optional<Program> load(byte[] binary) {
        ByteBuffer bytes = MemoryUtil.memAlloc(binary.length).put(binary).flip();
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer code = stack.mallocInt(1), status = stack.mallocInt(1);
            long program = clCreateProgramWithBinary(queue.context(), stack.pointers(hardware.id()), bytes, status,
                    code);
            if (code.get(0) != CL_SUCCESS) return Optional.empty();
            if (status.get(0) == CL_SUCCESS
                    && clBuildProgram(program, hardware.id(), options(), null, MemoryUtil.NULL) == CL_SUCCESS)
                return Optional.of(new ClProgram(queue, program));
            clReleaseProgram(program);
            return Optional.empty();
        } finally {
            MemoryUtil.memFree(bytes);
        }
    }

    /** The program of {@code text}, compiled with {@code options}. */
    long compile(String text, String options, Kernel.Label label) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer code = stack.mallocInt(1);
            long program = clCreateProgramWithSource(queue.context(), text, code);
            Cl.check(code.get(0), hardware.name(), "reading the source for " + label);
            int built = clBuildProgram(program, hardware.id(), options, null, MemoryUtil.NULL);
            if (built != CL_SUCCESS) {
                String log = log(program);
                clReleaseProgram(program);
                throw new KernelCompilationException(hardware.name() + ": the kernel for " + label
                        + " does not compile: " + Cl.name(built) + "\n" + log.strip() + "\n"
                        + SourceCompiler.numbered(text));
            }
            // most drivers have nothing to say of a source that compiles; what one has should be seen
            if (LOG.isLoggable(System.Logger.Level.DEBUG)) {
                String log = log(program).strip();
                if (!log.isEmpty()) LOG.log(System.Logger.Level.DEBUG, TOLD + label + ":\n" + log);
            }
            return program;
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
}
