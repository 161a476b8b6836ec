package org.chainrule.cli.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.chainrule.cli.report.Outcome;
import org.chainrule.cli.report.Part;
import org.chainrule.nn.Sequential;
import org.chainrule.train.Evaluation;
import org.chainrule.train.Evaluator;
import org.chainrule.train.Feed;
import org.chainrule.train.Objective;

/**
 * Data to learn from, cut into parts, with the network and the loss that suit it.
 *
 * @param <B> the buffers of a batch
 */
sealed interface Task<B> permits SampleTask, TextTask {
    /** What is learned, in a few words. */
    String title();

    /** What the data was taken for, such as the number of classes, in words. */
    String reading();

    Feed<B> train();

    /** Held out to see how training goes, and for early stopping to choose the best weights by. */
    Optional<Feed<B>> validation();

    /** What the final result is measured on; held out from training unless {@link #judgedOn()} says otherwise. */
    Feed<B> test();

    /** What {@link #test()} is: the test part, or the training data where there is no other. */
    Part judgedOn();

    /** What each epoch is judged on. */
    default Part monitored() {
        return validation().isPresent() ? Part.VALIDATION : judgedOn();
    }

    Objective objective();

    Sequential model();

    /** What the layers of {@link #model()} that have parameters are, in their order. */
    List<String> layerNames();

    /** What else is needed to use the model: classes, standardizer, vocabulary. */
    Map<String, String> description();

    /** What the model does on {@link #test()}, for the report. */
    List<Outcome> outcomes(Evaluator<B> test);

    /** The results for a program: {@code accuracy} and {@code loss} on {@link #test()}, and what suits the task besides. */
    SequencedMap<String, Double> results(Evaluation evaluation, Evaluator<B> test);

    /**
     * Reads the data that {@code settings} name.
     *
     * @param file of {@code csv} and {@code text}
     * @param folder of {@code mnist} and {@code fashion}
     */
    static Task<?> load(Settings settings, Optional<Path> file, Optional<Path> folder) {
        return settings.text("data").equals("text") ? TextTask.load(settings, file, folder)
                : SampleTask.load(settings, file, folder);
    }
}
