package org.chainrule.cli.report;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.chainrule.DataFormatException;
import org.chainrule.StorageException;
import org.chainrule.io.AtomicFile;
import org.chainrule.io.StorageFailure;

/**
 * {@code metrics.csv}: a header and one line per epoch, on disk as soon as the epoch ends. Numbers keep every digit;
 * what was not measured is an empty field. The columns of loss and accuracy are named for the part of the data that they
 * were measured on, as in {@code test_loss}. {@code seconds} are those in training steps. Gradient norms have one column per layer, {@code gradient_norm:<layer>}.
 */
public final class MetricsCsv implements AutoCloseable {
    private static final int COLUMNS = Math.toIntExact(columns(Part.TEST).count());

    private final Path file;
    private final int layers;
    private final Writer out;

    private MetricsCsv(Path file, int layers) {
        this.file = file;
        this.layers = layers;
        try {
            this.out = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new StorageException("could not append to %s: %s".formatted(file, StorageFailure.reason(file, e)), e);
        }
    }

    /** Starts a file with a header alone, in place of any that was there; its folder exists. */
    public static MetricsCsv create(Path file, Part part, List<String> layers) {
        AtomicFile.writeText(file, header(part, layers) + "\n");
        return new MetricsCsv(file, layers.size());
    }

    /**
     * Continues the file of a run that goes on after {@code epoch}: later lines are dropped, and so is a last line that
     * was cut off. A missing file is started.
     *
     * @throws DataFormatException if the file has other columns or a line is not a measurement
     */
    public static MetricsCsv resume(Path file, Part part, List<String> layers, int epoch) {
        if (!Files.exists(file)) {
            return create(file, part, layers);
        }
        var lines = lines(file);
        var header = header(part, layers);
        if (lines.isEmpty() || !lines.getFirst().equals(header)) {
            throw new DataFormatException("%s, line 1: expected the header \"%s\", found \"%s\"".formatted(file, header,
                    lines.isEmpty() ? "" : lines.getFirst()));
        }
        var kept = new StringBuilder(header).append('\n');
        for (var measured : epochs(file, lines, layers.size())) {
            if (measured.number() <= epoch) {
                kept.append(line(measured, layers.size())).append('\n');
            }
        }
        AtomicFile.writeText(file, kept.toString());
        return new MetricsCsv(file, layers.size());
    }

    /**
     * The epochs that a file holds.
     *
     * @throws DataFormatException if a line is not a measurement
     */
    public static List<Epoch> read(Path file) {
        var lines = lines(file);
        if (lines.isEmpty() || Arrays.stream(Part.values())
                .noneMatch(part -> lines.getFirst().startsWith(columns(part).collect(Collectors.joining(","))))) {
            throw new DataFormatException("%s, line 1: expected a header that starts with \"%s\""
                    .formatted(file, columns(Part.TEST).collect(Collectors.joining(","))));
        }
        return epochs(file, lines, fields(lines.getFirst()).size() - COLUMNS);
    }

    /** Adds one line and flushes it. */
    public void append(Epoch epoch) {
        int norms = epoch.gradientNorms().size();
        if (norms != 0 && norms != layers) {
            throw new DataFormatException("%s has columns for %d layers, epoch %d has %d gradient norms"
                    .formatted(file, layers, epoch.number(), norms));
        }
        try {
            out.write(line(epoch, layers) + "\n");
            out.flush();
        } catch (IOException e) {
            throw new StorageException("could not append to %s: %s".formatted(file, StorageFailure.reason(file, e)), e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new StorageException("could not close %s: %s".formatted(file, StorageFailure.reason(file, e)), e);
        }
    }

    private static Stream<String> columns(Part part) {
        return Stream.of("epoch", "train_loss", part.label() + "_loss", part.label() + "_accuracy", "learning_rate",
                "seconds", "samples_per_second");
    }

    private static String header(Part part, List<String> layers) {
        return Stream.concat(columns(part), layers.stream().map(layer -> quoted("gradient_norm:" + layer)))
                .collect(Collectors.joining(","));
    }

    private static String quoted(String field) {
        var flat = field.replaceAll("\\R", " ");
        return flat.matches("[^\",]*") ? flat : '"' + flat.replace("\"", "\"\"") + '"';
    }

    private static String line(Epoch epoch, int layers) {
        var fixed = Stream.of(Integer.toString(epoch.number()), Double.toString(epoch.trainLoss()),
                field(epoch.monitoredLoss()), field(epoch.accuracy()), Double.toString(epoch.learningRate()),
                Double.toString(epoch.seconds()), Double.toString(epoch.samplesPerSecond()));
        var norms = epoch.gradientNorms().isEmpty() ? Collections.nCopies(layers, "")
                : epoch.gradientNorms().stream().map(Object::toString).toList();
        return Stream.concat(fixed, norms.stream()).collect(Collectors.joining(","));
    }

    private static String field(OptionalDouble value) {
        return value.isPresent() ? Double.toString(value.getAsDouble()) : "";
    }

    /** The complete lines: what follows the last line break was cut off while it was written. */
    private static List<String> lines(Path file) {
        try {
            var text = Files.readString(file);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new StorageException("could not read %s: %s".formatted(file, StorageFailure.reason(file, e)), e);
        }
    }

    private static List<Epoch> epochs(Path file, List<String> lines, int layers) {
        var epochs = new ArrayList<Epoch>();
        for (int i = 1; i < lines.size(); i++) {
            epochs.add(epoch(file, i + 1, lines.get(i), layers));
        }
        return List.copyOf(epochs);
    }

    private static Epoch epoch(Path file, int number, String line, int layers) {
        var fields = fields(line);
        int first = COLUMNS;
        if (fields.size() != first + layers) {
            throw new DataFormatException("%s, line %d: expected %d fields, found %d: \"%s\""
                    .formatted(file, number, first + layers, fields.size(), line));
        }
        try {
            var norms = fields.subList(first, fields.size());
            return new Epoch(Integer.parseInt(fields.getFirst()), Double.parseDouble(fields.get(1)),
                    optional(fields.get(2)), optional(fields.get(3)), Double.parseDouble(fields.get(4)),
                    Double.parseDouble(fields.get(5)), Double.parseDouble(fields.get(6)),
                    norms.stream().allMatch(String::isEmpty) ? List.of()
                            : norms.stream().map(Double::valueOf).toList());
        } catch (NumberFormatException e) {
            throw new DataFormatException("%s, line %d: expected numbers, found \"%s\"".formatted(file, number, line),
                    e);
        }
    }

    private static OptionalDouble optional(String field) {
        return field.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(field));
    }

    private static List<String> fields(String line) {
        var fields = new ArrayList<String>();
        var field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
