package org.chainrule.opencl;

import static org.lwjgl.opencl.CL10.*;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import org.chainrule.kernels.DeviceFunction;
import org.chainrule.kernels.Launch;
import org.chainrule.kernels.SourceCompiler;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/** A program that a driver built. */
record ClProgram(ClQueue queue, long program) implements SourceCompiler.Program {
    @Override
    public byte[] binary() {
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
    public DeviceFunction function(String name, DeviceFunction.Start<Launch> start) {
        return function(name, start, () -> {});
    }

    /** The same, which tells {@code ran} when kernels that may have been compiled to run have run. */
    DeviceFunction function(String name, DeviceFunction.Start<Launch> start, Runnable ran) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer code = stack.mallocInt(1);
            long kernel = clCreateKernel(program, name, code);
            Cl.check(code.get(0), queue.device(), "making kernel " + name + " for " + start.label());
            return new ClFunction(queue, kernel, start, ran);
        }
    }

    @Override
    public void close() {
        synchronized (Compiler.BUILDING) {
            clReleaseProgram(program);
        }
    }
}
