package org.chainrule.harness.cases;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.harness.Case;
import org.chainrule.harness.Family;
import org.chainrule.harness.Substitution;
import org.chainrule.harness.Target;

/** A family made of subjects, in both float types that arithmetic is done in. */
record SubjectCases(String name, Supplier<Stream<Subject>> subjects) implements Family {
    SubjectCases with(Substitution substitution) {
        return new SubjectCases(name, () -> subjects.get().map(s -> s.with(substitution)));
    }

    @Override
    public Stream<Case> cases(Target target) {
        return subjects.get().flatMap(s -> Stream.of(DType.F32, DType.F64).map(t -> s.analysed(name, t)));
    }
}
