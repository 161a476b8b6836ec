package org.chainrule;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.chainrule.graph.Op;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Plan;
import org.chainrule.plan.Plan.Assignment;
import org.chainrule.plan.Planner;

/** Computes some tensors and makes some assignments at once: all of it, or, where it throws, nothing. */
final class Commit {
    private final Session session;
    private final List<Tensor> roots;
    private final List<Assignment> assignments;

    Commit(Session session, List<Tensor> roots, Assignments assignments) {
        this.session = session;
        this.roots = roots;
        this.assignments = assignments.list();
    }

    void run() {
        session.memory().release();
        Plan plan = Planner.plan(roots, assignments, session.traits());
        if (mayFailHalfWay(plan)) runApart();
        else run(plan, roots);
    }

    private void run(Plan plan, List<Tensor> results) {
        try (Run run = new Run(session, plan)) {
            run.run(false);
            for (int i = 0; i < results.size(); i++) session.memory().own(results.get(i), run.takeResult(i));
        }
    }

    /** Whether a kernel may find bad values when a target has been written. */
    private boolean mayFailHalfWay(Plan plan) {
        Set<Tensor> targets = assignments.stream().map(Assignment::target).collect(Collectors.toSet());
        Set<Integer> slots = plan.sources().stream().filter(s -> targets.contains(s.tensor())).map(Plan.Source::slot)
                .collect(Collectors.toSet());
        boolean written = false;
        for (Kernel k : plan.schedule().kernels()) {
            written |= k.out().stream().anyMatch(o -> slots.contains(o.slot()));
            if (written && mayFail(k)) return true;
        }
        return false;
    }

    private boolean mayFail(Kernel k) {
        return session.isChecked() || k instanceof Kernel.Gather || k instanceof Kernel.ScatterAdd;
    }

    /** Computes the new values beside the old ones, and copies them when all are there. */
    private void runApart() {
        List<Tensor> values = assignments.stream().map(Assignment::value).distinct().toList();
        List<Tensor> all = new ArrayList<>(roots);
        all.addAll(values);
        List<Tensor> wanted = all.stream().distinct().toList();
        try (Run run = new Run(session, Planner.plan(wanted, List.of(), session.traits()))) {
            run.run(false);
            List<Assignment> copies = new ArrayList<>();
            for (Assignment a : assignments) {
                Tensor copy = new Tensor(session, new Op.Leaf("value"), a.value().shape(), a.value().dtype());
                copy.buffer(run.result(wanted.indexOf(a.value())));
                copies.add(new Assignment(a.target(), copy));
            }
            run(Planner.plan(List.of(), copies, session.traits()), List.of());
            for (int i = 0; i < roots.size(); i++) session.memory().own(roots.get(i), run.takeResult(i));
        }
    }
}
