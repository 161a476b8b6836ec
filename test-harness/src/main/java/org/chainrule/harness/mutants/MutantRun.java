package org.chainrule.harness.mutants;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.chainrule.Backends;
import org.chainrule.harness.Case;
import org.chainrule.harness.Conformance;
import org.chainrule.harness.Options;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Result;
import org.chainrule.harness.Substitution;
import org.chainrule.harness.Target;
import org.chainrule.harness.cases.Families;

/** Runs the suite on something wrong until a case says so. */
public final class MutantRun {
    private final String backend;
    private final Options options;

    /** @param backend whose devices are made wrong: one that passes the suite */
    public MutantRun(String backend, Options options) {
        this.backend = backend;
        this.options = options;
    }

    /** The first failure, in an order that mixes all cases; empty where the mutant lives. */
    public Optional<Result> firstFailure(Mutant m) {
        try (Target target = target(m)) {
            Conformance suite = suite(m, target);
            return cases(suite).map(suite::run).filter(r -> r.verdict().isFailure()).findFirst();
        }
    }

    /** The first failure that each oracle finds alone. */
    public Map<Oracle, Result> firstFailures(Mutant m) {
        Map<Oracle, Result> found = new EnumMap<>(Oracle.class);
        try (Target target = target(m)) {
            Conformance suite = suite(m, target);
            cases(suite).filter(c -> !found.containsKey(c.oracle())).map(suite::run)
                    .filter(r -> r.verdict().isFailure()).forEach(r -> found.putIfAbsent(r.subject().oracle(), r));
        }
        return found;
    }

    private Target target(Mutant m) {
        return Target.of(backend, () -> switch (m.fault()) {
            case Mutant.Fault.OfDevice(var change) -> change.apply(Backends.open(backend).device());
            case Mutant.Fault.OfOp _ -> Backends.open(backend).device();
        });
    }

    private Conformance suite(Mutant m, Target target) {
        Substitution substitution = switch (m.fault()) {
            case Mutant.Fault.OfDevice _ -> Substitution.NONE;
            case Mutant.Fault.OfOp(var s) -> s;
        };
        return Conformance.of(target, options, Families.all(options, substitution));
    }

    private static Stream<Case> cases(Conformance suite) {
        List<Case> all = new ArrayList<>();
        suite.families().forEach(f -> suite.cases(f).forEach(all::add));
        Collections.shuffle(all, new Random(7));
        return all.stream();
    }
}
