package org.chainrule.harness.mutants;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.chainrule.Backends;
import org.chainrule.harness.Case;
import org.chainrule.harness.Conformance;
import org.chainrule.harness.Options;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Result;
import org.chainrule.harness.Substitution;
import org.chainrule.harness.Target;
import org.chainrule.harness.cases.Families;

/**
 * Runs cases of the suite on something wrong. The cases are listed once, since listing them reads every recorded file; what
 * stands in for an op is looked up when a case runs.
 */
public final class MutantRun {
    private final String backend;
    private final Options options;
    private final Map<String, Case> cases = new LinkedHashMap<>();
    private Substitution substitution = Substitution.NONE;

    /** @param backend whose devices are made wrong: one that passes the suite */
    public MutantRun(String backend, Options options) {
        this.backend = backend;
        this.options = options;
        Substitution current = (op, function) -> in -> substitution.of(op, function).apply(in);
        try (Target right = Target.of(backend)) {
            Conformance suite = Conformance.of(right, options, Families.all(options, current));
            List<Case> all = new ArrayList<>();
            suite.families().forEach(f -> suite.cases(f).forEach(all::add));
            Collections.shuffle(all, new Random(7));
            all.forEach(c -> cases.put(c.name(), c));
        }
    }

    /**
     * The results of the cases of those names, without those of recorded results that are not here.
     *
     * @throws IllegalArgumentException where the suite has no case of a name
     */
    public List<Result> run(Mutant m, List<String> names) {
        List<Case> named = names.stream().filter(n -> !isAbsent(n)).map(this::named).toList();
        try (Target target = target(m)) {
            return named.stream().map(c -> run(m, target, c)).toList();
        }
    }

    private Case named(String name) {
        Case c = cases.get(name);
        if (c == null) throw new IllegalArgumentException("the suite has no case '" + name + "'");
        return c;
    }

    /** Whether a case is one of those that are made of recorded results, and these are not here. */
    private boolean isAbsent(String name) {
        return !cases.containsKey(name) && switch (name.split("/", 2)[0]) {
            case "golden", "training" -> options.golden().filter(Files::isDirectory).isEmpty();
            case "onnx" -> options.onnx().filter(Files::isDirectory).isEmpty();
            default -> false;
        };
    }

    private Result run(Mutant m, Target target, Case c) {
        substitution = switch (m.fault()) {
            case Mutant.Fault.OfDevice _ -> Substitution.NONE;
            case Mutant.Fault.OfOp(var s) -> s;
        };
        return Conformance.of(target, options, List.of()).run(c);
    }

    /** The first failure; empty where the mutant lives. */
    public Optional<Result> firstFailure(Mutant m) {
        try (Target target = target(m)) {
            return cases.values().stream().map(c -> run(m, target, c)).filter(r -> r.verdict().isFailure()).findFirst();
        }
    }

    /**
     * The first failure that each oracle finds.
     *
     * @param most how many cases of each oracle are tried; more until one of them fails
     */
    public Map<Oracle, Result> firstFailures(Mutant m, int most) {
        Map<Oracle, Result> found = new EnumMap<>(Oracle.class);
        Map<Oracle, Integer> tried = new EnumMap<>(Oracle.class);
        List<Case> left = new ArrayList<>();
        try (Target target = target(m)) {
            cases.values().forEach(c -> {
                if (tried.merge(c.oracle(), 1, Integer::sum) > most) left.add(c);
                else runUnlessFound(m, target, c, found);
            });
            for (Case c : left) if (found.isEmpty()) runUnlessFound(m, target, c, found);
        }
        return found;
    }

    private void runUnlessFound(Mutant m, Target target, Case c, Map<Oracle, Result> found) {
        if (found.containsKey(c.oracle())) return;
        Result r = run(m, target, c);
        if (r.verdict().isFailure()) found.put(c.oracle(), r);
    }

    private Target target(Mutant m) {
        return Target.of(backend, () -> switch (m.fault()) {
            case Mutant.Fault.OfDevice(var change) -> change.apply(Backends.open(backend).device());
            case Mutant.Fault.OfOp _ -> Backends.open(backend).device();
        });
    }
}
