package org.chainrule.cli.train;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.chainrule.DataFormatException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.StorageException;
import org.chainrule.cli.BundledData;
import org.chainrule.cli.UsageException;
import org.chainrule.data.Csv;
import org.chainrule.data.Csv.Header;
import org.chainrule.data.Dataset;
import org.chainrule.data.Encoding;
import org.chainrule.data.Idx;
import org.chainrule.data.Table;

/**
 * Samples to be judged by a trained model, standardized as its training data was.
 *
 * @param labelled whether the labels are known; they are made up otherwise
 * @param note what was done to them that the user should know
 */
record Samples(Dataset data, boolean labelled, Optional<String> note) {
    /** A picture of so many times the places of the model's sample, in either direction, is no picture of one. */
    private static final int MOST_SCALING = 100;

    /**
     * Reads what {@code input} names: the data set of the run itself, of which the held-out part is taken, or a CSV, IDX
     * or picture file.
     */
    static Samples read(SampleModel kind, String input, Optional<Path> folder, Optional<Path> labels, boolean invert,
            boolean headless) {
        if (input.equals(kind.settings().text("data")) && !input.equals("csv")) {
            if (labels.isPresent() || invert)
                throw new UsageException("--labels and --invert are for files; " + input + " is the run's data set");
            if (headless) throw UsageException.of("no-header", "it is for a CSV file, which " + input + " is not");
            if (folder.isPresent() && BundledData.named(input).isPresent())
                throw UsageException.of("data", input + " comes with the program");
            return new Samples(SampleTask.load(kind.settings(), Optional.empty(), folder).testData(), true,
                    Optional.empty());
        }
        Path file = Path.of(input);
        if (!Files.exists(file)) throw new StorageException("there is no file " + input + ", and the run is one of "
                + kind.settings().text("data") + ", not of a data set of that name");
        String name = input.toLowerCase(Locale.ROOT);
        boolean picture = name.matches(".*\\.(png|jpe?g|gif|bmp)");
        boolean idx = name.matches(".*(idx[0-9]-ubyte|\\.idx)(\\.gz)?");
        if (labels.isPresent() && !idx)
            throw UsageException.of("labels", "they go with pictures in an IDX file, which " + input + " is not");
        if (invert && !picture)
            throw UsageException.of("invert", "it is for a picture file, which " + input + " is not");
        if (headless && (picture || idx))
            throw UsageException.of("no-header", "it is for a CSV file, which " + input + " is not");
        if (folder.isPresent())
            throw UsageException.of("data", "it is for mnist and fashion by name, and " + input + " is a file");
        return picture ? picture(kind, file, invert) : idx ? images(kind, file, labels)
                : table(kind, file, headless || kind.settings().flag("no-header"));
    }

    private static Samples picture(SampleModel kind, Path file, boolean invert) {
        requirePictures(kind, file);
        try {
            BufferedImage image = ImageIO.read(file.toFile());
            if (image == null) throw new DataFormatException(file + ": expected a picture, found another kind of file");
            int width = kind.sampleShape()[2], height = kind.sampleShape()[1];
            String from = image.getWidth() + " × " + image.getHeight(), to = width + " × " + height;
            if (image.getWidth() > MOST_SCALING * width || image.getHeight() > MOST_SCALING * height)
                throw new DataFormatException(file + ": a picture of " + from + " is too large for a model of " + to
                        + "; cut out the sample, or scale it to " + to);
            float[] pixels = Shrunk.of(image, width, height);
            if (invert) for (int i = 0; i < pixels.length; i++) pixels[i] = 1 - pixels[i];
            return new Samples(unlabelled(kind, pixels).data, false, from.equals(to) ? Optional.empty()
                    : Optional.of(
                            file + ": scaled from " + from + " to " + to + ", the size that the model was trained on"));
        } catch (IOException e) {
            throw new DataFormatException(file + ": the picture could not be read: " + e.getMessage(), e);
        }
    }

    private static void requirePictures(SampleModel kind, Path file) {
        if (!kind.isPicture())
            throw new InvalidArgumentException(file + " holds pictures, but the model was trained on the "
                    + kind.sampleSize() + " features " + kind.features());
    }

    private static Samples images(SampleModel kind, Path file, Optional<Path> labelFile) {
        requirePictures(kind, file);
        Idx images = Idx.read(file);
        int[] shape = images.shape(), wanted = kind.sampleShape();
        if (shape.length != 3 || shape[1] != wanted[1] || shape[2] != wanted[2]) throw new DataFormatException(file
                + ": expected pictures of " + wanted[1] + " × " + wanted[2] + ", found an array of shape "
                + Arrays.toString(shape));
        float[] pixels = images.toFloats();
        for (int i = 0; i < pixels.length; i++) pixels[i] /= 255;
        if (labelFile.isEmpty()) return unlabelled(kind, pixels);
        int[] labels = Idx.read(labelFile.get()).toInts();
        return new Samples(Dataset.ofClasses(pixels, wanted, labels, kind.classes()), true, Optional.empty());
    }

    /** Columns are found by their names, or taken in order where there are just as many. */
    private static Samples table(SampleModel kind, Path file, boolean headless) {
        Table table = Csv.read(file, headless ? Header.ABSENT : Header.DETECT);
        List<String> names = table.names();
        Encoding encoding = kind.columns().map(Columns::encoding).orElseGet(() -> Encoding.ofNumbers(
                kind.features().isEmpty() ? names.subList(0, Math.min(kind.sampleSize(), names.size()))
                        : kind.features()));
        List<String> known = encoding.columns();
        int width = kind.isPicture() ? kind.sampleSize() : known.size();
        boolean named = !kind.isPicture() && names.containsAll(known);
        if (!named && names.size() != width && names.size() != width + 1) throw new DataFormatException(file
                + ": expected the columns " + (kind.isPicture() ? "of " + width + " pixels" : known)
                + ", or " + width + " columns in that order and perhaps the target, found " + names);
        List<String> columns = named ? known : names.subList(0, width);
        float[] raw = encoding.apply(table, columns);
        float[] x = kind.standardizer().map(s -> s.apply(raw)).orElse(raw);
        Optional<String> target = target(kind, names, columns);
        Optional<String> note = named || table.header().isEmpty() ? Optional.empty()
                : Optional.of(file + ": line " + table.header().getAsInt()
                        + " was taken for names of columns, which are"
                        + " not those of the training data, and the columns in their order; --no-header takes it for a row");
        if (target.isEmpty()) return new Samples(unlabelled(kind, x).data, false, note);
        Dataset data = kind.targets()
                .map(t -> Dataset.ofValues(x, kind.sampleShape(), t.apply(table.features(List.of(target.get()))), 1))
                .orElseGet(() -> Dataset.ofClasses(x, kind.sampleShape(), table.labels(target.get(), kind.classes()),
                        kind.classes()));
        return new Samples(data, true, note);
    }

    /** The column that the model predicts: the one of its name, else the only one that is no feature. */
    private static Optional<String> target(SampleModel kind, List<String> names, List<String> columns) {
        List<String> others = names.stream().filter(n -> !columns.contains(n)).toList();
        return kind.columns().map(Columns::target).filter(others::contains)
                .or(() -> others.size() == 1 ? Optional.of(others.getFirst()) : Optional.empty());
    }

    private static Samples unlabelled(SampleModel kind, float[] x) {
        int n = x.length / kind.sampleSize();
        Dataset data = kind.classes().isEmpty() ? Dataset.ofValues(x, kind.sampleShape(), new float[n * kind.outputs()],
                kind.outputs()) : Dataset.ofClasses(x, kind.sampleShape(), new int[n], kind.classes());
        return new Samples(data, false, Optional.empty());
    }
}
