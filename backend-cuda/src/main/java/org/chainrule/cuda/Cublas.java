package org.chainrule.cuda;

import static jcuda.jcublas.JCublas2.*;

import java.util.Optional;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;
import org.chainrule.DType;
import org.chainrule.UnsupportedOpException;
import org.chainrule.kernels.DriverFailure;
import org.chainrule.kernels.LibraryProduct;
import org.chainrule.kernels.LibraryProduct.Matrix;

/** NVIDIA's matrix products on one stream, with working memory of their own: so that they take none while they run, and give the same bits each time. */
final class Cublas implements AutoCloseable {
    /** The property that lets products of f32 round their operands to 10 bits of fraction, as tensor cores do. */
    static final String TF32 = "chainrule.tf32";

    private static final System.Logger LOG = System.getLogger(Cublas.class.getName());
    /** What cuBLAS's manual advises for Hopper, the most that it names. */
    private static final long WORKSPACE = 32 << 20;
    private static final Pointer ONE = Pointer.to(new float[] {1}), NOUGHT = Pointer.to(new float[] {0});
    private static final Pointer WIDE_ONE = Pointer.to(new double[] {1}), WIDE_NOUGHT = Pointer.to(new double[] {0});

    private final CudaQueue queue;
    private final cublasHandle handle;
    /** 0 where there is no room for it. */
    private final long workspace;
    private final boolean tf32 = Boolean.getBoolean(TF32);

    private Cublas(CudaQueue queue, cublasHandle handle, long workspace) {
        this.queue = queue;
        this.handle = handle;
        this.workspace = workspace;
    }

    /** Products of {@code queue}; none where the library is not there or cannot be started, which is no reason not to compute. */
    static Optional<Cublas> of(CudaQueue queue) {
        if (Natives.CUBLAS.load().isPresent()) return Optional.empty();
        long workspace = queue.take(WORKSPACE);
        cublasHandle handle = new cublasHandle();
        int status = cublasCreate(handle);
        if (status == cublasStatus.CUBLAS_STATUS_SUCCESS) {
            Cublas c = new Cublas(queue, handle, workspace);
            status = c.start();
            if (status == cublasStatus.CUBLAS_STATUS_SUCCESS) return Optional.of(c);
            c.close();
        } else {
            queue.release(workspace);
        }
        LOG.log(System.Logger.Level.WARNING, "{0}: cuBLAS cannot be started ({1}); products are our own",
                queue.device(), cublasStatus.stringFor(status));
        return Optional.empty();
    }

    /** Returns the status of the first call that fails, or success. */
    private int start() {
        // sums of f16 and bf16 are not to be rounded to those in between
        int status = cublasSetMathMode(handle, cublasMath.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION);
        if (status == cublasStatus.CUBLAS_STATUS_SUCCESS)
            status = cublasSetStream(handle, new cudaStream_t(queue.stream()));
        if (status == cublasStatus.CUBLAS_STATUS_SUCCESS && workspace != 0)
            status = cublasSetWorkspace(handle, new Address.OnDevice(workspace), WORKSPACE);
        return status;
    }

    private void check(int status, String doing) {
        if (status == cublasStatus.CUBLAS_STATUS_SUCCESS) return;
        String what = queue.device() + ": " + doing + " failed with " + cublasStatus.stringFor(status);
        switch (status) {
            case cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED, cublasStatus.CUBLAS_STATUS_ARCH_MISMATCH,
                    cublasStatus.CUBLAS_STATUS_INVALID_VALUE ->
                    throw new UnsupportedOpException(
                            what + ": it does not take this product on this device; compute it in another dtype, or use --backend cpu");
            default -> {}
        }
        DriverFailure failure = status == cublasStatus.CUBLAS_STATUS_ALLOC_FAILED ? DriverFailure.OUT_OF_MEMORY
                : DriverFailure.LOST;
        throw failure.exception(what);
    }

    /**
     * Queues {@code p}. cuBLAS counts by columns, by which a matrix in rows is its transpose: so it is asked for {@code cᵀ = bᵀ · aᵀ}.
     *
     * @param a addresses of the memory in which each matrix lies
     */
    void queue(LibraryProduct p, long a, long b, long c, String doing) {
        int in = p.in().bytes(), out = p.out().bytes(), type = type(p.in());
        boolean wide = p.in() == DType.F64;
        Pointer one = wide ? WIDE_ONE : ONE, nought = wide ? WIDE_NOUGHT : NOUGHT;
        Pointer left = at(b, p.b(), in), right = at(a, p.a(), in), to = at(c, p.c(), out);
        check(p.count() == 1
                ? cublasGemmEx_new(handle, operation(p.b()), operation(p.a()), p.columns(), p.rows(), p.depth(), one,
                        left, type, p.b().leading(), right, type, p.a().leading(), nought, to, type(p.out()),
                        p.c().leading(), compute(p.in()), cublasGemmAlgo.CUBLAS_GEMM_DEFAULT)
                : cublasGemmStridedBatchedEx_new(handle, operation(p.b()), operation(p.a()), p.columns(), p.rows(),
                        p.depth(), one, left, type, p.b().leading(), p.b().stride(), right, type, p.a().leading(),
                        p.a().stride(), nought, to, type(p.out()), p.c().leading(), p.c().stride(), p.count(),
                        compute(p.in()), cublasGemmAlgo.CUBLAS_GEMM_DEFAULT),
                doing);
    }

    private static Pointer at(long memory, Matrix m, int bytes) {
        return new Address.OnDevice(memory + (long) m.offset() * bytes);
    }

    private static int operation(Matrix m) {
        return m.transposed() ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
    }

    private int compute(DType in) {
        if (in == DType.F64) return cublasComputeType.CUBLAS_COMPUTE_64F;
        return in == DType.F32 && tf32 ? cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32
                : cublasComputeType.CUBLAS_COMPUTE_32F;
    }

    private static int type(DType t) {
        return switch (t) {
            case F32 -> cudaDataType.CUDA_R_32F;
            case F64 -> cudaDataType.CUDA_R_64F;
            case F16 -> cudaDataType.CUDA_R_16F;
            case BF16 -> cudaDataType.CUDA_R_16BF;
            case I32, I64, BOOL -> throw new UnsupportedOpException("cuBLAS has no products of " + t);
        };
    }

    @Override
    public void close() {
        cublasDestroy(handle);
        queue.release(workspace);
    }
}
