package org.chainrule.data;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.chainrule.DataFormatException;
import org.chainrule.StorageException;
import org.chainrule.io.FileBytes;

/**
 * An array from a file in the IDX format of the MNIST database: two zero bytes, a type byte, the number of dimensions,
 * each extent as a big-endian 32-bit integer, then the elements in big-endian row-major order.
 *
 * @param shape extents, outermost first
 * @param data the elements' bytes, as they stand in the file
 */
public record Idx(Type type, int[] shape, ByteBuffer data) {
    /** The element types with the byte that stands for each. */
    public enum Type {
        UBYTE(0x08, 1), BYTE(0x09, 1), SHORT(0x0B, 2), INT(0x0C, 4), FLOAT(0x0D, 4), DOUBLE(0x0E, 8);

        private final int code;
        private final int bytes;

        Type(int code, int bytes) {
            this.code = code;
            this.bytes = bytes;
        }

        /** Bytes per element. */
        public int bytes() {
            return bytes;
        }
    }

    /**
     * Reads a file, plain or gzip.
     *
     * @throws StorageException if the file cannot be read
     * @throws DataFormatException naming the offset (in the decompressed bytes) of a wrong magic or type, or of the file's
     *     end if there are fewer or more elements than the header says
     */
    public static Idx read(Path file) {
        return parse(FileBytes.read(file));
    }

    /** Takes apart what a file held. See {@link #read(Path)}. */
    public static Idx parse(FileBytes file) {
        byte[] bytes = file.bytes();
        if (bytes.length < 4) {
            throw refuse(file, bytes.length, "4 bytes of magic", "the end of the file; it is truncated");
        }
        if (bytes[0] != 0 || bytes[1] != 0) {
            throw refuse(file, 0, "the magic 00 00 of an IDX file", String.format("%02x %02x", bytes[0], bytes[1]));
        }
        Type type = Arrays.stream(Type.values()).filter(each -> each.code == bytes[2]).findFirst()
                .orElseThrow(() -> refuse(file, 2, "an element type 08, 09, 0b, 0c, 0d or 0e",
                        String.format("%02x", bytes[2])));
        int rank = bytes[3] & 0xff;
        int start = 4 + 4 * rank;
        if (bytes.length < start) {
            throw refuse(file, bytes.length, rank + " extents up to byte " + start,
                    "the end of the file; it is truncated");
        }
        ByteBuffer all = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
        int[] shape = new int[rank];
        long size = type.bytes;
        for (int i = 0; i < rank; i++) {
            shape[i] = all.getInt(4 + 4 * i);
            if (shape[i] < 0) {
                throw refuse(file, 4 + 4 * i, "an extent up to 2147483647", Integer.toUnsignedString(shape[i]));
            }
            size = Math.min(size * shape[i], 1L << 32);
        }
        if (size != bytes.length - start) {
            throw refuse(file, bytes.length, type + Arrays.toString(shape) + " to end at byte "
                    + (size == 1L << 32 ? "4294967296 or beyond" : start + size),
                    "the end of the file; it is " + (size > bytes.length - start ? "truncated" : "too long"));
        }
        return new Idx(type, shape, all.slice(start, (int) size));
    }

    private static DataFormatException refuse(FileBytes file, long at, String expected, String found) {
        return new DataFormatException(
                file.source() + ": at byte " + at + ": expected " + expected + ", found " + found);
    }

    /** The number of elements. */
    public int size() {
        return data.capacity() / type.bytes;
    }

    /** The elements as doubles, exactly. */
    public double[] toDoubles() {
        double[] out = new double[size()];
        Arrays.setAll(out, this::element);
        return out;
    }

    /** The elements as float32, rounded if they need it. */
    public float[] toFloats() {
        float[] out = new float[size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) element(i);
        }
        return out;
    }

    /** The elements of a whole-number type. @throws DataFormatException for FLOAT and DOUBLE */
    public int[] toInts() {
        if (type == Type.FLOAT || type == Type.DOUBLE) {
            throw new DataFormatException("expected whole numbers in the IDX array, found " + type);
        }
        int[] out = new int[size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = (int) element(i);
        }
        return out;
    }

    private double element(int i) {
        return switch (type) {
            case UBYTE -> data.get(i) & 0xff;
            case BYTE -> data.get(i);
            case SHORT -> data.getShort(2 * i);
            case INT -> data.getInt(4 * i);
            case FLOAT -> data.getFloat(4 * i);
            case DOUBLE -> data.getDouble(8 * i);
        };
    }
}
