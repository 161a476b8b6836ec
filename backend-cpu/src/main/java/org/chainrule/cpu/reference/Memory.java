package org.chainrule.cpu.reference;

import java.util.Arrays;
import org.chainrule.ClosedException;
import org.chainrule.DType;
import org.chainrule.spi.Buffer;

/** Elements held as doubles, or as longs where the dtype is an integer or bool. Float32 is not rounded; the half-width types are. */
final class Memory implements Buffer {
    private final DType dtype;
    private final int length;
    private final Runnable closed;
    private double[] floats;
    private long[] integers;
    private boolean open = true;

    Memory(DType dtype, int length, Runnable closed) {
        this.dtype = dtype;
        this.length = length;
        this.closed = closed;
        this.floats = new double[dtype.isFloat() ? length : 0];
        this.integers = new long[dtype.isFloat() ? 0 : length];
        Arrays.fill(floats, Double.NaN);
        Arrays.fill(integers, 0x5a5a5a5aL);
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public int length() {
        return length;
    }

    double[] floats() {
        requireOpen();
        return floats;
    }

    long[] integers() {
        requireOpen();
        return integers;
    }

    double number(int i) {
        return dtype.isFloat() ? floats()[i] : integers()[i];
    }

    void set(int i, double v) {
        switch (dtype) {
            case F32, F64 -> floats()[i] = v;
            case F16, BF16 -> floats()[i] = dtype.round(v);
            case I32, I64, BOOL -> setInteger(i, (long) v);
        }
    }

    void setInteger(int i, long v) {
        integers()[i] = dtype == DType.I32 ? (int) v : dtype == DType.BOOL ? (v != 0 ? 1 : 0) : v;
    }

    void requireOpen() {
        if (!open) throw new ClosedException("a buffer of " + length + " " + dtype + " was used after it was closed");
    }

    @Override
    public void close() {
        if (!open) return;
        open = false;
        floats = new double[0];
        integers = new long[0];
        closed.run();
    }
}
