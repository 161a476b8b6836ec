package org.chainrule.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.chainrule.DataFormatException;
import org.chainrule.StorageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsCsvTest {
    private static final List<String> LAYERS = List.of("linear1", "linear2");

    @TempDir
    Path folder;
    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("metrics.csv");
    }

    private static Epoch epoch(int number) {
        return new Epoch(number, 1.0 / 3, OptionalDouble.of(0.1 * number), OptionalDouble.empty(), 0.01, 1.5, 1000,
                List.of(0.5, Double.NaN));
    }

    private void write(int epochs) {
        try (var csv = MetricsCsv.create(file, Part.VALIDATION, LAYERS)) {
            IntStream.rangeClosed(1, epochs).forEach(e -> csv.append(epoch(e)));
        }
    }

    @Test
    void linesAreOnDiskBeforeTheFileIsClosed() throws IOException {
        try (var csv = MetricsCsv.create(file, Part.VALIDATION, LAYERS)) {
            csv.append(epoch(1));
            assertEquals(List.of(
                    "epoch,train_loss,validation_loss,validation_accuracy,learning_rate,seconds,samples_per_second,"
                            + "gradient_norm:linear1,gradient_norm:linear2",
                    "1,0.3333333333333333,0.1,,0.01,1.5,1000.0,0.5,NaN"), Files.readAllLines(file));
        }
    }

    @Test
    void columnsAreNamedForThePartThatWasMeasuredOn() throws IOException {
        for (Part part : Part.values()) {
            MetricsCsv.create(file, part, LAYERS).close();
            var header = Files.readString(file);
            assertTrue(header.contains("," + part.label() + "_loss," + part.label() + "_accuracy,"), header);
            assertEquals(List.of(), MetricsCsv.read(file));
        }
    }

    @Test
    void whatIsWrittenIsRead() {
        write(3);
        assertEquals(List.of(epoch(1), epoch(2), epoch(3)), MetricsCsv.read(file));
    }

    @Test
    void unmeasuredNormsStayUnmeasured() {
        var bare = new Epoch(1, 1, OptionalDouble.empty(), OptionalDouble.of(0.5), 0.1, 1, 1, List.of());
        try (var csv = MetricsCsv.create(file, Part.VALIDATION, LAYERS)) {
            csv.append(bare);
        }
        MetricsCsv.resume(file, Part.VALIDATION, LAYERS, 1).close();
        assertEquals(List.of(bare), MetricsCsv.read(file));
    }

    @Test
    void resumeDropsLaterEpochsAndKeepsOneHeader() throws IOException {
        write(5);
        try (var csv = MetricsCsv.resume(file, Part.VALIDATION, LAYERS, 3)) {
            csv.append(epoch(4));
        }
        assertEquals(List.of(epoch(1), epoch(2), epoch(3), epoch(4)), MetricsCsv.read(file));
        assertEquals(1, Files.readAllLines(file).stream().filter(line -> line.startsWith("epoch")).count());
    }

    @Test
    void resumeDropsALineThatWasCutOff() throws IOException {
        write(3);
        var text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() - 12));
        try (var csv = MetricsCsv.resume(file, Part.VALIDATION, LAYERS, 3)) {
            csv.append(epoch(3));
        }
        assertEquals(List.of(epoch(1), epoch(2), epoch(3)), MetricsCsv.read(file));
    }

    @Test
    void resumeWithoutAFileStartsOne() {
        MetricsCsv.resume(file, Part.VALIDATION, LAYERS, 7).close();
        assertEquals(List.of(), MetricsCsv.read(file));
    }

    @Test
    void resumeRefusesOtherColumnsAndLeavesTheFile() throws IOException {
        write(2);
        var before = Files.readString(file);
        var refused = assertThrows(DataFormatException.class,
                () -> MetricsCsv.resume(file, Part.VALIDATION, List.of("conv"), 1));
        assertTrue(refused.toString().contains("line 1"), refused.toString());
        assertEquals(before, Files.readString(file));
    }

    @Test
    void aSpoiltLineIsNamed() throws IOException {
        write(2);
        Files.writeString(file, Files.readString(file).replace("\n2,", "\ntwo,"));
        var refused = assertThrows(DataFormatException.class, () -> MetricsCsv.read(file));
        assertTrue(refused.toString().contains("line 3"), refused.toString());
    }

    @Test
    void layerNamesWithCommasAndQuotesAreQuoted() {
        var layers = List.of("linear(4, 2)", "the \"head\"");
        try (var csv = MetricsCsv.create(file, Part.TEST, layers)) {
            csv.append(epoch(1));
        }
        MetricsCsv.resume(file, Part.TEST, layers, 1).close();
        assertEquals(List.of(epoch(1)), MetricsCsv.read(file));
    }

    @Test
    void aMissingFolderIsAStorageException() {
        assertThrows(StorageException.class,
                () -> MetricsCsv.create(folder.resolve("missing/metrics.csv"), Part.TEST, LAYERS));
    }
}
