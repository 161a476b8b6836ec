package org.chainrule.harness.onnx;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.chainrule.DType;
import org.chainrule.DataFormatException;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.UnsupportedOpException;
import org.chainrule.io.FileBytes;

/**
 * A recorded tensor. Floats are kept as doubles, which hold them all; integers and truth values as longs; elements of a
 * type that no dtype holds are not kept.
 *
 * @param doubles the elements of a float type, row-major; empty for others
 * @param longs   the elements of a whole-number type, row-major; empty for others
 */
record TensorProto(String name, ElementType type, Shape shape, double[] doubles, long[] longs) {
    private static final int EXTERNAL = 1;

    /** The only tensor that a file of a data set holds. */
    static TensorProto read(Path file) {
        return read(WireReader.of(FileBytes.read(file), "TensorProto"));
    }

    static TensorProto read(WireReader in) {
        Fields f = new Fields();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> in.integers(f.dims);
                case 2 -> f.type = in.int32();
                case 4 -> in.floats(f.floats);
                case 5 -> in.integers(f.int32s);
                case 6 -> f.strings.add(in.data());
                case 7 -> in.integers(f.int64s);
                case 8 -> f.name = in.text();
                case 9 -> f.raw.add(in.data());
                case 10 -> in.doubles(f.doubles);
                case 11 -> in.integers(f.uint64s);
                case 14 -> f.location = in.int32();
                default -> in.skip();
            }
        }
        return f.tensor(in);
    }

    /** What was read so far, before the element type is known. */
    private static final class Fields {
        final List<Long> dims = new ArrayList<>(), int32s = new ArrayList<>(), int64s = new ArrayList<>(),
                uint64s = new ArrayList<>();
        final List<Float> floats = new ArrayList<>();
        final List<Double> doubles = new ArrayList<>();
        final List<ByteBuffer> strings = new ArrayList<>(), raw = new ArrayList<>();
        String name = "";
        int type, location;

        TensorProto tensor(WireReader in) {
            ElementType t = ElementType.required(type);
            if (location == EXTERNAL)
                throw new UnsupportedOpException("the elements of tensor '" + name + "' lie in another file");
            Shape shape = shape(in);
            if (!t.isHeld()) return new TensorProto(name, t, shape, new double[0], new long[0]);
            DType dtype = t.dtype();
            int n = Math.toIntExact(shape.size());
            if (raw.isEmpty()) return typed(in, t, dtype, shape, n);
            ByteBuffer b = raw.getLast();
            if (b.remaining() != (long) n * dtype.bytes()) throw in.refuse(in.offset(), (long) n * dtype.bytes()
                    + " bytes of raw data of " + t + shape + " '" + name + "'", Integer.toString(b.remaining()));
            return new TensorProto(name, t, shape,
                    dtype.isFloat() ? IntStream.range(0, n).mapToDouble(i -> real(dtype, b, i)).toArray()
                            : new double[0],
                    dtype.isFloat() ? new long[0] : IntStream.range(0, n).mapToLong(i -> whole(dtype, b, i)).toArray());
        }

        private TensorProto typed(WireReader in, ElementType t, DType dtype, Shape shape, int n) {
            List<? extends Number> elements = switch (dtype) {
                case F32 -> floats;
                case F64 -> doubles;
                case I64 -> int64s;
                case I32, BOOL, F16, BF16 -> int32s;
            };
            if (elements.size() != n) throw in.refuse(in.offset(), n + " elements of " + t + shape + " '" + name + "'",
                    Integer.toString(elements.size()));
            if (dtype == DType.F16 || dtype == DType.BF16) return new TensorProto(name, t, shape,
                    int32s.stream().mapToDouble(v -> half(dtype, v.shortValue())).toArray(), new long[0]);
            return new TensorProto(name, t, shape,
                    dtype.isFloat() ? elements.stream().mapToDouble(Number::doubleValue).toArray() : new double[0],
                    dtype.isFloat() ? new long[0] : elements.stream().mapToLong(Number::longValue).toArray());
        }

        private Shape shape(WireReader in) {
            long size = 1;
            for (long d : dims) {
                if (d < 0 || d > Integer.MAX_VALUE)
                    throw in.refuse(in.offset(), "an extent of tensor '" + name + "'", Long.toString(d));
                size = Math.min(Math.multiplyExact(size, d), 1L << 31);
            }
            if (size > Integer.MAX_VALUE)
                throw in.refuse(in.offset(), "at most 2147483647 elements of tensor '" + name + "'", dims.toString());
            return Shape.of(dims.stream().mapToInt(Long::intValue).toArray());
        }
    }

    private static double real(DType dtype, ByteBuffer b, int i) {
        return switch (dtype) {
            case F32 -> b.getFloat(4 * i);
            case F64 -> b.getDouble(8 * i);
            case F16, BF16 -> half(dtype, b.getShort(2 * i));
            case I32, I64, BOOL -> throw new DataFormatException(dtype + " is not a float type");
        };
    }

    private static double half(DType dtype, short bits) {
        return dtype == DType.F16 ? Float.float16ToFloat(bits) : DType.bf16ToFloat(bits);
    }

    private static long whole(DType dtype, ByteBuffer b, int i) {
        return switch (dtype) {
            case I32 -> b.getInt(4 * i);
            case I64 -> b.getLong(8 * i);
            case BOOL -> b.get(i) == 0 ? 0 : 1;
            case F32, F64, F16, BF16 -> throw new DataFormatException(dtype + " is a float type");
        };
    }

    /** @throws UnsupportedOpException where no dtype holds the elements */
    DType dtype() {
        return type.dtype();
    }

    /** The elements as doubles, row-major; whole numbers beyond 2⁵³ are rounded. */
    double[] values() {
        return dtype().isFloat() ? doubles.clone() : LongStream.of(longs).asDoubleStream().toArray();
    }

    /** The tensor on a device. */
    Tensor on(Session session) {
        return switch (dtype()) {
            case F32, F64, F16, BF16, I32 -> session.tensor(shape, dtype(), values());
            case I64 -> session.tensor(shape, longs.clone());
            case BOOL -> {
                boolean[] b = new boolean[longs.length];
                for (int i = 0; i < b.length; i++) b[i] = longs[i] != 0;
                yield session.tensor(shape, b);
            }
        };
    }
}
