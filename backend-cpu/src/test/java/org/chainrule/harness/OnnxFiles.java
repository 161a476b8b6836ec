package org.chainrule.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes the messages of ONNX that tests need, in the wire format of Protocol Buffers. */
final class OnnxFiles {
    static final int FLOAT = 1, UINT8 = 2, INT64 = 7;

    private OnnxFiles() {}

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] p : parts) out.writeBytes(p);
        return out.toByteArray();
    }

    static byte[] varint(long v) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long rest = v;
        for (; (rest & ~0x7fL) != 0; rest >>>= 7) out.write((int) (rest & 0x7f | 0x80));
        out.write((int) rest);
        return out.toByteArray();
    }

    static byte[] field(int number, long v) {
        return join(varint((long) number << 3), varint(v));
    }

    static byte[] field(int number, byte[] v) {
        return join(varint((long) number << 3 | 2), varint(v.length), v);
    }

    static byte[] field(int number, String v) {
        return field(number, v.getBytes(StandardCharsets.UTF_8));
    }

    /** Of a float type in raw data. */
    static byte[] tensor(int[] dims, float... values) {
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float v : values) raw.putFloat(v);
        return tensor(FLOAT, dims, field(9, raw.array()));
    }

    /** Of i64 in the typed field, packed. */
    static byte[] tensor(int[] dims, long... values) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        for (long v : values) packed.writeBytes(varint(v));
        return tensor(INT64, dims, field(7, packed.toByteArray()));
    }

    static byte[] tensor(int type, int[] dims, byte[] elements) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int d : dims) out.writeBytes(field(1, d));
        return join(out.toByteArray(), field(2, type), elements);
    }

    static byte[] integer(String name, long v) {
        return join(field(1, name), field(3, v), field(20, 2));
    }

    static byte[] elements(String name, byte[] tensor) {
        return join(field(1, name), field(5, tensor), field(20, 4));
    }

    static byte[] node(String op, List<String> inputs, List<String> outputs, byte[]... attributes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        inputs.forEach(i -> out.writeBytes(field(1, i)));
        outputs.forEach(o -> out.writeBytes(field(2, o)));
        out.writeBytes(field(4, op));
        for (byte[] a : attributes) out.writeBytes(field(5, a));
        return out.toByteArray();
    }

    /** Of version 21, with float inputs and outputs. */
    static byte[] model(List<String> inputs, List<String> outputs, byte[]... nodes) {
        ByteArrayOutputStream graph = new ByteArrayOutputStream();
        for (byte[] n : nodes) graph.writeBytes(field(1, n));
        byte[] type = field(2, field(1, field(1, FLOAT)));
        inputs.forEach(i -> graph.writeBytes(field(11, join(field(1, i), type))));
        outputs.forEach(o -> graph.writeBytes(field(12, join(field(1, o), type))));
        return join(field(1, 10), field(7, graph.toByteArray()), field(8, join(field(1, ""), field(2, 21))));
    }

    /** A folder as ONNX's node tests are. */
    static Path write(Path folder, byte[] model, List<byte[]> inputs, List<byte[]> outputs) {
        try {
            Path data = Files.createDirectories(folder.resolve("test_data_set_0"));
            Files.write(folder.resolve("model.onnx"), model);
            for (int i = 0; i < inputs.size(); i++) Files.write(data.resolve("input_" + i + ".pb"), inputs.get(i));
            for (int i = 0; i < outputs.size(); i++) Files.write(data.resolve("output_" + i + ".pb"), outputs.get(i));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
