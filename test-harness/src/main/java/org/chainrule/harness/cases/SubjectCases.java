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
 * A family made of subjects, in both float types that arithmetic is done in. Where an element lies does not depend on its type, so
 * float64 meets two kinds of views, and float32 all of them.
 */
record SubjectCases(String name, Supplier<Stream<Subject>> subjects) implements Family {
    private static final Set<View> IN_DOUBLE = Set.of(View.WHOLE, View.STEPPED);

    SubjectCases with(Substitution substitution) {
        return new SubjectCases(name, () -> subjects.get().map(s -> s.with(substitution)));
    }

    @Override
    public Stream<Case> cases(Target target) {
        return subjects.get().flatMap(s -> types(s).map(t -> s.analysed(name, t)));
    }

    private static Stream<DType> types(Subject s) {
        boolean isInBoth = s.inputs().stream().map(Input::view).allMatch(IN_DOUBLE::contains);
        return isInBoth ? Stream.of(DType.F32, DType.F64) : Stream.of(DType.F32);
    }
}
