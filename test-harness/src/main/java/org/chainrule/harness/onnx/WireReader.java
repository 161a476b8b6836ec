package org.chainrule.harness.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.chainrule.DataFormatException;
import org.chainrule.io.FileBytes;

/**
 * Reads one message in the wire format of Protocol Buffers (https://protobuf.dev/programming-guides/encoding), field by
 * field: {@link #next()}, then the value that the field should hold, or {@link #skip()}. Whatever is cut off, too long or
 * of another wire type is refused with the file and the offset.
 */
final class WireReader {
    private static final int VARINT = 0, FIXED64 = 1, LENGTH = 2, FIXED32 = 5;
    private static final int VARINT_BYTES = 10;

    private final String source, message;
    private final ByteBuffer bytes;
    private final int end;
    private int at, field, wire, fieldAt;

    private WireReader(String source, String message, ByteBuffer bytes, int at, int end) {
        this.source = source;
        this.message = message;
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    /** All of {@code file} as a message called {@code message}. */
    static WireReader of(FileBytes file, String message) {
        byte[] b = file.bytes();
        return new WireReader(file.source(), message, ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN), 0, b.length);
    }

    /** Moves to the next field; false at the message's end. */
    boolean next() {
        if (at == end) return false;
        fieldAt = at;
        long tag = varint();
        field = (int) (tag >>> 3);
        wire = (int) (tag & 7);
        if (tag >>> 32 != 0 || field == 0) throw refuse(fieldAt, "a field of " + message, "tag " + tag);
        return true;
    }

    /** The number of the field moved to. */
    int field() {
        return field;
    }

    /** Where the message stands in its file. */
    int offset() {
        return fieldAt;
    }

    long integer() {
        require(VARINT, "an integer");
        return varint();
    }

    int int32() {
        return (int) integer();
    }

    float float32() {
        require(FIXED32, "a 32-bit number");
        return bytes.getFloat(take(4));
    }

    String text() {
        ByteBuffer b = data();
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(b.duplicate()).toString();
        } catch (CharacterCodingException e) {
            throw new DataFormatException(refuse(fieldAt, "text in UTF-8", "other bytes").getMessage(), e);
        }
    }

    /** The bytes of the field, little-endian. */
    ByteBuffer data() {
        require(LENGTH, "bytes");
        int n = length();
        return bytes.slice(take(n), n).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A reader of the message that the field holds. */
    WireReader message(String name) {
        require(LENGTH, "a " + name);
        int n = length(), from = take(n);
        return new WireReader(source, name, bytes, from, from + n);
    }

    /** Adds the integers of a repeated field: one, or all of them packed. */
    void integers(List<Long> to) {
        repeated(VARINT, "integers", to, this::varint);
    }

    /** As {@link #integers}, of a repeated field of floats. */
    void floats(List<Float> to) {
        repeated(FIXED32, "32-bit numbers", to, () -> bytes.getFloat(take(4)));
    }

    /** As {@link #integers}, of a repeated field of doubles. */
    void doubles(List<Double> to) {
        repeated(FIXED64, "64-bit numbers", to, () -> bytes.getDouble(take(8)));
    }

    private <T> void repeated(int each, String what, List<T> to, Supplier<T> one) {
        if (wire == each) {
            to.add(one.get());
            return;
        }
        require(LENGTH, what);
        int n = length(), last = at + n;
        if (n > end - at) throw cutOff(n);
        List<T> read = new ArrayList<>();
        while (at < last) read.add(one.get());
        if (at != last) throw refuse(fieldAt, what + " that end at byte " + last, "one that ends at byte " + at);
        to.addAll(read);
    }

    /** Passes over a field that is not asked for. */
    void skip() {
        switch (wire) {
            case VARINT -> varint();
            case FIXED64 -> take(8);
            case LENGTH -> take(length());
            case FIXED32 -> take(4);
            default -> throw refuse(fieldAt, "wire type 0, 1, 2 or 5 of field " + field + " of " + message,
                    Integer.toString(wire));
        }
    }

    private void require(int type, String what) {
        if (wire != type) throw refuse(fieldAt, what + " (wire type " + type + ") in field " + field + " of " + message,
                "wire type " + wire);
    }

    private int length() {
        int from = at;
        long n = varint();
        if (n < 0 || n > end - at) throw refuse(from, "at most " + (end - at) + " bytes in field " + field + " of "
                + message, "a length of " + Long.toUnsignedString(n));
        return (int) n;
    }

    private int take(int n) {
        if (n > end - at) throw cutOff(n);
        int from = at;
        at += n;
        return from;
    }

    private long varint() {
        int from = at;
        long v = 0;
        for (int i = 0; i < VARINT_BYTES; i++) {
            byte b = bytes.get(take(1));
            v |= (long) (b & 0x7f) << 7 * i;
            if (b >= 0) return v;
        }
        throw refuse(from, "an integer of at most " + VARINT_BYTES + " bytes", "a longer one");
    }

    private DataFormatException cutOff(int n) {
        return refuse(at, n + " more bytes of " + message, "its end at byte " + end + "; the file is truncated");
    }

    /** What to throw where byte {@code offset} is not what was expected. */
    DataFormatException refuse(int offset, String expected, String found) {
        return new DataFormatException(
                source + ": at byte " + offset + ": expected " + expected + ", found " + found);
    }
}
