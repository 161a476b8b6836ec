package org.chainrule.cli.report;

import java.util.List;

/** What a trained network does on data it has not seen. */
public sealed interface Outcome {

    /** Classes predicted for the test samples; {@code mistakes} are the worst first. */
    record Classification(ConfusionMatrix confusion, List<Mistake> mistakes) implements Outcome {
        public Classification {
            mistakes = List.copyOf(mistakes);
        }
    }

    /** Values predicted for the test samples; {@code quantity} names what is predicted, with its unit. */
    record Regression(String quantity, List<Prediction> predictions) implements Outcome {
        public Regression {
            predictions = List.copyOf(predictions);
        }
    }

    /** The true and the predicted value of one sample. */
    record Prediction(double truth, double predicted) {}

    /** Text that the network wrote after {@code prompt}, which may be empty. */
    record Generation(String prompt, String text) implements Outcome {}
}
