package org.chainrule.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.chainrule.cli.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What makes no sense is refused with one line and the status of a usage error, before anything is written. */
class UsageTest {
    @TempDir
    private Path folder = Path.of("");

    private void refused(String line, String said) {
        Path out = folder.resolve("run");
        List<Object> arguments = new ArrayList<>(List.of(line.strip().split(" ")));
        arguments.addAll(List.of("--out", out));
        var ran = Program.run(arguments.toArray());
        assertThat(ran.status()).as(ran.err()).isEqualTo(Main.USAGE);
        List<String> lines = ran.err().lines().toList();
        assertThat(lines).as(ran.err()).hasSize(2);
        assertThat(lines.getFirst()).startsWith("chainrule: ").contains(said.strip());
        assertThat(lines.getLast()).isEqualTo("Try: chainrule train --help");
        assertThat(out).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--optimizer adm      | --optimizer: there is no 'adm'; did you mean adam? There are sgd, nesterov",
        "--activation foo     | --activation: there is no activation 'foo'; there are identity, relu, tanh",
        "--activation tahn    | did you mean tanh? There are identity",
        "--schedule foo       | --schedule: there is no 'foo'; there are constant, step",
        "--init foo           | --init: there is no 'foo'; there are auto",
        "--norm foo           | --norm: there is no 'foo'; there are none",
        "--epochs 0           | --epochs: 0 is not at least 1",
        "--epochs many        | 'many' is not an int",
        "--batch 0            | --batch: 0 is not at least 1",
        "--lr -1              | --lr: -1.0 is not above 0",
        "--lr NaN             | option '--learning-rate': 'NaN' is not a finite number",
        "--lr nan             | option '--learning-rate': 'nan' is not a finite number",
        "--lr 1e999           | option '--learning-rate': '1e999' is not a finite number",
        "--model foo          | --model: expected the widths of the hidden layers, such as 128-64, or none, found 'foo'",
        "--dropout 1          | --dropout: 1.0 is not at least 0 and below 1",
        "--test 1.5           | --test: 1.5 is not above 0 and below 1",
        "--test 0             | --test: 0.0 is not above 0 and below 1",
        "--validation 1       | --validation: 1.0 is not at least 0 and below 1",
        "--clip -1            | --clip: -1.0 is not at least 0",
        "--label-smoothing 2  | --label-smoothing: 2.0 is not from 0 to 1",
        "--patience -1        | --patience: -1 is not at least 0",
        "--patience 2 --validation 0 | --patience: a validation part is needed",
        "--optimizer nesterov --momentum 0 | --momentum: 0.0 is not above 0 and below 1",
        "--threads 0          | --threads: 0 is not from 1 to 9999",
        "--save-every often   | --save-every: expected batches",
        "--learning-rte 1     | unknown option --learning-rte; did you mean --learning-rate?",
    })
    void aValueThatMakesNoSense(String options, String said) {
        refused("train iris " + options, said);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "iris extra.csv       | unexpected argument 'extra.csv': iris is no file",
        "iris --data somewhere | --data: iris comes with the program",
        "csv a.csv --data b   | --data: csv takes its file as an argument",
        "iris --target y      | --target: only csv has columns to choose",
        "iris --embedding 8   | --embedding: only text is read in characters",
        "iris --window 8      | --window: only text",
        "iris --momentum 0.5  | --momentum: adamw takes none; sgd, nesterov",
        "iris --optimizer adam --momentum 0.9 | --momentum: adam takes none",
        "iris --model none --dropout 0.5 | --dropout: the network has no hidden layer for it",
        "iris --residual      | --residual: no hidden layer of 16 is as wide as what it takes in",
        "mnist --data x --test 0.1 | --test: mnist has files of its own for the test",
        "xor --patience 3     | --patience: xor has four samples",
        "xor --backend reference --threads 2 | --threads: they are of the cpu backend, and the run is on reference",
        "csv                  | train csv: name the file",
        "mnist                | train mnist: name the folder",
        "irsi                 | there is no data set 'irsi'; did you mean iris? There are cancer",
    })
    void anOptionThatHasNoMeaning(String line, String said) {
        refused("train " + line, said);
    }

    @Test
    void labelSmoothingHasNoMeaningForValues() throws Exception {
        var rows = new StringBuilder("a,y\n");
        for (int i = 0; i < 100; i++) rows.append(i).append(',').append(i * 1.5).append('\n');
        Path csv = Files.writeString(folder.resolve("values.csv"), rows);
        refused("train csv " + csv + " --label-smoothing 0.1", "--label-smoothing: the target is a value, not a class");
    }
}
