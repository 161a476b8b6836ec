package org.chainrule.cuda;

import org.chainrule.kernels.LibraryProduct;
import org.chainrule.plan.Kernel;
import org.chainrule.spi.Trace;

/** A product by cuBLAS. */
final class CublasFunction implements Captured {
    private final CudaQueue queue;
    private final Cublas cublas;
    private final Start<LibraryProduct> start;
    /** Of a, b and c. */
    private final long[] memory = new long[3];
    private boolean changed = true;

    CublasFunction(CudaQueue queue, Cublas cublas, Start<LibraryProduct> start) {
        this.queue = queue;
        this.cublas = cublas;
        this.start = start;
    }

    @Override
    public void set(int index, int value) {
        throw new IllegalStateException("a product takes memory alone");
    }

    @Override
    public void set(int index, long value) {
        memory[index] = value;
        changed = true;
    }

    @Override
    public boolean takeChanged() {
        boolean c = changed;
        changed = false;
        return c;
    }

    @Override
    public Kernel.Label label() {
        return start.label();
    }

    @Override
    public void queue() {
        queue.asks();
        cublas.queue(start.command(), memory[0], memory[1], memory[2], "multiplying for " + start.label());
        queue.started(start.label());
        queue.queued(Trace.Kind.KERNEL, start.label(), start.traffic());
    }

    @Override
    public void close() {}
}
