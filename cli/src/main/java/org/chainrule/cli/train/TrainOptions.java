package org.chainrule.cli.train;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import picocli.CommandLine.Option;

/** The options that decide how a run turns out. Those not given take the data set's defaults. */
final class TrainOptions {
    final SequencedMap<String, String> given = new LinkedHashMap<>();

    private void set(String name, Object value) {
        given.put(name, value.toString());
    }

    @Option(names = "--model", paramLabel = "WIDTHS", description = "hidden widths, such as 128-64, or none")
    void model(String value) {
        set("model", value);
    }

    @Option(names = "--activation", paramLabel = "OP",
            description = "such as relu, gelu, tanh, or any op of one argument")
    void activation(String value) {
        set("activation", value);
    }

    @Option(names = "--init", paramLabel = "NAME", description = SettingRules.INITIALIZERS)
    void init(String value) {
        set("init", value);
    }

    @Option(names = "--norm", paramLabel = "NAME", description = "none, layer, rms or batch, before each activation")
    void norm(String value) {
        set("norm", value);
    }

    @Option(names = "--dropout", paramLabel = "P", description = "the probability with which an activation is dropped")
    void dropout(double value) {
        set("dropout", value);
    }

    @Option(names = "--residual", description = "add its input to each hidden layer of equal widths")
    void residual(boolean value) {
        set("residual", value);
    }

    @Option(names = "--epochs", paramLabel = "N", description = "passes over the training data")
    void epochs(int value) {
        set("epochs", value);
    }

    @Option(names = {"--batch", "--batch-size"}, paramLabel = "N", description = "samples in a batch")
    void batch(int value) {
        set("batch", value);
    }

    @Option(names = "--optimizer", paramLabel = "NAME", description = SettingRules.OPTIMIZERS)
    void optimizer(String value) {
        set("optimizer", value);
    }

    @Option(names = {"--lr", "--learning-rate"}, paramLabel = "RATE", description = "the learning rate")
    void learningRate(double value) {
        set("lr", value);
    }

    @Option(names = "--schedule", paramLabel = "NAME",
            description = "of the learning rate: " + SettingRules.SCHEDULES)
    void schedule(String value) {
        set("schedule", value);
    }

    @Option(names = "--momentum", paramLabel = "PART", description = "of sgd, nesterov and rmsprop")
    void momentum(double value) {
        set("momentum", value);
    }

    @Option(names = "--weight-decay", paramLabel = "W", description = "the optimizer's own; decoupled for adamw")
    void weightDecay(double value) {
        set("weight-decay", value);
    }

    @Option(names = "--l1", paramLabel = "W", description = "penalty on the sum of absolute weights")
    void l1(double value) {
        set("l1", value);
    }

    @Option(names = "--l2", paramLabel = "W", description = "penalty on half of the sum of squared weights")
    void l2(double value) {
        set("l2", value);
    }

    @Option(names = "--clip", paramLabel = "NORM", description = "greatest norm of all gradients together; 0 for any")
    void clip(double value) {
        set("clip", value);
    }

    @Option(names = "--label-smoothing", paramLabel = "S",
            description = "how much of a label is spread over all classes")
    void labelSmoothing(double value) {
        set("label-smoothing", value);
    }

    @Option(names = "--noise", paramLabel = "ETA",
            description = "annealed gradient noise of variance ETA / (1 + t)^0.55")
    void noise(double value) {
        set("noise", value);
    }

    @Option(names = "--patience", paramLabel = "N",
            description = "stop after N epochs without improvement and take the "
                    + "best weights; holds out a tenth for validation unless --validation says how much; 0 for never")
    void patience(int value) {
        set("patience", value);
    }

    @Option(names = "--seed", paramLabel = "N", description = "of the split, the first weights, the order and dropout")
    void seed(long value) {
        set("seed", value);
    }

    @Option(names = "--validation", paramLabel = "PART",
            description = "the part of the training data held out to watch; "
                    + "with --patience, to stop and to choose the best weights by")
    void validation(double value) {
        set("validation", value);
    }

    @Option(names = "--test", paramLabel = "PART", description = "the part of the data held out for the final result, "
            + "where the data set has no test files")
    void test(double value) {
        set("test", value);
    }

    @Option(names = "--target", paramLabel = "COLUMN",
            description = "csv: the column to predict, by its name or, where none is called so, its number from 1; the "
                    + "last by default")
    void target(String value) {
        set("target", value);
    }

    @Option(names = "--drop", paramLabel = "COLUMNS",
            description = "csv: columns that are no features, by name or number, with commas between, such as id,name")
    void drop(String value) {
        set("drop", value);
    }

    @Option(names = "--task", paramLabel = "KIND",
            description = "csv: classify or regress; by default classes where the target holds text, two distinct whole "
                    + "numbers, or at most 20 that count from 0 or 1, and a number otherwise")
    void task(String value) {
        set("task", value);
    }

    @Option(names = "--no-header", description = "csv: the first line is a row; by default it names the columns where "
            + "none of its fields is a number")
    void noHeader(boolean value) {
        set("no-header", value);
    }

    @Option(names = "--window", paramLabel = "N", description = "text: how many characters the model sees")
    void window(int value) {
        set("window", value);
    }

    @Option(names = "--embedding", paramLabel = "N", description = "text: numbers that stand for a character")
    void embedding(int value) {
        set("embedding", value);
    }
}
