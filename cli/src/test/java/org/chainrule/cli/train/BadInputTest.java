package org.chainrule.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.chainrule.cli.Main;
import org.chainrule.io.SafeTensors;
import org.chainrule.io.StorageFailure;
import org.chainrule.io.StoredTensor;
import org.chainrule.train.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each mistake has an error of its own that says where it is, and costs nothing that was there before. */
class BadInputTest {
    @TempDir
    private Path folder = Path.of("");

    private static void refused(int status, String[] said, Object... arguments) {
        var ran = Program.run(arguments);
        assertThat(ran.status()).as(ran.err()).isEqualTo(status);
        assertThat(ran.err()).contains(said).doesNotContain("\tat ");
    }

    private static String[] saying(String... parts) {
        return parts;
    }

    private Path csv(String text) throws IOException {
        return Files.writeString(folder.resolve("data.csv"), text);
    }

    private Path trained() {
        Path run = folder.resolve("run");
        var ran = Program.run("train", "iris", "--model", "8", "--epochs", 2, "--out", run);
        assertThat(ran.status()).as(ran.err()).isEqualTo(Main.OK);
        return run;
    }

    @Test
    void aBackendThatDoesNotExist() {
        refused(Main.USAGE, saying("--backend", "'gpu'", "cpu"), "train", "xor", "--backend", "gpu");
    }

    @Test
    void optionsAndDataSetsThatDoNotExist() {
        refused(Main.USAGE, saying("--epoch"), "train", "xor", "--epoch", 3);
        refused(Main.USAGE, saying("'digit'", "digits"), "train", "digit");
    }

    @Test
    void raggedRows() throws IOException {
        refused(Main.FAILED, saying("data.csv: line 3: expected 3 fields", "found 2"), "train", "csv",
                csv("a,b,y\n1,2,0\n1,2\n"));
    }

    @Test
    void textAmongNumbers() throws IOException {
        refused(Main.FAILED, saying("data.csv: line 3, column 2 ('b')", "'two'"), "train", "csv",
                csv("a,b,y\n1,2,0\n1,two,1\n1,2,0\n3,4,1\n"));
    }

    @Test
    void notANumber() throws IOException {
        refused(Main.FAILED, saying("data.csv: line 3, column 1 ('a')", "NaN"), "train", "csv",
                csv("a,b,y\n1,2,0\nNaN,2,1\n1,2,0\n3,4,1\n"));
    }

    @Test
    void aTruncatedIdxFile() throws IOException {
        byte[] images = new byte[16 + 100];
        images[2] = 8;
        images[3] = 3;
        images[7] = 2;
        images[11] = 28;
        images[15] = 28;
        Files.write(folder.resolve("train-images-idx3-ubyte"), images);
        Files.write(folder.resolve("train-labels-idx1-ubyte"), new byte[] {0, 0, 8, 1, 0, 0, 0, 2, 1, 1});
        refused(Main.FAILED, saying("train-images-idx3-ubyte", "at byte 116"), "train", "mnist", "--data", folder);
    }

    @Test
    void aTruncatedCheckpoint() throws IOException {
        Path file = trained().resolve("checkpoint.safetensors");
        byte[] whole = Files.readAllBytes(file);
        byte[] cut = Arrays.copyOf(whole, whole.length - 10);
        Files.write(file, cut);
        refused(Main.FAILED, saying("checkpoint.safetensors", "truncated"), "train", "iris", "--resume", file);
        refused(Main.FAILED, saying("checkpoint.safetensors", "truncated", "train again"), "predict", file, "iris");
        assertThat(file).hasBinaryContent(cut);
    }

    @Test
    void aRunThatIsNotThere() throws IOException {
        refused(Main.FAILED, saying("there is no run", "chainrule train iris --out RUN"), "predict",
                folder.resolve("none"), "iris");
        refused(Main.FAILED, saying("holds no checkpoint.safetensors", "a folder that train wrote"), "predict", folder,
                "iris");
        refused(Main.FAILED, saying("notes.txt is a file", "name the run's folder"), "predict",
                Files.writeString(folder.resolve("notes.txt"), "x"), "iris");
    }

    @Test
    void aPictureOfAnotherSize() throws IOException {
        Path run = folder.resolve("digits");
        Program.run("train", "digits", "--epochs", 1, "--model", "8", "--out", run);
        Path png = folder.resolve("a.png");
        ImageIO.write(new BufferedImage(20, 10, BufferedImage.TYPE_BYTE_GRAY), "png", png.toFile());
        var ran = Program.run("predict", run, png);
        assertThat(ran.status()).as(ran.err()).isEqualTo(Main.OK);
        assertThat(ran.err()).contains("a.png: scaled from 20 × 10 to 8 × 8");
        ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY), "png", png.toFile());
        assertThat(Program.run("predict", run, png).err()).isEmpty();
        ImageIO.write(new BufferedImage(801, 8, BufferedImage.TYPE_BYTE_GRAY), "png", png.toFile());
        refused(Main.FAILED, saying("801 × 8 is too large for a model of 8 × 8"), "predict", run, png);
        refused(Main.USAGE, saying("--labels: they go with pictures in an IDX file"), "predict", run, png, "--labels",
                png);
        refused(Main.USAGE, saying("--labels and --invert are for files"), "predict", run, "digits", "--invert");
    }

    @Test
    void aForeignCheckpoint() throws IOException {
        Path foreign = folder.resolve("foreign.safetensors");
        SafeTensors.of(Map.of(), List.of(StoredTensor.ofFloats("w", new float[] {1}, 1))).write(foreign);
        refused(Main.FAILED, saying("foreign.safetensors", "expected a checkpoint of Chainrule"), "train", "iris",
                "--resume",
                foreign);
        Path other = Files.writeString(folder.resolve("other.safetensors"), "{\"not\": \"it at all\"}");
        refused(Main.FAILED, saying("other.safetensors", "not a safetensors file"), "predict", other, "iris");
    }

    @Test
    void aCheckpointOfAnotherModelOrOtherData() throws IOException {
        Path run = trained();
        refused(Main.FAILED, saying("--model 16 (it was 8)"), "train", "iris", "--resume", run, "--model", "16");
        refused(Main.FAILED, saying("is a run of iris"), "train", "wine", "--resume", run);
        Path file = run.resolve("checkpoint.safetensors");
        Checkpoint c = Checkpoint.read(file);
        var weights = new LinkedHashMap<>(c.weights());
        weights.put("1.weight", StoredTensor.ofFloats("1.weight", new float[36], 9, 4));
        new Checkpoint(c.description(), weights, c.optimizer(), c.counters(), c.randomness(), c.position(),
                c.firstLoss(), c.stopping(),
                c.best()).write(file);
        refused(Main.FAILED, saying("another model", "'1.weight'", "[8, 4]", "[9, 4]"), "train", "iris", "--resume",
                run);
        refused(Main.FAILED, saying("a model of samples is for predict"), "generate", run);
    }

    @Test
    void aLearningRateThatExplodes() throws IOException {
        Path run = folder.resolve("run");
        refused(Main.FAILED,
                saying("diverged in epoch", "batch", "the loss exploded to", "--lr, which is 1.0E30 here"),
                "train",
                "wine", "--optimizer", "sgd", "--lr", 1e30, "--out", run);
        Checkpoint.read(run.resolve("checkpoint.safetensors")).weights().values().forEach(t -> {
            for (double v : t.toDoubles()) assertThat(v).isFinite();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"50", "1e6"})
    void aLearningRateWhoseLossStaysFinite(String rate) {
        refused(Main.FAILED, saying("training diverged in epoch 1, batch", "the loss exploded to", "in the first batch",
                "--lr, which is " + Double.parseDouble(rate) + " here"), "train", "digits", "--lr", rate, "--out",
                folder.resolve("run"));
    }

    @Test
    void aWeightThatIsNotANumber() throws IOException {
        Path run = trained(), file = run.resolve("checkpoint.safetensors");
        Checkpoint c = Checkpoint.read(file);
        var weights = new LinkedHashMap<>(c.weights());
        float[] values = new float[32];
        values[5] = Float.NaN;
        weights.put("1.weight", StoredTensor.ofFloats("1.weight", values, 8, 4));
        new Checkpoint(c.description(), weights, c.optimizer(), c.counters(), c.randomness(), c.position(),
                c.firstLoss(), c.stopping(), c.best()).write(file);
        refused(Main.FAILED, saying("checkpoint.safetensors: weight '1.weight' is NaN at element 5"), "predict", run,
                "iris");
    }

    @Test
    void aFolderOfOtherFilesIsLeftAlone() throws IOException {
        Path report = Files.writeString(folder.resolve("report.html"), "mine");
        refused(Main.FAILED, saying("files that are of no run, such as report.html"), "train", "xor", "--epochs", 1,
                "--out", folder);
        assertThat(report).hasContent("mine");
    }

    @Test
    void aTargetThatIsDropped() throws IOException {
        Path csv = csv("a,b,y\n1,2,0\n1,2,1\n3,4,0\n");
        refused(Main.USAGE, saying("--drop: 'y' is the --target"), "train", "csv", csv, "--target", "y", "--drop",
                "a,y");
        refused(Main.FAILED, saying("--drop leaves out 'y'"), "train", "csv", csv, "--drop", "3");
    }

    @Test
    void aRunIsNotOverwritten() {
        Path run = trained();
        refused(Main.FAILED, saying("holds a run already", "--resume"), "train", "iris", "--out", run);
    }

    @Test
    void aFolderThatCannotBeWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        refused(Main.FAILED, saying(file + " is a file; name a folder"), "train", "xor", "--out",
                file.resolve("run"));
        refused(Main.FAILED, saying(file + " is a file; name a folder"), "train", "xor", "--out", file);
        assertThat(StorageFailure.reason(file, new FileSystemException("/x", null, "Read-only file system")))
                .isEqualTo("Read-only file system");
        assertThat(StorageFailure.reason(file, new AccessDeniedException("/x"))).isEqualTo("permission denied: /x");
        refused(Main.USAGE, saying("--data"), "train", "mnist");
    }
}
