package org.chainrule.harness.cases;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.chainrule.harness.Family;
import org.chainrule.harness.Options;
import org.chainrule.harness.Substitution;
import org.chainrule.harness.graphs.GraphCases;
import org.chainrule.harness.onnx.OnnxCases;

/** All families of cases, the quick ones first. */
public final class Families {
    private Families() {}

    /** Every family. */
    public static List<Family> all(Options options) {
        return all(options, Substitution.NONE);
    }

    /** Every family, with something in the place of some ops. */
    public static List<Family> all(Options options, Substitution substitution) {
        List<SubjectCases> ofSubjects = Stream
                .of(new SubjectCases("pointwise", PointwiseSubjects::all, PointwiseSubjects.VIEWS_IN_DOUBLE),
                        new SubjectCases("reduction", ReductionSubjects::all),
                        new SubjectCases("product", ProductSubjects::all),
                        new SubjectCases("movement", MovementSubjects::all),
                        new SubjectCases("network", NetworkSubjects::all))
                .map(f -> f.with(substitution)).toList();
        Supplier<Stream<Subject>> subjects = () -> ofSubjects.stream().flatMap(f -> f.subjects().get());
        return Stream.concat(ofSubjects.stream(),
                Stream.of(new DTypeCases(), new SpecialCases(), new StorageCases(), new RandomCases(),
                        new RepeatCases(), new SizesCases(),
                        new SentinelCases(subjects), new AccuracyCases(), new LifecycleCases(), new LargeCases(),
                        new DifferenceCases(subjects), new GoldenCases(options.golden(), substitution),
                        new OnnxCases(options.onnx(), substitution), new GraphCases(options),
                        new TrainingCases(options)))
                .toList();
    }
}
