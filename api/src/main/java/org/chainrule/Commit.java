package org.chainrule;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
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
        boolean mayFail = plan.schedule().kernels().stream().anyMatch(this::mayFail);
        if (mayFail && !assignments.isEmpty()) runApart();
        else run(plan, roots, mayFail);
    }

    private void run(Plan plan, List<Tensor> results, boolean mayFail) {
        try (Run run = new Run(session, plan)) {
            run.run(false);
            if (mayFail) await(run, results);
            for (int i = 0; i < results.size(); i++) session.memory().own(results.get(i), run.takeResult(i));
        }
    }

    /** Whether it may find bad values; a device that queues tells of them when later kernels have written their results. */
    private boolean mayFail(Kernel k) {
        return session.isChecked() || k instanceof Kernel.Gather || k instanceof Kernel.ScatterAdd;
    }

    /** Waits for the queued work by reading the smallest result; what it found wrong is thrown here. */
    private void await(Run run, List<Tensor> results) {
        IntStream.range(0, results.size()).mapToObj(run::result).filter(b -> b.length() > 0)
                .min(Comparator.comparingLong(b -> (long) b.length() * b.dtype().bytes()))
                .ifPresent(b -> session.device().download(b,
                        MemorySegment.ofArray(new byte[Math.multiplyExact(b.length(), b.dtype().bytes())])));
    }

    /** Computes the new values beside the old ones, and copies them when all are there. */
    private void runApart() {
        List<Tensor> values = assignments.stream().map(Assignment::value).distinct().toList();
        List<Tensor> all = new ArrayList<>(roots);
        all.addAll(values);
        List<Tensor> wanted = all.stream().distinct().toList();
        try (Run run = new Run(session, Planner.plan(wanted, List.of(), session.traits()))) {
            run.run(false);
            await(run, wanted);
            List<Assignment> copies = new ArrayList<>();
            for (Assignment a : assignments) {
                Tensor copy = new Tensor(session, new Op.Leaf("value"), a.value().shape(), a.value().dtype());
                copy.buffer(run.result(wanted.indexOf(a.value())));
                copies.add(new Assignment(a.target(), copy));
            }
            run(Planner.plan(List.of(), copies, session.traits()), List.of(), false);
            for (int i = 0; i < roots.size(); i++) session.memory().own(roots.get(i), run.takeResult(i));
        }
    }
}
