package org.chainrule.opencl;

import static org.lwjgl.opencl.CL10.*;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.chainrule.KernelCompilationException;
import org.chainrule.io.Resource;
import org.chainrule.plan.Kernel;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/** A driver's compiler, and what it needs to be spared. */
final class Compiler {
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
    private final long context;
    private final String options;

    Compiler(ClHardware hardware, long context) {
        this.hardware = hardware;
        this.context = context;
        this.options = "-cl-std=CL1.2" + (hardware.isExact() ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");
    }

    /** The options that decide what a program computes. */
    String options() {
        return options;
    }

    /** The program of {@code text}. */
    long build(String text, Kernel.Label label) {
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
}
