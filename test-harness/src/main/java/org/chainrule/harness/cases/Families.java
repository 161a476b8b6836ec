package org.chainrule.harness.cases;

import java.util.List;
import java.util.stream.Stream;
import org.chainrule.harness.Family;
import org.chainrule.harness.Options;
import org.chainrule.harness.onnx.OnnxCases;

/** All families of cases, the quick ones first. */
public final class Families {
    private static final List<SubjectCases> OF_SUBJECTS =
            List.of(new SubjectCases("reduction", ReductionSubjects::all),
                    new SubjectCases("product", ProductSubjects::all),
                    new SubjectCases("movement", MovementSubjects::all),
                    new SubjectCases("network", NetworkSubjects::all));

    private Families() {}

    public static List<Family> all(Options options) {
        return Stream.of(Stream.of(new PointwiseCases()), OF_SUBJECTS.stream(),
                Stream.of(new DTypeCases(), new SpecialCases(), new SentinelCases(), new AccuracyCases(),
                        new DifferenceCases(),
                        new GoldenCases(options.golden()), new OnnxCases(options.onnx())))
                .<Family>flatMap(s -> s).toList();
    }

    /** The subjects of all families that are made of them. */
    static Stream<Subject> subjects() {
        return OF_SUBJECTS.stream().flatMap(f -> f.subjects().get());
    }
}
