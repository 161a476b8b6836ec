package org.chainrule.harness.cases;

import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.harness.Case;
import org.chainrule.harness.Family;
import org.chainrule.harness.Input;
import org.chainrule.harness.Substitution;
import org.chainrule.harness.Target;
import org.chainrule.harness.View;

/**
 * A family made of subjects, in both float types that arithmetic is done in.
 *
 * @param inDouble the views that inputs in float64 are seen through; in float32 they are seen through all
 */
record SubjectCases(String name, Supplier<Stream<Subject>> subjects, Set<View> inDouble) implements Family {
    SubjectCases(String name, Supplier<Stream<Subject>> subjects) {
        this(name, subjects, Set.of(View.values()));
    }

    SubjectCases with(Substitution substitution) {
        return new SubjectCases(name, () -> subjects.get().map(s -> s.with(substitution)), inDouble);
    }

    @Override
    public Stream<Case> cases(Target target) {
        return subjects.get().flatMap(s -> types(s).map(t -> s.analysed(name, t)));
    }

    private Stream<DType> types(Subject s) {
        boolean isInBoth = s.inputs().stream().map(Input::view).allMatch(inDouble::contains);
        return isInBoth ? Stream.of(DType.F32, DType.F64) : Stream.of(DType.F32);
    }
}
