package org.chainrule.harness.mutants;

import java.util.List;
import java.util.stream.Stream;

/** Everything that is wrong on purpose. */
public final class Mutants {
    private static final List<Mutant> ALL =
            Stream.of(Instructions.all(), KernelMutants.all(), LifeMutants.all(), OpMutants.all())
                    .flatMap(List::stream).toList();

    private Mutants() {}

    public static List<Mutant> all() {
        return ALL;
    }
}
