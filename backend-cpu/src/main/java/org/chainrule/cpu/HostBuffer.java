package org.chainrule.cpu;

import java.lang.foreign.MemorySegment;
import org.chainrule.ClosedException;
import org.chainrule.DType;
import org.chainrule.spi.Buffer;

/** Elements in a Java array: {@code float[]}, {@code double[]}, {@code int[]}, {@code long[]}, {@code byte[]} for bool, {@code short[]} for the half-width types. */
final class HostBuffer implements Buffer {
    private static final Object CLOSED = new byte[0];

    private final DType dtype;
    private final int length;
    private final CpuDevice owner;
    private Object array;

    HostBuffer(DType dtype, int length, CpuDevice owner) {
        this.dtype = dtype;
        this.length = length;
        this.owner = owner;
        this.array = switch (dtype) {
            case F32 -> new float[length];
            case F64 -> new double[length];
            case I32 -> new int[length];
            case I64 -> new long[length];
            case BOOL -> new byte[length];
            case F16, BF16 -> new short[length];
        };
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public int length() {
        return length;
    }

    /** The array; throws where the buffer was closed. */
    Object array() {
        if (array == CLOSED)
            throw new ClosedException("a buffer of " + length + " " + dtype + " was used after it was closed");
        return array;
    }

    MemorySegment segment() {
        return switch (array()) {
            case float[] a -> MemorySegment.ofArray(a);
            case double[] a -> MemorySegment.ofArray(a);
            case int[] a -> MemorySegment.ofArray(a);
            case long[] a -> MemorySegment.ofArray(a);
            case byte[] a -> MemorySegment.ofArray(a);
            case short[] a -> MemorySegment.ofArray(a);
            default -> throw new IllegalStateException("no elements of " + array().getClass());
        };
    }

    long bytes() {
        return (long) length * dtype.bytes();
    }

    @Override
    public void close() {
        if (array == CLOSED) return;
        array = CLOSED;
        owner.released(bytes());
    }
}
