package org.chainrule.harness.cases;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.harness.Case;
import org.chainrule.harness.Family;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Target;

/** Every subject of moderate size once more between sentinels, kernel by kernel. */
record SentinelCases(Supplier<Stream<Subject>> subjects) implements Family {
    private static final long MOST = 1500;

    @Override
    public String name() {
        return "sentinels";
    }

    @Override
    public Stream<Case> cases(Target target) {
        DType type = target.real();
        return subjects.get().filter(s -> s.elements() <= MOST)
                .map(s -> new Case(s.name(name(), type), s.op(), type, Oracle.SENTINELS,
                        s.check(type).guarded()));
    }
}
