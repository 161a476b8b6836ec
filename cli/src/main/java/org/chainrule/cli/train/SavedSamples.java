package org.chainrule.cli.train;

import java.nio.file.Path;
import java.util.List;
import org.chainrule.NonFiniteException;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.data.Dataset;
import org.chainrule.nn.Sequential;
import org.chainrule.train.Checkpoint;
import org.chainrule.train.Evaluation;
import org.chainrule.train.Evaluator;
import org.chainrule.train.Feed;
import org.chainrule.train.Objective;
import org.chainrule.train.Weights;

/** A trained model of samples, read from a run. */
record SavedSamples(String source, SampleModel kind, Checkpoint checkpoint) {
    /** @param run its folder or checkpoint */
    static SavedSamples read(Path run) {
        RunFolder folder = RunFolder.of(run);
        Checkpoint checkpoint = folder.read();
        return new SavedSamples(folder.source(), SampleModel.fromMetadata(checkpoint.description(), folder.source()),
                checkpoint);
    }

    /** The model on the device, with the weights to use. */
    Sequential network(Session session) {
        Sequential model = kind.network();
        model.init(session, Rng.of(0));
        Weights.restore(model, checkpoint.weightsToUse(), source);
        return model;
    }

    /**
     * What the model says of standardized samples.
     *
     * @param outputs logits, or standardized values; row-major
     * @param evaluation against the samples' labels, which may be made up
     */
    record Answers(float[] outputs, Evaluation evaluation) {}

    Answers answers(Session session, Dataset data) {
        Objective objective = kind.classes().isEmpty() ? Objective.regression() : Objective.classification(0);
        try (var evaluator = Evaluator.of(session, network(session), objective, Feed.of(data))) {
            return new Answers(finite(evaluator.outputs()), evaluator.evaluate());
        }
    }

    private float[] finite(float[] outputs) {
        for (int i = 0; i < outputs.length; i++) if (!Float.isFinite(outputs[i])) throw new NonFiniteException(
                source + ": the model's output for sample " + i / kind.outputs() + " (from 0) became " + outputs[i]
                        + "; look whether that sample's features are far from those of the training data");
        return outputs;
    }

    /** The name of the class, or the value, that {@code row} of {@code outputs} stands for. */
    String answer(float[] outputs, int row) {
        List<String> classes = kind.classes();
        return classes.isEmpty() ? Double.toString(value(outputs[row * kind.outputs()]))
                : classes.get(Judgement.greatest(Judgement.probabilities(outputs, row, classes.size())));
    }

    private double value(double standardized) {
        return kind.targets().map(t -> standardized * t.std()[0] + t.mean()[0]).orElse(standardized);
    }
}
