package org.chainrule.harness.cases;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.DataFormatException;
import org.chainrule.harness.Bench;
import org.chainrule.harness.Case;
import org.chainrule.harness.Family;
import org.chainrule.harness.Options;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Target;
import org.chainrule.harness.Verdict;
import org.chainrule.harness.golden.GoldenCase;
import org.chainrule.harness.training.Classification;
import org.chainrule.harness.training.Deviation;
import org.chainrule.harness.training.RecordedTraining;
import org.chainrule.harness.training.TrainingBounds;

/**
 * Whole trainings: those that PyTorch recorded, to {@code 1e-10} in float64 and within derived bounds in float32, and one that
 * must learn to classify.
 */
final class TrainingCases implements Family {
    private static final System.Logger LOG = System.getLogger(TrainingCases.class.getName());

    private final Optional<Path> golden;

    TrainingCases(Options options) {
        this.golden = options.golden();
    }

    @Override
    public String name() {
        return "training";
    }

    @Override
    public Stream<Case> cases(Target target) {
        return Stream.of(DType.F32, DType.F64).filter(t -> t == DType.F64 || t == target.real())
                .flatMap(t -> Stream.concat(recorded(t), Stream.of(of("classification", t,
                        bench -> classification(bench, t)))));
    }

    private Stream<Case> recorded(DType type) {
        List<Path> files = golden.filter(Files::isDirectory).map(TrainingCases::trainings).orElse(List.of());
        if (files.isEmpty()) return Stream.of(of("recorded", type,
                _ -> new Verdict.Unsupported(
                        "no recorded trainings in a folder that is named (--golden, in tests -Dchainrule.golden)")));
        return files.stream().map(file -> of(GoldenCase.name(file), type, bench -> recorded(bench, file, type)));
    }

    private static List<Path> trainings(Path folder) {
        return GoldenCase.find(folder).stream().filter(TrainingCases::isTraining).toList();
    }

    /** What cannot be read is a case of the family golden. */
    private static boolean isTraining(Path file) {
        try {
            return GoldenCase.read(file).kind().equals("training");
        } catch (DataFormatException e) {
            return false;
        }
    }

    private Case of(String what, DType type, Case.Check check) {
        int end = what.indexOf("__");
        return new Case(name() + "/" + what + "/" + type.name().toLowerCase(Locale.ROOT),
                end < 0 ? what : what.substring(0, end), type, Oracle.TRAINING, bench -> {
                    if (!bench.target().dtypes().contains(type))
                        return new Verdict.Unsupported("the device computes no " + type);
                    try {
                        return check.run(bench);
                    } catch (Deviation e) {
                        return new Verdict.Fail(e.getMessage());
                    }
                });
    }

    private static Verdict recorded(Bench bench, Path file, DType type) {
        RecordedTraining training = RecordedTraining.of(GoldenCase.read(file), bench.session(), type);
        if (type == DType.F64) return Verdict.passed(training.follow());
        TrainingBounds.Tally tally = new TrainingBounds.Tally();
        TrainingBounds.check(training, tally);
        LOG.log(System.Logger.Level.DEBUG, () -> training.golden() + ": " + tally);
        return Verdict.passed(tally.elements());
    }

    private static Verdict classification(Bench bench, DType type) {
        Classification.Outcome o = Classification.train(bench.session(), type, bench.random());
        LOG.log(System.Logger.Level.DEBUG, () -> "classification in " + type + ": " + o);
        return o.tells() ? Verdict.passed(o.logits() + o.decided())
                : new Verdict.Vacuous("the training proves nothing: " + o);
    }
}
