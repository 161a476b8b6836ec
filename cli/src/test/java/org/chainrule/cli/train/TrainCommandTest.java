package org.chainrule.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import org.chainrule.cli.Main;
import org.chainrule.cli.report.Epoch;
import org.chainrule.cli.report.Format;
import org.chainrule.cli.report.MetricsCsv;
import org.chainrule.cli.report.Speed;
import org.chainrule.io.Json;
import org.chainrule.train.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void digitsReachNinetySevenPercentAndPredictAgrees() {
        Path out = folder.resolve("run");
        var ran = Program.run("train", "digits", "--json", "--out", out);
        assertThat(ran.status()).as(ran.err()).isEqualTo(Main.OK);
        var json = ran.json();
        assertThat(json).containsKeys("accuracy", "loss", "samples_per_s", "seconds", "backend", "device", "seed");
        assertThat(json.get("accuracy").asDouble()).isGreaterThanOrEqualTo(0.97);
        assertThat(json.get("test_samples").asLong()).isEqualTo(359);
        assertThat(out.resolve("report.html")).content().contains("Confusion", "data:image/png");
        int epochs = (int) json.get("epochs").asLong();
        assertThat(MetricsCsv.read(out.resolve("metrics.csv"))).hasSize(epochs);

        var predicted = Program.run("predict", out, "digits", "--json");
        assertThat(predicted.status()).as(predicted.err()).isEqualTo(Main.OK);
        assertThat(predicted.json().get("accuracy")).isEqualTo(json.get("accuracy"));
        assertThat(predicted.json().get("loss")).isEqualTo(json.get("loss"));
    }

    @Test
    void aRegressionFromCsvIsLearnedAndPredicted() throws IOException {
        var rows = new StringBuilder("a,b,y\n");
        for (int i = 0; i < 200; i++) {
            int row = i / 20;
            double a = i % 20 / 10.0, b = row / 5.0;
            rows.append(a).append(',').append(b).append(',').append(300 + 40 * a - 15.5 * b).append('\n');
        }
        Path csv = Files.writeString(folder.resolve("plane.csv"), rows);
        Path out = folder.resolve("run");
        var ran = Program.run("train", "csv", csv, "--epochs", 60, "--lr", 0.01, "--json", "--out", out);
        assertThat(ran.status()).as(ran.err()).isEqualTo(Main.OK);
        assertThat(ran.json().get("r2").asDouble()).isGreaterThan(0.99);
        Path features = Files.writeString(folder.resolve("one.csv"), "b,a\n1,1\n0,0\n");
        Path answers = folder.resolve("answers.csv");
        var predicted = Program.run("predict", out, features, "--out", answers);
        assertThat(predicted.status()).as(predicted.err()).isEqualTo(Main.OK);
        var lines = Files.readAllLines(answers);
        assertThat(lines).hasSize(3);
        assertThat(Double.parseDouble(lines.get(1).split(",")[1])).isBetween(315.0, 335.0);
    }

    /** The price follows from the city and the size; the id and the name, different in each row, are no features. */
    @Test
    void columnsOfTextAreCategoriesAndColumnsCanBeDropped() throws IOException {
        var rows = new StringBuilder("id,city,price,size,name\n");
        for (int i = 0; i < 240; i++) {
            String city = List.of("Bonn", "Rome", "Oslo").get(i % 3);
            double size = i % 20 / 10.0;
            rows.append(i).append(',').append(city).append(',').append(100 * (i % 3) + 50 * size).append(',')
                    .append(size).append(",house ").append(i).append('\n');
        }
        Path csv = Files.writeString(folder.resolve("houses.csv"), rows);
        Path out = folder.resolve("run");
        var kept = Program.run("train", "csv", csv, "--target", "price", "--out", out);
        assertThat(kept.status()).isEqualTo(Main.FAILED);
        assertThat(kept.err()).contains("column 'name' holds 240 different texts", "Drop the column");
        var ran = Program.run("train", "csv", csv, "--target", "3", "--drop", "id, 5", "--epochs", 60, "--lr", 0.01,
                "--json", "--out", out);
        assertThat(ran.status()).as(ran.err()).isEqualTo(Main.OK);
        assertThat(ran.json().get("r2").asDouble()).isGreaterThan(0.99);
        var all = Program.run("predict", out, csv, "--json");
        assertThat(all.status()).as(all.err()).isEqualTo(Main.OK);
        assertThat(all.json()).containsKey("absolute_error");
        Path features = Files.writeString(folder.resolve("some.csv"), "city,size\nOslo,1\nBonn,0\n");
        Path answers = folder.resolve("answers.csv");
        assertThat(Program.run("predict", out, features, "--out", answers).status()).isEqualTo(Main.OK);
        var lines = Files.readAllLines(answers);
        assertThat(Double.parseDouble(lines.get(1).split(",")[1])).isBetween(235.0, 265.0);
        assertThat(Double.parseDouble(lines.get(2).split(",")[1])).isBetween(-15.0, 15.0);
        Path unknown = Files.writeString(folder.resolve("unknown.csv"), "city,size\nRome,1\nKiev,0\n");
        assertThat(Program.run("predict", out, unknown).err()).contains("line 3, column 1 ('city')",
                "[Bonn, Oslo, Rome]", "'Kiev'");
        var resumed = Program.run("train", "csv", csv, "--resume", "--epochs", 61, "--out", out);
        assertThat(resumed.status()).as(resumed.err()).isEqualTo(Main.OK);
    }

    @Test
    void aColumnWithoutNameIsATargetByItsNumber() throws IOException {
        var rows = new StringBuilder();
        for (int i = 0; i < 60; i++) rows.append(i % 2 == 0 ? "even," : "odd,").append(i % 2).append('\n');
        Path csv = Files.writeString(folder.resolve("plain.csv"), rows);
        var ran = Program.run("train", "csv", csv, "--target", "1", "--epochs", 20, "--json", "--out",
                folder.resolve("run"));
        assertThat(ran.status()).as(ran.err()).isEqualTo(Main.OK);
        assertThat(ran.json().get("accuracy").asDouble()).isEqualTo(1);
    }

    @Test
    void theFirstLineTellsTheHeaderAndWhatTheTargetWasTakenFor() throws IOException {
        var rows = new StringBuilder();
        for (int i = 0; i < 60; i++) rows.append(i % 2 == 0 ? "even" : "odd").append(i % 2 == 0 ? ",a\n" : ",b\n");
        Path csv = Files.writeString(folder.resolve("plain.csv"), rows);
        assertThat(Program.run("train", "csv", csv, "--epochs", 1, "--out", folder.resolve("1")).err())
                .startsWith("plain.csv (its line 1 names the columns): a: 2 classes; 47 samples");
        assertThat(Program.run("train", "csv", csv, "--no-header", "--epochs", 1, "--out", folder.resolve("2")).err())
                .startsWith("plain.csv (no line names the columns): column 2: 2 classes; 48 samples");
        Path numbers = folder.resolve("numbers.csv");
        var counts = new StringBuilder("x,y\n");
        for (int i = 0; i < 60; i++) counts.append(i).append(',').append(i % 3).append('\n');
        Files.writeString(numbers, counts);
        assertThat(Program.run("train", "csv", numbers, "--epochs", 1, "--out", folder.resolve("3")).err())
                .contains("y, whole numbers (--task regress predicts them as a number): 3 classes;");
        assertThat(Program.run("train", "csv", numbers, "--task", "regress", "--epochs", 1, "--out",
                folder.resolve("4")).err()).contains("y: a number;");
    }

    @Test
    void aPromptShorterThanTheWindowGoesOnInTheMannerOfTheText() throws IOException {
        Path text = Files.writeString(folder.resolve("song.txt"),
                "row row row your boat\ngently down the stream\n\n".repeat(60));
        Path out = folder.resolve("run");
        var ran = Program.run("train", "text", text, "--model", "64", "--window", 16, "--embedding", 8, "--batch", 32,
                "--epochs", 10, "--lr", 0.01, "--out", out);
        assertThat(ran.status()).as(ran.err()).isEqualTo(Main.OK);
        assertThat(Program.run("generate", out, "--prompt", "row ", "--length", 17, "--temperature", 0).out().strip())
                .isEqualTo("row row row your boat");
    }

    @Test
    void textIsWrittenAlikeForEqualSeeds() throws IOException {
        Path text = Files.writeString(folder.resolve("song.txt"),
                "row row row your boat\ngently down the stream\n".repeat(30));
        Path out = folder.resolve("run");
        var ran = Program.run("train", "text", text, "--model", "32", "--window", 6, "--embedding", 8, "--batch", 32,
                "--epochs", 10, "--lr", 0.01, "--json", "--out", out);
        assertThat(ran.status()).as(ran.err()).isEqualTo(Main.OK);
        assertThat(ran.json().get("loss").asDouble()).isLessThan(1.0);
        String once = Program.run("generate", out, "--prompt", "row", "--length", 60, "--seed", 3).out();
        assertThat(once).startsWith("row").hasSizeGreaterThan(60);
        assertThat(Program.run("generate", out, "--prompt", "row", "--length", 60, "--seed", 3).out()).isEqualTo(once);
        assertThat(
                Program.run("generate", out, "--prompt", "row", "--length", 60, "--seed", 4, "--temperature", 2).out())
                .isNotEqualTo(once);
    }

    /** Takes {@code settings} and {@code data} out of what a run's checkpoint tells of its model. */
    private static void forget(Path run, Set<String> settings, Set<String> data) {
        Path file = run.resolve("checkpoint.safetensors");
        Checkpoint c = Checkpoint.read(file);
        Map<String, String> description = new TreeMap<>(c.description());
        Map<String, String> kept = new TreeMap<>();
        Json.parse("settings", c.description().getOrDefault("chainrule.settings", "")).asObject().forEach((k, v) -> {
            if (!settings.contains(k)) kept.put(k, v.asString());
        });
        description.put("chainrule.settings", Json.ofStrings(kept).text());
        description.keySet().removeAll(data);
        new Checkpoint(description, c.weights(), c.optimizer(), c.counters(), c.randomness(), c.position(),
                OptionalDouble.empty(), c.stopping(), c.best()).write(file);
    }

    @Test
    void aRunThatAnOlderVersionWroteGoesOnToTheSameWeights() throws IOException {
        Path whole = folder.resolve("whole"), older = folder.resolve("older");
        Program.run("train", "iris", "--epochs", 3, "--schedule", "constant", "--out", whole);
        Program.run("train", "iris", "--epochs", 2, "--schedule", "constant", "--out", older);
        forget(older, Set.of("residual", "noise", "label-smoothing", "validation", "momentum", "no-header"), Set.of());
        var resumed = Program.run("train", "iris", "--resume", older, "--epochs", 3);
        assertThat(resumed.status()).as(resumed.err()).isEqualTo(Main.OK);
        List<List<Double>> weights = new ArrayList<>();
        for (Path run : List.of(whole, older))
            weights.add(Checkpoint.read(run.resolve("checkpoint.safetensors")).weights().values().stream()
                    .flatMap(t -> Arrays.stream(t.toDoubles()).boxed()).toList());
        assertThat(weights.getFirst()).isEqualTo(weights.getLast());
    }

    @Test
    void aModelOfTextThatAnOlderVersionWroteIsToldApartFromOneOfSamples() throws IOException {
        Path text = Files.writeString(folder.resolve("song.txt"), "row row row your boat\n".repeat(60));
        Path out = folder.resolve("run");
        Program.run("train", "text", text, "--model", "8", "--window", 6, "--epochs", 1, "--out", out);
        forget(out, Set.of(), Set.of("data.context"));
        var refused = Program.run("generate", out);
        assertThat(refused.status()).isEqualTo(Main.FAILED);
        assertThat(refused.err()).contains("an older version wrote it, without the metadata 'data.context'",
                "--resume");
        var resumed = Program.run("train", "text", text, "--resume", out, "--epochs", 2);
        assertThat(resumed.status()).as(resumed.err()).isEqualTo(Main.OK);
        assertThat(Program.run("generate", out, "--length", 3).status()).isEqualTo(Main.OK);
    }

    @Test
    void whatAResumedRunTellsOfTimeIsOfItsOwnEpochs() {
        Path out = folder.resolve("run");
        Program.run("train", "iris", "--epochs", 3, "--out", out);
        var json = Program.run("train", "iris", "--resume", out, "--epochs", 4, "--json").json();
        assertThat(json.get("seconds").asDouble()).isLessThanOrEqualTo(json.get("total_seconds").asDouble());
        assertThat(json.get("seconds").asDouble() * json.get("samples_per_s").asDouble()).isCloseTo(120, within(1e-6));
        assertThat(json.get("steady_samples_per_s")).isEqualTo(new Json.Null());
    }

    @Test
    void aRunThatGoesOnWithAnotherBackendSaysSo() {
        Path out = folder.resolve("run");
        Program.run("train", "iris", "--epochs", 1, "--out", out, "--backend", "reference");
        assertThat(Program.run("train", "iris", "--resume", out, "--epochs", 2, "--backend", "cpu").err())
                .contains("The run was on reference before, and goes on with cpu");
        assertThat(Program.run("train", "iris", "--resume", out, "--epochs", 3, "--backend", "cpu").err())
                .doesNotContain("before, and goes on");
    }

    @Test
    void aFinishedRunSaysHowToGoFurther() {
        Path out = folder.resolve("run");
        Program.run("train", "iris", "--epochs", 2, "--out", out);
        assertThat(Program.run("train", "iris", "--resume", out).err())
                .contains("already finished; --epochs N goes further, where N is above 2");
        assertThat(Program.run("train", "iris", "--resume", out, "--epochs", 3).err())
                .doesNotContain("already finished");
    }

    @Test
    void theTestPartIsCalledSoAndItsResultAfterTheLastEpochLeads() throws IOException {
        Path out = folder.resolve("run");
        var ran = Program.run("train", "iris", "--epochs", 3, "--out", out);
        assertThat(ran.out()).contains("On the 30 test samples: ", "with the weights of epoch 3, the last.");
        assertThat(ran.err()).contains("120 samples to train on, 30 to test on", "test loss").doesNotContain(
                "validation");
        assertThat(out.resolve("report.html")).content().contains("test accuracy</span>",
                "epoch of the weights, the last").doesNotContainIgnoringCase("validation loss");
        assertThat(Files.readAllLines(out.resolve("metrics.csv")).getFirst()).contains("test_loss,test_accuracy");
    }

    @Test
    void earlyStoppingChoosesByAValidationPartAndSaysWhichWeightsItKept() {
        Path out = folder.resolve("run");
        var ran = Program.run("train", "iris", "--epochs", 40, "--lr", 0.3, "--patience", 2, "--json", "--out", out);
        assertThat(ran.status()).as(ran.err()).isEqualTo(Main.OK);
        var json = ran.json();
        assertThat(json.get("stopped_early").asBoolean()).isTrue();
        assertThat(json.get("weights_are_best").asBoolean()).isTrue();
        assertThat(json.get("step_kernels").asLong()).isPositive();
        assertThat(json).doesNotContainKey("step_launches");
        assertThat(json.get("compile_seconds").asDouble()).isPositive();
        assertThat(json.get("first_step_seconds").asDouble()).isGreaterThan(json.get("compile_seconds").asDouble());
        assertThat(json.get("weights_epoch").asLong()).isEqualTo(json.get("epochs").asLong() - 2);
        assertThat(json.get("train_samples").asLong() + json.get("validation_samples").asLong()).isEqualTo(120);
        assertThat(ran.err()).contains("to validate by", "validation loss").doesNotContain("test loss");
        assertThat(out.resolve("report.html")).content().contains("the best by validation loss",
                "lowest validation loss, epoch " + json.get("weights_epoch").asLong());
    }

    @Test
    void theSpeedIsTheSameInJsonAndReport() {
        Path out = folder.resolve("run");
        var json = Program.run("train", "iris", "--epochs", 3, "--json", "--out", out).json();
        var speed = Speed.of(MetricsCsv.read(out.resolve("metrics.csv")));
        assertThat(json.get("seconds").asDouble()).isEqualTo(speed.seconds());
        assertThat(json.get("samples_per_s").asDouble()).isEqualTo(speed.samplesPerSecond());
        assertThat(json.get("seconds").asDouble() * json.get("samples_per_s").asDouble()).isCloseTo(360,
                within(1e-6));
        assertThat(json.get("total_seconds").asDouble()).isGreaterThan(speed.seconds());
        List<Double> warm = MetricsCsv.read(out.resolve("metrics.csv")).stream().skip(1).map(Epoch::samplesPerSecond)
                .toList();
        assertThat(warm).hasSize(2).contains(json.get("steady_samples_per_s").asDouble());
        assertThat(json.get("steady_samples_per_s").asDouble()).isGreaterThanOrEqualTo(Collections.min(warm));
        assertThat(out.resolve("report.html")).content().contains(
                "<b>" + Format.number(speed.samplesPerSecond(), 3) + "</b><span>samples per second");
    }

    @Test
    void theReportNamesLayersAndShowsOnlySettingsThatMeanSomething() throws IOException {
        Path out = folder.resolve("run");
        var ran = Program.run("train", "digits", "--epochs", 1, "--model", "8-8", "--norm", "batch", "--out", out);
        assertThat(ran.status()).as(ran.err()).isEqualTo(Main.OK);
        assertThat(Files.readAllLines(out.resolve("metrics.csv")).getFirst()).endsWith(
                "gradient_norm:linear 1,gradient_norm:batch norm 1,gradient_norm:linear 2,gradient_norm:batch norm 2,"
                        + "gradient_norm:linear 3");
        assertThat(out.resolve("report.html")).content().contains(">dropout<", ">linear 2<").doesNotContain(
                ">embedding<", ">window<", ">target<", ">momentum<");
    }

    @Test
    void xorSaysThatItIsJudgedOnWhatItLearnedFrom() {
        var ran = Program.run("train", "xor", "--epochs", 3, "--out", folder.resolve("run"));
        assertThat(ran.err()).contains("4 samples to train on, and judged on the same").doesNotContain("test",
                "held out");
        assertThat(ran.out()).contains("On the 4 samples that it learned from: ");
    }

    @Test
    void everyOptionOfTheNetworkAndTheOptimizerTrains() {
        int i = 0;
        for (String options : new String[] {"--norm batch --optimizer sgd --schedule onecycle",
            "--norm rms --optimizer nesterov "
                    + "--schedule step --clip 1",
            "--norm layer --optimizer rmsprop --schedule warmup --init orthogonal",
            "--model 64-64-64 --residual --optimizer adagrad --schedule exponential --lr 0.02",
            "--optimizer adadelta --lr 1 "
                    + "--label-smoothing 0.1 --l1 0.0001 --l2 0.001",
            "--optimizer amsgrad --noise 0.01 --activation mish",
            "--optimizer rmsprop-centered --schedule warmup-cosine --lr 0.001 --dropout 0",
            "--model none --patience 2 --lr 0.05"}) {
            var args = new ArrayList<Object>(List.of("train", "iris", "--epochs", 15, "--json"));
            args.addAll(List.of(options.split(" ")));
            args.addAll(List.of("--out", folder.resolve("run" + i++)));
            var ran = Program.run(args.toArray());
            assertThat(ran.status()).as(options + ": " + ran.err()).isEqualTo(Main.OK);
            assertThat(ran.json().get("loss").asDouble()).as(options).isLessThan(1.0);
        }
    }
}
