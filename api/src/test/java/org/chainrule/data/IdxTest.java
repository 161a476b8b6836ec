package org.chainrule.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.chainrule.DataFormatException;
import org.chainrule.io.FileBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdxTest {
    private static Idx parse(byte[] bytes) {
        return Idx.parse(new FileBytes("in.idx", bytes));
    }

    private static byte[] file(int type, int count, int bytes) {
        return ByteBuffer.allocate(8 + bytes).put((byte) 0).put((byte) 0).put((byte) type).put((byte) 1).putInt(count)
                .array();
    }

    @Test
    void everyTypeIsReadBigEndian() {
        byte[] bytes = file(0x08, 3, 3);
        bytes[8] = -1;
        assertArrayEquals(new int[] {255, 0, 0}, parse(bytes).toInts());
        bytes[2] = 0x09;
        assertArrayEquals(new int[] {-1, 0, 0}, parse(bytes).toInts());
        byte[] shorts = file(0x0B, 2, 4);
        ByteBuffer.wrap(shorts, 8, 4).putShort((short) -2).putShort((short) 300);
        assertArrayEquals(new float[] {-2, 300}, parse(shorts).toFloats());
        byte[] ints = file(0x0C, 1, 4);
        ByteBuffer.wrap(ints, 8, 4).putInt(Integer.MIN_VALUE);
        assertArrayEquals(new int[] {Integer.MIN_VALUE}, parse(ints).toInts());
        byte[] floats = file(0x0D, 1, 4);
        ByteBuffer.wrap(floats, 8, 4).putFloat(0.1f);
        assertArrayEquals(new float[] {0.1f}, parse(floats).toFloats());
        byte[] doubles = file(0x0E, 1, 8);
        ByteBuffer.wrap(doubles, 8, 8).putDouble(Math.E);
        assertArrayEquals(new double[] {Math.E}, parse(doubles).toDoubles());
        assertThrows(DataFormatException.class, () -> parse(doubles).toInts());
    }

    @Test
    void shapeIsReadOutermostFirst() {
        Idx idx = parse(HexFormat.of().parseHex("00000802" + "00000002" + "00000003" + "010203040506"));
        assertArrayEquals(new int[] {2, 3}, idx.shape());
        assertArrayEquals(new int[] {1, 2, 3, 4, 5, 6}, idx.toInts());
        assertEquals(6, idx.size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0000               | byte 2 | truncated",
        "89504e47           | byte 0 | magic 00 00",
        "00000a01           | byte 2 | 0a",
        "0000080200000002   | byte 8 | truncated",
        "00000801ffffffff   | byte 4 | 4294967295",
        "000008010000000201 | byte 9 | truncated",
        "0000080100000000ff | byte 9 | too long",
        "00000803000100000001000000010000 | byte 16 | 4294967296 or beyond",
    })
    void brokenFileIsRefusedAtItsByte(String hex, String place, String expected) {
        String message =
                assertThrows(DataFormatException.class, () -> parse(HexFormat.of().parseHex(hex))).getMessage();
        assertTrue(message.startsWith("in.idx: at " + place) && message.contains(expected), message);
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] bytes = file(0x0D, 5, 20);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThrows(DataFormatException.class, () -> parse(cut));
        }
    }
}
