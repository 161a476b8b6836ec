package org.chainrule.opencl;

import static org.lwjgl.opencl.CL10.*;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Optional;
import org.chainrule.KernelCompilationException;
import org.chainrule.io.Resource;
import org.chainrule.kernels.BinaryCache;
import org.chainrule.kernels.Dialect;
import org.chainrule.kernels.SourceCompiler;
import org.chainrule.plan.Kernel;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/** A driver's compiler, and what it needs to be spared. */
final class Compiler implements SourceCompiler {
    private static final System.Logger LOG = System.getLogger(Compiler.class.getName());
    /** Held while a driver compiles: PoCL's threads remove each other's files where two compile one source. */
    static final Object BUILDING = new Object();
    /** What PoCL says where it lost one nevertheless, which is no fault of the source. */
    private static final String LOST_FILE = "unable to rename temporary";
    private static final int TRIES = 5;
    /** Logged where {@code builtins.h} was not enough. */
    static final String RELAPSE = "PoCL compiles again with its own declarations";
    /** Leaves out PoCL's declarations of all built-in functions. */
    private static final String WITHOUT_BUILTINS = " -D_OPENCL_H_";
    private static final String BUILTINS = Resource.text(Compiler.class, "builtins.h");

    private final ClHardware hardware;
    private final ClQueue queue;
    /** The options that decide what a program computes. */
    private final String options;
    private final BinaryCache cache;

    Compiler(ClHardware hardware, ClQueue queue) {
        this.hardware = hardware;
        this.queue = queue;
        this.options = "-cl-std=CL1.2" + (hardware.isExact() ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");
        this.cache = hardware.isPocl() ? BinaryCache.none()
                : BinaryCache.of("opencl", hardware.name() + "\n" + hardware.driver() + "\n" + options);
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
        return new ClProgram(queue, compile(text, label));
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
                    && clBuildProgram(program, hardware.id(), options, null, MemoryUtil.NULL) == CL_SUCCESS)
                return Optional.of(new ClProgram(queue, program));
            clReleaseProgram(program);
            return Optional.empty();
        } finally {
            MemoryUtil.memFree(bytes);
        }
    }

    private long compile(String text, Kernel.Label label) {
        synchronized (BUILDING) {
            if (!hardware.isPocl()) return compile(text, options, label);
            try {
                return compilePatiently(BUILTINS + text, options + WITHOUT_BUILTINS, label);
            } catch (KernelCompilationException e) {
                if (e.getMessage().contains(LOST_FILE)) throw e;
                LOG.log(System.Logger.Level.DEBUG, RELAPSE, e);
                return compilePatiently(text, options, label);
            }
        }
    }

    private long compilePatiently(String text, String options, Kernel.Label label) {
        for (int left = TRIES - 1;; left--) {
            try {
                return compile(text, options, label);
            } catch (KernelCompilationException e) {
                if (left == 0 || !e.getMessage().contains(LOST_FILE)) throw e;
                LOG.log(System.Logger.Level.DEBUG, "PoCL lost a file of its own; it compiles again", e);
            }
        }
    }

    private long compile(String text, String options, Kernel.Label label) {
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
