package org.chainrule.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.chainrule.DataFormatException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsTest {
    @TempDir
    Path folder;

    private static SafeTensors sample() {
        return SafeTensors.of(Map.of("z", "last", "a", "ä\n\"quoted\""), List.of(
                StoredTensor.ofFloats("w", new float[] {1, -2.5f, Float.NaN, 1e-40f, 5, 6}, 2, 3),
                StoredTensor.ofDoubles("scalar", new double[] {Math.PI}),
                StoredTensor.ofLongs("steps", new long[] {1, Long.MIN_VALUE}, 2),
                StoredTensor.ofInts("codes", new int[] {-1, 7, 9}, 3),
                StoredTensor.ofFloats("empty", new float[0], 0, 3),
                new StoredTensor("mask", StorageType.BOOL, new long[] {3},
                        MemorySegment.ofArray(new byte[] {1, 0, 1}))));
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private Path raw(String header, int dataBytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return file("raw.safetensors", ByteBuffer.allocate(8 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length).put(text).array());
    }

    private static String refusal(Path file) {
        String message = assertThrows(DataFormatException.class, () -> SafeTensors.read(file)).getMessage();
        assertTrue(message.startsWith(file.toString()), message);
        return message;
    }

    @Test
    void writtenTensorsAndMetadataAreReadBack() {
        Path file = folder.resolve("a.safetensors");
        sample().write(file);
        SafeTensors back = SafeTensors.read(file);
        assertEquals(sample().metadata(), back.metadata());
        assertArrayEquals(sample().tensor("w").toFloats(), back.tensor("w").toFloats());
        assertArrayEquals(new long[] {2, 3}, back.tensor("w").shape());
        assertArrayEquals(new double[] {Math.PI}, back.tensor("scalar").toDoubles());
        assertEquals(0, back.tensor("scalar").shape().length);
        assertArrayEquals(new long[] {1, Long.MIN_VALUE}, back.tensor("steps").toLongs());
        assertArrayEquals(new long[] {-1, 7, 9}, back.tensor("codes").toLongs());
        assertArrayEquals(new long[] {1, 0, 1}, back.tensor("mask").toLongs());
        assertEquals(0, back.tensor("empty").size());
        assertTrue(back.tensor("w").data().isReadOnly());
    }

    @Test
    void equalContentGivesEqualBytesWhateverTheOrder() throws IOException {
        Path one = folder.resolve("one");
        Path two = folder.resolve("two");
        sample().write(one);
        SafeTensors.of(sample().metadata(), List.copyOf(sample().tensors().values()).reversed()).write(two);
        assertArrayEquals(Files.readAllBytes(one), Files.readAllBytes(two));
    }

    @Test
    void dataStartsAtAMultipleOf8AndTensorsAreAlignedToTheirElements() throws IOException {
        Path file = folder.resolve("a");
        sample().write(file);
        assertEquals(0, ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8);
        for (StoredTensor tensor : SafeTensors.read(file).tensors().values()) {
            assertEquals(0, tensor.data().address() % tensor.type().bytes(), tensor.name());
        }
    }

    @Test
    void halfPrecisionIsWidenedExactly() {
        var data = MemorySegment.ofArray(new byte[] {0x00, 0x3c, 0x00, (byte) 0xc0, 0x01, 0x00});
        assertArrayEquals(new float[] {1f, -2f, 0x1p-24f},
                new StoredTensor("h", StorageType.F16, new long[] {3}, data).toFloats());
        assertArrayEquals(new float[] {0x1p-7f, -2f, 0x1p-133f},
                new StoredTensor("b", StorageType.BF16, new long[] {3}, data).toFloats());
    }

    @Test
    void fileOfATensorLibraryIsRead() throws IOException {
        String shared = System.getProperty("chainrule.shared", "");
        assumeTrue(!shared.isEmpty() && Files.isDirectory(Path.of(shared)),
                "-Dchainrule.shared does not name the folder with the recorded results");
        try (var files = Files.walk(Path.of(shared, "data", "golden"))) {
            List<Path> all = files.filter(each -> each.toString().endsWith(".safetensors")).toList();
            assertTrue(all.size() > 100);
            for (Path each : all) {
                assertTrue(SafeTensors.read(each).metadata().containsKey("op")
                        || SafeTensors.read(each).metadata().containsKey("kind"), each.toString());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "[]                                                                     | 0 | byte 8   | '{'",
        "{\"a\":                                                                | 0 | column 6 | JSON value",
        "{\"__metadata__\":[]}                                                  | 0 | byte 8   | an object under __metadata__",
        "{\"__metadata__\":{\"k\":1}}                                           | 0 | byte 8   | metadata 'k'",
        "{\"a\":1}                                                              | 0 | 'a'      | dtype, shape and data_offsets",
        "{\"a\":{\"dtype\":\"F33\",\"shape\":[],\"data_offsets\":[0,4]}}        | 4 | 'a'      | \"F33\"",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}      | 4 | 'a'      | shape to be",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}     | 4 | 'a'      | shape to be",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[4,0]}}        | 4 | 'a'      | begin <= end",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}       | 4 | 'a'      | 8 bytes of data",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}} | 4 | 'a' | fits in 64 bits",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}       | 7 | byte 62  | expected data up to byte 70, found the file's end at byte 69; the file is truncated by at least 1 bytes: copy",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}       | 5 | byte 66  | 1 more bytes",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}} | 3 | 'b' | overlap",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]}} | 3 | 'b' | hole",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}} | 1 | column 54 | each key once",
    })
    void brokenHeaderIsRefusedWithItsPlace(String header, int dataBytes, String place, String expected)
            throws IOException {
        String message = refusal(raw(header, dataBytes));
        assertTrue(message.contains(place) && message.contains(expected), message);
    }

    @Test
    void everyTruncationOfAFileIsRefused() throws IOException {
        Path whole = folder.resolve("whole");
        sample().write(whole);
        byte[] bytes = Files.readAllBytes(whole);
        for (int length = 0; length < bytes.length; length++) {
            assertTrue(refusal(file("cut", java.util.Arrays.copyOf(bytes, length))).contains("byte"));
        }
    }

    @Test
    void wrongHeaderLengthIsRefused() throws IOException {
        assertTrue(refusal(file("png", "\u0089PNG\r\n\u001a\n and more".getBytes(StandardCharsets.ISO_8859_1)))
                .contains("not a safetensors file"));
        assertTrue(refusal(file("short", new byte[] {1, 2})).contains("2 bytes in the whole file"));
        assertTrue(refusal(raw("{\"\u00e9\":1}", 0)).contains("dtype"));
        byte[] notUtf8 = {4, 0, 0, 0, 0, 0, 0, 0, '{', '"', (byte) 0xff, '}'};
        assertTrue(refusal(file("latin", notUtf8)).contains("at byte 10"));
    }

    @Test
    void missingFileIsAStorageException() {
        Path missing = folder.resolve("none.safetensors");
        String message = assertThrows(StorageException.class, () -> SafeTensors.read(missing)).getMessage();
        assertTrue(message.contains("no such file") && message.contains(missing.toString()), message);
    }

    @Test
    void missingTensorIsNamedWithThoseThereAre() {
        String message = assertThrows(DataFormatException.class, () -> sample().tensor("x")).getMessage();
        assertTrue(message.contains("'x'") && message.contains("codes"), message);
    }

    @Test
    void sizeMismatchAndDuplicateNamesAreRefusedBeforeWriting() {
        assertThrows(InvalidArgumentException.class, () -> StoredTensor.ofFloats("w", new float[3], 2, 2));
        StoredTensor w = StoredTensor.ofFloats("w", new float[1], 1);
        assertThrows(InvalidArgumentException.class, () -> SafeTensors.of(Map.of(), List.of(w, w)));
    }

    @Test
    void failedWriteKeepsTheOldFileAndLeavesNoTemporary() throws IOException {
        Path file = file("model", "old".getBytes(StandardCharsets.UTF_8));
        assertThrows(StorageException.class, () -> AtomicFile.write(file, channel -> {
            channel.write(ByteBuffer.wrap(new byte[100]));
            throw new IOException("No space left on device");
        }));
        assertThrows(IllegalStateException.class, () -> AtomicFile.write(file, channel -> {
            throw new IllegalStateException("a defect in the writer");
        }));
        assertEquals("old", Files.readString(file));
        try (var all = Files.list(folder)) {
            assertEquals(List.of(file), all.toList());
        }
    }

    @Test
    void diskFullIsSaidInWords() {
        String message = assertThrows(StorageException.class, () -> AtomicFile.write(folder.resolve("x"), channel -> {
            throw new IOException("No space left on device");
        })).getMessage();
        assertTrue(message.contains("disk is full") && message.contains(folder.resolve("x").toString()), message);
    }

    @Test
    void missingFolderAndFolderAsTargetAreRefused() {
        Path nowhere = folder.resolve("no/such/model");
        assertTrue(assertThrows(StorageException.class, () -> sample().write(nowhere)).getMessage()
                .contains("no such file or folder"));
        assertTrue(assertThrows(StorageException.class, () -> sample().write(folder)).getMessage()
                .contains("it is a folder"));
        assertTrue(Files.isDirectory(folder));
    }

    @Test
    void deviceFilesAreNeverReplaced() {
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device), "no /dev/null on this system");
        assertThrows(StorageException.class, () -> sample().write(device));
        assertTrue(Files.exists(device) && !Files.isRegularFile(device));
    }

    @Test
    void symbolicLinkIsFollowed() throws IOException {
        Path real = file("real", new byte[0]);
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        AtomicFile.writeText(link, "text");
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("text", Files.readString(real));
    }
}
