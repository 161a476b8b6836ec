package org.chainrule.harness.cases;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.GradientCheck;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.harness.Bench;
import org.chainrule.harness.Case;
import org.chainrule.harness.Family;
import org.chainrule.harness.Input;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Target;
import org.chainrule.harness.Verdict;

/** The gradient of every op against central differences: on {@code reference} alone, which computes in double precision. */
record DifferenceCases(Supplier<Stream<Subject>> subjects) implements Family {
    /** Elements of all inputs together beyond which differences of each would take too long. */
    private static final long MOST = 128;

    @Override
    public String name() {
        return "differences";
    }

    @Override
    public Stream<Case> cases(Target target) {
        if (!target.isExact()) return Stream.of();
        Map<String, List<Subject>> byOp = subjects.get().filter(Subject::smooth)
                .collect(Collectors.groupingBy(Subject::op, LinkedHashMap::new, Collectors.toList()));
        return byOp.values().stream().flatMap(DifferenceCases::small)
                .map(s -> new Case(s.name(name(), DType.F64), s.op(), DType.F64, Oracle.DIFFERENCES,
                        b -> check(s.in(DType.F64), b)));
    }

    /** Those whose elements are few enough; where none is, the smallest, so that no op goes without. */
    private static Stream<Subject> small(List<Subject> ofOneOp) {
        List<Subject> few = ofOneOp.stream().filter(s -> s.elements() <= MOST).toList();
        return few.isEmpty() ? ofOneOp.stream().min(Comparator.comparingLong(Subject::elements)).stream()
                : few.stream();
    }

    private static Verdict check(Subject s, Bench bench) {
        Session session = bench.session();
        SplittableRandom random = bench.random();
        List<Tensor> all = new ArrayList<>(), moved = new ArrayList<>();
        for (Input i : s.inputs()) {
            Shape base = i.view().base(i.shape());
            Tensor t = session.tensor(base, i.dtype(),
                    i.values().draw(random, i.dtype(), Math.toIntExact(base.size())));
            all.add(t);
            if (i.dtype().isFloat()) moved.add(t);
        }
        if (moved.isEmpty() || applied(s, all).stream().noneMatch(y -> y.dtype().isFloat()))
            return new Verdict.Unsupported("no gradient flows through " + s.op());
        GradientCheck.Report report = GradientCheck.check(in -> {
            List<Tensor> arguments = new ArrayList<>();
            for (Tensor t : all) arguments.add(moved.contains(t) ? in.get(moved.indexOf(t)) : t);
            return joined(applied(s, arguments));
        }, moved.toArray(Tensor[]::new));
        if (report.compared() == 0) return new Verdict.Vacuous("nothing was compared");
        return report.isCorrect() ? Verdict.passed(report.compared()) : new Verdict.Fail(report.toString());
    }

    /** The outputs where the inputs are seen through their views. */
    private static List<Tensor> applied(Subject s, List<Tensor> bases) {
        List<Tensor> seen = new ArrayList<>();
        for (int i = 0; i < bases.size(); i++) seen.add(s.inputs().get(i).view().of(bases.get(i)));
        return s.function().apply(seen);
    }

    private static Tensor joined(List<Tensor> outputs) {
        return Tensor.concat(0, outputs.stream().filter(y -> y.dtype().isFloat()).map(Tensor::flatten)
                .toArray(Tensor[]::new));
    }
}
