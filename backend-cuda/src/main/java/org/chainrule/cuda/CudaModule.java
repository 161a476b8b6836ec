package org.chainrule.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static jcuda.driver.JCudaDriver.*;

import java.lang.foreign.Arena;
import java.util.Optional;
import jcuda.Pointer;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import org.chainrule.kernels.DeviceFunction;
import org.chainrule.kernels.Launch;
import org.chainrule.kernels.SourceCompiler;

/** A module that was loaded to a device, and the image that it was loaded from. */
record CudaModule(CudaQueue queue, CUmodule module, byte[] binary) implements SourceCompiler.Program {
    /** The module of an image: machine code, or PTX that ends in a zero; empty where the driver does not take it. */
    static Optional<SourceCompiler.Program> load(CudaQueue queue, byte[] image) {
        queue.enter();
        CUmodule module = new CUmodule();
        int status;
        try (Arena arena = Arena.ofConfined()) {
            // from outside of the heap: PTX takes the driver seconds, in which an array's collector would have to wait
            status = cuModuleLoadDataEx(module, Address.OnHost.of(arena.allocateFrom(JAVA_BYTE, image), 0), 0,
                    new int[0], Pointer.to(new int[0]));
        }
        if (status == CUresult.CUDA_SUCCESS) return Optional.of(new CudaModule(queue, module, image));
        return switch (status) {
            case CUresult.CUDA_ERROR_INVALID_IMAGE, CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU,
                    CUresult.CUDA_ERROR_INVALID_PTX, CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
                    CUresult.CUDA_ERROR_INVALID_SOURCE, CUresult.CUDA_ERROR_JIT_COMPILER_NOT_FOUND ->
                    Optional.empty();
            default -> throw Cuda.failure(status, queue.device(), "loading a module");
        };
    }

    @Override
    public DeviceFunction function(String name, DeviceFunction.Start<Launch> start) {
        queue.enter();
        Address.Function function = new Address.Function();
        Cuda.check(cuModuleGetFunction(function, module, name), queue.device(),
                "finding kernel " + name + " for " + start.label());
        return new CudaFunction(queue, function, start);
    }

    @Override
    public void close() {
        cuModuleUnload(module);
    }
}
