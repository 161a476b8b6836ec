package org.chainrule.cpu;

import org.chainrule.Shape;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;

/** A product, one after the other for each batch, with the epilogue over finished runs while they are in cache. */
final class MatMulWork implements CpuExecutable.Work {
    /** Elements up to which the epilogue passes once over the whole product instead of over its runs. */
    private static final int WHOLE = 1 << 13;

    private final Kernel.MatMul kernel;
    private final Threads threads;
    private final Tape tape;
    private final boolean plain;
    private final boolean whole;
    /** The operand of {@code out} that holds the product while the epilogue runs, -1 for scratch memory. */
    private final int home;
    private final Frame frame;
    private final ThreadLocal<Frame> frames;
    private final float[] floats;
    private final double[] doubles;
    private final int m, n, k, batches;
    private final int aRow, aColumn, bRow, bColumn;
    private final int[] aOffset, bOffset;
    private HostBuffer[] memory = {};
    /** Counts runs, so that each thread's frame takes the memory once in each. */
    private long runs;
    private int base;
    private final Epilogue epilogue = this::finish;
    private final DoubleEpilogue doubleEpilogue = this::finish;

    MatMulWork(Kernel.MatMul kernel, Threads threads) {
        this.kernel = kernel;
        this.threads = threads;
        Shape shape = kernel.shape();
        int r = shape.rank();
        this.m = shape.dim(r - 2);
        this.n = shape.dim(r - 1);
        Layout a = kernel.a().layout(), b = kernel.b().layout();
        this.k = a.shape().dim(r - 1);
        this.aRow = a.stride()[r - 2];
        this.aColumn = a.stride()[r - 1];
        this.bRow = b.stride()[r - 2];
        this.bColumn = b.stride()[r - 1];
        this.batches = Math.toIntExact((long) m * n == 0 ? 0 : shape.size() / m / n);
        this.aOffset = offsets(a);
        this.bOffset = offsets(b);
        this.tape = new Tape(kernel.epilogue(), shape, 1, kernel.extra(), kernel.out());
        this.home = home();
        this.plain = kernel.epilogue().isCopy() && home >= 0 && kernel.out().size() == 1;
        this.whole = shape.size() <= WHOLE;
        boolean isDouble = kernel.dtype() == org.chainrule.DType.F64;
        this.floats = home < 0 && !isDouble ? new float[tape.size] : new float[0];
        this.doubles = home < 0 && isDouble ? new double[tape.size] : new double[0];
        int slot = home < 0 ? -1 : kernel.out().get(home).slot();
        this.frame = new Frame(tape, slot, tape.size);
        this.frames = ThreadLocal.withInitial(() -> new Frame(tape, slot, n));
    }

    private int[] offsets(Layout l) {
        int[] at = new int[batches];
        int r = l.shape().rank();
        for (int i = 0; i < batches; i++) {
            int rest = i, o = l.offset();
            for (int x = r - 3; x >= 0; x--) {
                o += rest % l.shape().dim(x) * l.stride()[x];
                rest /= l.shape().dim(x);
            }
            at[i] = o;
        }
        return at;
    }

    private int home() {
        for (int i = 0; i < kernel.out().size(); i++) {
            Operand o = kernel.out().get(i);
            if (o.dtype() == kernel.dtype() && o.layout().isPlain()
                    && kernel.reads().stream().noneMatch(x -> x.slot() == o.slot()))
                return i;
        }
        return -1;
    }

    @Override
    public void run(HostBuffer[] memory, long[] streams) {
        this.memory = memory;
        runs++;
        if (tape.size == 0) return;
        Object c = home < 0 ? (floats.length > 0 ? floats : doubles) : memory[kernel.out().get(home).slot()].array();
        Object a = memory[kernel.a().slot()].array(), b = memory[kernel.b().slot()].array();
        boolean late = plain || whole;
        for (int i = 0; i < batches; i++) {
            base = i * m * n;
            if (c instanceof float[] f) {
                Gemm.best().multiply(m, n, k, (float[]) a, aOffset[i], aRow, aColumn, (float[]) b, bOffset[i], bRow,
                        bColumn, f, base, n, late ? Epilogue.NONE : epilogue, threads);
            } else {
                DoubleGemm.multiply(m, n, k, (double[]) a, aOffset[i], aRow, aColumn, (double[]) b, bOffset[i], bRow,
                        bColumn, (double[]) c, base, n, late ? DoubleEpilogue.NONE : doubleEpilogue, threads);
            }
        }
        if (plain || !whole) return;
        frame.begin(memory, runs);
        frame.given(0).bind(c, 0);
        frame.run(0, tape.size);
    }

    private void finish(int row, int column, int columns, float[] c, int offset) {
        finish(row, column, columns, (Object) c, offset);
    }

    private void finish(int row, int column, int columns, double[] c, int offset) {
        finish(row, column, columns, (Object) c, offset);
    }

    private void finish(int row, int column, int columns, Object c, int offset) {
        Frame f = frames.get();
        f.begin(memory, runs);
        f.given(0).bind(c, offset);
        f.run(base + row * n + column, columns);
    }
}
