package org.chainrule.harness.golden;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chainrule.ChainruleException;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.harness.golden.GoldenOps.GoldenOp;

/**
 * Holds a backend to recorded cases: outputs, gradients and second-order gradients of each. On the float64 reference an
 * element may differ from the recorded one by {@code 1e-10} of it, or, where cancellation leaves less than that, by twice
 * the {@linkplain RunningError running error} of double precision: once for each side. On any other backend cases run in
 * float32, and an element must be one that float32 arithmetic may give.
 */
public final class GoldenSuite {
    /** What became of a case. */
    public sealed interface Outcome {
        GoldenCase golden();

        /**
         * @param elements  how many numbers were compared
         * @param unbounded those among them for which float32's range allows anything
         * @param worst     the greatest part of its bound that an error took
         */
        record Passed(GoldenCase golden, long elements, long unbounded, double worst) implements Outcome {}

        record Failed(GoldenCase golden, List<String> differences) implements Outcome {}

        record NotRun(GoldenCase golden, String reason) implements Outcome {}
    }

    private final Session session;
    private final boolean exact;

    private GoldenSuite(Session session, boolean exact) {
        this.session = session;
        this.exact = exact;
    }

    /** Runs cases in float64, as the reference must. */
    public static GoldenSuite ofReference(Session session) {
        return new GoldenSuite(session, true);
    }

    /** Runs cases in float32. */
    public static GoldenSuite of(Session session) {
        return new GoldenSuite(session, false);
    }

    /** Runs every file. */
    public GoldenReport run(List<Path> files) {
        return new GoldenReport(files.stream().map(GoldenCase::read).map(this::run).toList());
    }

    public Outcome run(GoldenCase c) {
        if (c.kind().equals("training"))
            return new Outcome.NotRun(c, "training cases are run by the optimizers' tests");
        Optional<GoldenOp> op = GoldenOps.named(c.op());
        if (op.isEmpty()) return new Outcome.NotRun(c, "no op '" + c.op() + "' in GoldenOps");
        try {
            return compare(c, results(c, op.get()));
        } catch (ChainruleException | NumberFormatException e) {
            return new Outcome.Failed(c, List.of(e.toString()));
        }
    }

    private Map<String, Tensor> results(GoldenCase c, GoldenOp op) {
        DType real = exact ? DType.F64 : DType.F32;
        List<Tensor> bases = c.inputs(session, real), views = new ArrayList<>();
        for (int i = 0; i < bases.size(); i++) {
            Tensor base = bases.get(i);
            views.add(c.view(i).map(v -> Views.apply(base, v)).orElse(base));
        }
        Map<String, Tensor> results = new LinkedHashMap<>();
        List<Tensor> outputs = op.apply(views, c.attributes());
        for (int k = 0; k < outputs.size(); k++) results.put("output." + k, outputs.get(k));
        List<Integer> from = c.differentiableInputs(), of = c.differentiableOutputs();
        if (from.isEmpty()) return results;
        List<Tensor> wrt = from.stream().map(bases::get).toList();
        List<Tensor> cotangents = of.stream().map(k -> c.tensor(session, "cotangent." + k, real)).toList();
        List<Tensor> gradients = Tensor.gradients(of.stream().map(outputs::get).toList(), cotangents, wrt);
        for (int i = 0; i < from.size(); i++) results.put("grad." + from.get(i), gradients.get(i));
        c.second().ifPresent(kind -> {
            List<Tensor> terms = new ArrayList<>();
            for (int i = 0; i < from.size(); i++) {
                Tensor g = gradients.get(i);
                terms.add((kind.equals("square") ? g.square()
                        : g.times(c.tensor(session, "cotangent2." + from.get(i), real))).sum());
            }
            Tensor s = terms.stream().reduce(Tensor::plus).orElseThrow();
            List<Tensor> both = new ArrayList<>(wrt);
            both.addAll(cotangents);
            List<Tensor> again = s.gradients(both);
            results.put("second.0", s);
            for (int i = 0; i < from.size(); i++) results.put("grad2." + from.get(i), again.get(i));
            for (int k = 0; k < of.size(); k++) results.put("grad2.cotangent." + of.get(k), again.get(from.size() + k));
        });
        return results;
    }

    private Outcome compare(GoldenCase c, Map<String, Tensor> results) {
        List<String> differences = new ArrayList<>();
        if (results.keySet().stream().filter(n -> n.startsWith("output.")).count() != c.outputs())
            differences.add("expected " + c.outputs() + " outputs, got " + results.keySet());
        for (String name : c.tensors().keySet()) {
            if (name.matches("(output|grad|grad2|second)\\..*") && !results.containsKey(name))
                differences.add(name + " was recorded and not computed");
        }
        session.eval(results.values().toArray(Tensor[]::new));
        GoldenComparison comparison = new GoldenComparison(c, exact);
        results.forEach((name, t) -> differences.addAll(comparison.differences(name, t)));
        if (comparison.compared() == 0 && !c.kind().equals("empty")) differences.add("vacuous: nothing was compared");
        if (comparison.compared() > 0 && comparison.unbounded() == comparison.compared())
            differences.add("vacuous: float32 allows anything everywhere");
        if (!differences.isEmpty()) return new Outcome.Failed(c, differences);
        return new Outcome.Passed(c, comparison.compared(), comparison.unbounded(), comparison.worst());
    }
}
