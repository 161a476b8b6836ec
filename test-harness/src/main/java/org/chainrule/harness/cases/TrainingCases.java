package org.chainrule.harness.cases;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.chainrule.ChainruleException;
import org.chainrule.DType;
import org.chainrule.harness.Bench;
import org.chainrule.harness.Case;
import org.chainrule.harness.Family;
import org.chainrule.harness.Names;
import org.chainrule.harness.Options;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.RecordedFolder;
import org.chainrule.harness.RecordedFolder.Content;
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
        List<DType> types = target.isExact() ? List.of(DType.F64) : List.of(DType.F32, DType.F64);
        Stream<Case> recorded = switch (RecordedFolder.GOLDEN.in(golden)) {
            case Content.Files(Path root, var files) -> recorded(types, root, files);
            case Content.None(Verdict verdict) -> Stream.of(of("recorded", "recorded", types.getLast(), _ -> verdict));
        };
        return Stream.concat(recorded, types.stream()
                .map(t -> of("classification", "classification", t, bench -> classification(bench, t))));
    }

    private Stream<Case> recorded(List<DType> types, Path root, List<Path> files) {
        List<Case> cases = new ArrayList<>();
        for (Path file : files) {
            Optional<GoldenCase> training = training(file);
            if (training.isEmpty()) continue;
            String name = RecordedFolder.name(root, file.resolveSibling(GoldenCase.name(file)));
            int end = training.get().name().indexOf("__");
            String op = end < 0 ? training.get().name() : training.get().name().substring(0, end);
            for (DType t : types) cases.add(of(name, op, t, bench -> recorded(bench, training.get(), t)));
        }
        return cases.isEmpty() ? Stream.of(of("recorded", "recorded", types.getLast(),
                _ -> new Verdict.Unsupported(root + " holds no recorded training"))) : cases.stream();
    }

    /** Empty for other cases, and for what cannot be read, which is a case of the family golden. */
    private static Optional<GoldenCase> training(Path file) {
        try {
            return Optional.of(GoldenCase.read(file)).filter(g -> g.kind().equals("training"));
        } catch (ChainruleException e) {
            return Optional.empty();
        }
    }

    private Case of(String what, String op, DType type, Case.Check check) {
        return new Case(name() + "/" + what + "/" + Names.of(type), op, type, Oracle.TRAINING, bench -> {
            bench.require(type);
            try {
                return check.run(bench);
            } catch (Deviation e) {
                return new Verdict.Fail(e.getMessage());
            }
        });
    }

    private static Verdict recorded(Bench bench, GoldenCase golden, DType type) {
        RecordedTraining training = RecordedTraining.of(golden, bench.session(), type);
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
