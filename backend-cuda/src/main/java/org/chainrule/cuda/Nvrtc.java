package org.chainrule.cuda;

import static jcuda.nvrtc.JNvrtc.*;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;
import org.chainrule.KernelCompilationException;
import org.chainrule.kernels.BinaryCache;
import org.chainrule.kernels.Dialect;
import org.chainrule.kernels.SourceCompiler;
import org.chainrule.plan.Kernel;

/** NVIDIA's run-time compiler: to machine code of the device's architecture, or where it does not know that one to PTX, which the driver compiles. */
final class Nvrtc implements SourceCompiler {
    private final Target target;
    private final CudaQueue queue;

    /**
     * What is compiled for.
     *
     * @param isReal  whether it is compiled to machine code
     * @param options that decide what a program computes
     */
    record Target(CudaHardware hardware, boolean isReal, List<String> options, BinaryCache cache) {
        /** The device's own architecture where NVRTC knows it, else the newest before it, which the driver carries over. */
        static Target of(CudaHardware hardware) {
            int own = hardware.architecture();
            int best = Arrays.stream(known(hardware)).filter(a -> a <= own).max().orElse(own);
            boolean isReal = best == own;
            // no contraction: every device gives the same bits
            List<String> options = List.of("--gpu-architecture=" + (isReal ? "sm_" : "compute_") + best,
                    "--fmad=false", "--std=c++17");
            return new Target(hardware, isReal, options, BinaryCache.of("cuda", String.join("\n", "sm_" + own,
                    hardware.driver(), version(hardware), String.join(" ", options))));
        }

        private static int[] known(CudaHardware hardware) {
            int[] count = new int[1];
            check(nvrtcGetNumSupportedArchs(count), hardware, "asking for architectures");
            int[] known = new int[count[0]];
            if (known.length > 0) check(nvrtcGetSupportedArchs(known), hardware, "asking for architectures");
            return known;
        }

        private static String version(CudaHardware hardware) {
            int[] major = new int[1], minor = new int[1];
            check(nvrtcVersion(major, minor), hardware, "asking for its version");
            return "NVRTC " + major[0] + "." + minor[0];
        }
    }

    Nvrtc(Target target, CudaQueue queue) {
        this.target = target;
        this.queue = queue;
    }

    private static void check(int status, CudaHardware hardware, String doing) {
        if (status != nvrtcResult.NVRTC_SUCCESS) throw new KernelCompilationException(hardware.name() + ": NVRTC, "
                + doing + ", failed with " + nvrtcResult.stringFor(status) + " (" + status + ")");
    }

    private void check(int status, String doing) {
        check(status, target.hardware, doing);
    }

    @Override
    public Dialect dialect() {
        return Dialect.CUDA;
    }

    @Override
    public boolean hasDoubles() {
        return true;
    }

    @Override
    public BinaryCache cache() {
        return target.cache;
    }

    @Override
    public Program build(String text, Kernel.Label label) {
        nvrtcProgram program = new nvrtcProgram();
        check(nvrtcCreateProgram(program, text, "chainrule.cu", 0, new String[0], new String[0]),
                "reading the source for " + label);
        try {
            int status = nvrtcCompileProgram(program, target.options.size(), target.options.toArray(String[]::new));
            if (status != nvrtcResult.NVRTC_SUCCESS)
                throw failure(text, label, nvrtcResult.stringFor(status), log(program));
            byte[] image = image(program);
            return load(image).orElseThrow(() -> failure(text, label, "an image that the driver does not take",
                    target.options.getFirst() + ", driver " + target.hardware.driver()));
        } finally {
            nvrtcDestroyProgram(program);
        }
    }

    private KernelCompilationException failure(String text, Kernel.Label label, String what, String log) {
        return new KernelCompilationException(
                target.hardware.name() + ": the kernel for " + label + " does not compile: "
                        + what + "\n" + log.strip() + "\n" + SourceCompiler.numbered(text));
    }

    private byte[] image(nvrtcProgram program) {
        if (target.isReal) {
            long[] size = new long[1];
            check(nvrtcGetCUBINSize(program, size), "giving machine code");
            byte[] image = new byte[Math.toIntExact(size[0])];
            check(nvrtcGetCUBIN(program, image), "giving machine code");
            return image;
        }
        String[] ptx = new String[1];
        check(nvrtcGetPTX(program, ptx), "giving PTX");
        return (ptx[0] + "\0").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String log(nvrtcProgram program) {
        String[] log = new String[1];
        return JNvrtc.nvrtcGetProgramLog(program, log) == nvrtcResult.NVRTC_SUCCESS && log[0] != null ? log[0]
                : "NVRTC has no log";
    }

    @Override
    public Optional<Program> load(byte[] binary) {
        return CudaModule.load(queue, binary);
    }
}
