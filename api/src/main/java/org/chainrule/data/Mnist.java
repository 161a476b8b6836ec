package org.chainrule.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chainrule.DataFormatException;
import org.chainrule.StorageException;

/**
 * MNIST, or a set in its format: images [1, 28, 28] with values from 0 to 1 (the file's bytes divided by 255) of ten classes.
 *
 * @param train the set to learn from: 60,000 images in the published files
 * @param test the set to judge by: 10,000 images in the published files
 */
public record Mnist(Dataset train, Dataset test) {
    private static final List<String> DIGITS = IntStream.range(0, 10).mapToObj(Integer::toString).toList();
    private static final List<String> GARMENTS = List.of("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
            "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    /**
     * Reads the handwritten digits (Y. LeCun, C. Cortes, C. Burges) from {@code folder} or its subfolder {@code mnist}: the
     * files {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte} and their {@code t10k-} twins, plain or
     * with {@code .gz}.
     *
     * @throws StorageException if a file is missing or cannot be read
     * @throws DataFormatException if a file is damaged, or images and labels do not belong together
     */
    public static Mnist load(Path folder) {
        return load(folder, "mnist", DIGITS);
    }

    /**
     * Reads the garments of Fashion-MNIST (H. Xiao, K. Rasul, R. Vollgraf) from {@code folder} or its subfolder
     * {@code fashion-mnist}, as {@link #load(Path)} does.
     */
    public static Mnist loadFashion(Path folder) {
        return load(folder, "fashion-mnist", GARMENTS);
    }

    private static Mnist load(Path folder, String subfolder, List<String> classes) {
        Path nested = folder.resolve(subfolder);
        Path from = candidates(folder, "train-images-idx3-ubyte").noneMatch(Files::exists) && Files.isDirectory(nested)
                ? nested : folder;
        return new Mnist(part(from, "train", classes), part(from, "t10k", classes));
    }

    private static Dataset part(Path folder, String prefix, List<String> classes) {
        Path imageFile = find(folder, prefix + "-images-idx3-ubyte");
        Path labelFile = find(folder, prefix + "-labels-idx1-ubyte");
        Idx images = Idx.read(imageFile);
        Idx labels = Idx.read(labelFile);
        int[] shape = images.shape();
        requireShape(imageFile, images, shape.length == 3 && shape[1] > 0 && shape[2] > 0, "UBYTE [n, height, width]");
        requireShape(labelFile, labels, Arrays.equals(labels.shape(), new int[] {shape[0]}),
                "UBYTE [" + shape[0] + "], a label for each image of " + imageFile.getFileName());
        int[] codes = labels.toInts();
        for (int i = 0; i < codes.length; i++) {
            if (codes[i] >= classes.size()) {
                throw new DataFormatException(labelFile + ": at byte " + (8 + i) + ": expected a label from 0 to "
                        + (classes.size() - 1) + ", found " + codes[i]);
            }
        }
        float[] pixels = images.toFloats();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] /= 255;
        }
        return Dataset.ofClasses(pixels, new int[] {1, shape[1], shape[2]}, codes, classes);
    }

    private static void requireShape(Path file, Idx found, boolean right, String expected) {
        if (!right || found.type() != Idx.Type.UBYTE) {
            throw new DataFormatException(file + ": at byte 2: expected " + expected + ", found " + found.type() + " "
                    + Arrays.toString(found.shape()));
        }
    }

    private static Path find(Path folder, String name) {
        return candidates(folder, name).filter(Files::exists).findFirst().orElseThrow(() -> new StorageException(
                "could not read " + folder.resolve(name) + " or " + name
                        + ".gz: no such file; name the folder that holds"
                        + " the four files of the data set"));
    }

    private static Stream<Path> candidates(Path folder, String name) {
        return Stream.of(folder.resolve(name), folder.resolve(name + ".gz"));
    }
}
