package org.chainrule.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.chainrule.DataFormatException;
import org.chainrule.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {
    @TempDir
    Path folder;

    private static void write(Path folder, String prefix, int images, int labels, int label) throws IOException {
        Files.write(folder.resolve(prefix + "-images-idx3-ubyte"),
                ByteBuffer.allocate(16 + 4 * images).putInt(0x803).putInt(images).putInt(2).putInt(2).put((byte) 255)
                        .array());
        byte[] codes = ByteBuffer.allocate(8 + labels).putInt(0x801).putInt(labels).array();
        Arrays.fill(codes, 8, codes.length, (byte) label);
        Files.write(folder.resolve(prefix + "-labels-idx1-ubyte"), codes);
    }

    @Test
    void fourFilesMakeATrainingAndATestSet() throws IOException {
        write(folder, "train", 3, 3, 9);
        write(folder, "t10k", 2, 2, 1);
        Mnist mnist = Mnist.load(folder);
        assertEquals(3, mnist.train().size());
        assertArrayEquals(new int[] {1, 2, 2}, mnist.train().sampleShape());
        assertArrayEquals(new int[] {1, 1}, mnist.test().labels());
        assertEquals(1f, mnist.train().features()[0]);
        Files.createDirectory(folder.resolve("fashion-mnist"));
        write(folder.resolve("fashion-mnist"), "train", 1, 1, 9);
        write(folder.resolve("fashion-mnist"), "t10k", 1, 1, 0);
        assertEquals("Ankle boot", Mnist.loadFashion(folder.resolve("fashion-mnist")).train().classes().get(9));
    }

    @Test
    void missingFileIsNamed() throws IOException {
        write(folder, "train", 1, 1, 0);
        String message = assertThrows(StorageException.class, () -> Mnist.load(folder)).getMessage();
        assertTrue(message.contains(folder.resolve("t10k-images-idx3-ubyte").toString()), message);
        assertThrows(StorageException.class, () -> Mnist.load(folder.resolve("none")));
    }

    @Test
    void labelsThatDoNotFitTheImagesAreRefused() throws IOException {
        write(folder, "train", 3, 2, 0);
        write(folder, "t10k", 1, 1, 0);
        String message = assertThrows(DataFormatException.class, () -> Mnist.load(folder)).getMessage();
        assertTrue(message.contains("train-labels-idx1-ubyte: at byte") && message.contains("[3]")
                && message.contains("[2]"), message);
        write(folder, "train", 3, 3, 10);
        String label = assertThrows(DataFormatException.class, () -> Mnist.load(folder)).getMessage();
        assertTrue(label.contains("at byte 8") && label.contains("found 10"), label);
    }

    @Test
    void imagesOfAnotherRankAreRefused() throws IOException {
        write(folder, "train", 3, 3, 0);
        Files.copy(folder.resolve("train-labels-idx1-ubyte"), folder.resolve("train-images-idx3-ubyte"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        String message = assertThrows(DataFormatException.class, () -> Mnist.load(folder)).getMessage();
        assertTrue(message.contains("train-images-idx3-ubyte") && message.contains("height, width"), message);
    }

    @Test
    void publishedFilesHoldTheirPublishedCounts() {
        String shared = System.getProperty("chainrule.shared", "");
        assumeTrue(!shared.isEmpty() && java.nio.file.Files.isDirectory(java.nio.file.Path.of(shared)),
                "-Dchainrule.shared does not name the folder with the MNIST files");
        for (Mnist set : new Mnist[] {Mnist.load(Path.of(shared, "data")),
            Mnist.loadFashion(Path.of(shared, "data"))}) {
            assertEquals(60_000, set.train().size());
            assertEquals(10_000, set.test().size());
            assertArrayEquals(new int[] {1, 28, 28}, set.train().sampleShape());
        }
    }
}
