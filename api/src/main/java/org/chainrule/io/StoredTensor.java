package org.chainrule.io;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.chainrule.DataFormatException;
import org.chainrule.InvalidArgumentException;

/**
 * A named, dense, row-major array as a file holds it.
 *
 * @param shape extents, outermost first; empty for a scalar
 * @param data the elements, read-only, little-endian, {@code product(shape) * type.bytes()} bytes; not necessarily
 *     aligned to the element's size, so read it with unaligned layouts or with the {@code to…} methods
 */
public record StoredTensor(String name, StorageType type, long[] shape, MemorySegment data) {
    private static final ValueLayout.OfDouble F64 =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** @throws InvalidArgumentException if an extent is negative or {@code data} has another size than shape and type ask */
    public StoredTensor {
        shape = shape.clone();
        data = data.asReadOnly();
        long expected = byteSize(type, shape);
        if (expected != data.byteSize()) {
            throw new InvalidArgumentException("tensor '" + name + "' " + type + Arrays.toString(shape)
                    + " takes " + (expected < 0 ? "an impossible number of" : expected) + " bytes, got "
                    + data.byteSize());
        }
    }

    /** Stores float32 values. @throws InvalidArgumentException if {@code shape} does not hold {@code values} */
    public static StoredTensor ofFloats(String name, float[] values, long... shape) {
        MemorySegment data = Arena.ofAuto().allocate(4L * values.length, 8);
        MemorySegment.copy(values, 0, data, F32, 0, values.length);
        return new StoredTensor(name, StorageType.F32, shape, data);
    }

    /** Stores float64 values. @throws InvalidArgumentException if {@code shape} does not hold {@code values} */
    public static StoredTensor ofDoubles(String name, double[] values, long... shape) {
        MemorySegment data = Arena.ofAuto().allocate(8L * values.length, 8);
        MemorySegment.copy(values, 0, data, F64, 0, values.length);
        return new StoredTensor(name, StorageType.F64, shape, data);
    }

    /** Stores int64 values. @throws InvalidArgumentException if {@code shape} does not hold {@code values} */
    public static StoredTensor ofLongs(String name, long[] values, long... shape) {
        MemorySegment data = Arena.ofAuto().allocate(8L * values.length, 8);
        MemorySegment.copy(values, 0, data, I64, 0, values.length);
        return new StoredTensor(name, StorageType.I64, shape, data);
    }

    /** Stores int32 values. @throws InvalidArgumentException if {@code shape} does not hold {@code values} */
    public static StoredTensor ofInts(String name, int[] values, long... shape) {
        MemorySegment data = Arena.ofAuto().allocate(4L * values.length, 8);
        MemorySegment.copy(values, 0, data, I32, 0, values.length);
        return new StoredTensor(name, StorageType.I32, shape, data);
    }

    /** A copy of the extents. */
    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** The number of elements. */
    public long size() {
        return data.byteSize() / type.bytes();
    }

    /**
     * The elements of F64, F32, F16 or BF16, rounded to float32 if wider.
     *
     * @throws DataFormatException for another type
     */
    public float[] toFloats() {
        float[] out = new float[length()];
        switch (type) {
            case F32 -> MemorySegment.copy(data, F32, 0, out, 0, out.length);
            case F64, F16, BF16 -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = (float) real(i);
                }
            }
            case I64, U64, C64, I32, U32, I16, U16, I8, U8, BOOL, F8_E4M3, F8_E5M2, F8_E8M0 ->
                    throw wrongType("F64, F32, F16 or BF16");
        }
        return out;
    }

    /** The elements of F64, F32, F16 or BF16, exactly. @throws DataFormatException for another type */
    public double[] toDoubles() {
        double[] out = new double[length()];
        for (int i = 0; i < out.length; i++) {
            out[i] = real(i);
        }
        return out;
    }

    /**
     * The elements of a whole-number type; BOOL gives 0 and 1.
     *
     * @throws DataFormatException for another type, or a U64 beyond 2^63 - 1
     */
    public long[] toLongs() {
        long[] out = new long[length()];
        for (int i = 0; i < out.length; i++) {
            out[i] = whole(i);
        }
        return out;
    }

    private double real(int i) {
        return switch (type) {
            case F64 -> data.getAtIndex(F64, i);
            case F32 -> data.getAtIndex(F32, i);
            case F16 -> Float.float16ToFloat(data.getAtIndex(I16, i));
            case BF16 -> Float.intBitsToFloat(data.getAtIndex(I16, i) << 16);
            case I64, U64, C64, I32, U32, I16, U16, I8, U8, BOOL, F8_E4M3, F8_E5M2, F8_E8M0 ->
                    throw wrongType("F64, F32, F16 or BF16");
        };
    }

    private long whole(int i) {
        return switch (type) {
            case I64 -> data.getAtIndex(I64, i);
            case U64 -> signed(data.getAtIndex(I64, i), i);
            case I32 -> data.getAtIndex(I32, i);
            case U32 -> Integer.toUnsignedLong(data.getAtIndex(I32, i));
            case I16 -> data.getAtIndex(I16, i);
            case U16 -> Short.toUnsignedLong(data.getAtIndex(I16, i));
            case I8 -> data.get(ValueLayout.JAVA_BYTE, i);
            case U8 -> Byte.toUnsignedLong(data.get(ValueLayout.JAVA_BYTE, i));
            case BOOL -> data.get(ValueLayout.JAVA_BYTE, i) == 0 ? 0 : 1;
            case F64, F32, F16, BF16, C64, F8_E4M3, F8_E5M2, F8_E8M0 -> throw wrongType("a whole-number type");
        };
    }

    private long signed(long bits, int i) {
        if (bits < 0) {
            throw new DataFormatException("tensor '" + name + "': element " + i + " is " + Long.toUnsignedString(bits)
                    + ", which does not fit in a signed 64-bit integer");
        }
        return bits;
    }

    private int length() {
        if (size() > Integer.MAX_VALUE - 8) {
            throw new InvalidArgumentException(
                    "tensor '" + name + "' has " + size() + " elements, more than one Java array"
                            + " holds; read it from data()");
        }
        return (int) size();
    }

    private DataFormatException wrongType(String expected) {
        return new DataFormatException("tensor '" + name + "': expected " + expected + ", found " + type);
    }

    /** The bytes that a tensor takes, or -1 if an extent is negative or the product exceeds 64 bits. */
    static long byteSize(StorageType type, long[] shape) {
        long size = type.bytes();
        boolean empty = false;
        for (long extent : shape) {
            if (extent < 0) {
                return -1;
            }
            empty |= extent == 0;
        }
        if (empty) {
            return 0;
        }
        for (long extent : shape) {
            if (Math.multiplyHigh(size, extent) != 0 || (size *= extent) < 0) {
                return -1;
            }
        }
        return size;
    }
}
