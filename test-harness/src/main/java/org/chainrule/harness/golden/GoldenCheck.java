package org.chainrule.harness.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.harness.Bench;
import org.chainrule.harness.Case;
import org.chainrule.harness.Substitution;
import org.chainrule.harness.Verdict;
import org.chainrule.harness.analysis.RunningError;
import org.chainrule.harness.golden.GoldenOps.GoldenOp;

/**
 * Holds a backend to one recorded case: outputs, gradients and second-order gradients. On the float64 reference an
 * element may differ from the recorded one by {@code 1e-10} of it, or, where cancellation leaves less than that, by twice
 * the {@linkplain RunningError running error} of double precision: once for each side. On any other backend the case runs
 * in float32, and an element must be one that float32 arithmetic may give.
 */
public record GoldenCheck(GoldenCase golden, Substitution substitution) implements Case.Check {

    @Override
    public Verdict run(Bench bench) {
        Optional<GoldenOp> op = GoldenOps.named(golden.op());
        if (op.isEmpty()) return new Verdict.Unsupported("no op '" + golden.op() + "' in GoldenOps");
        boolean exact = bench.target().isExact();
        GoldenOp substituted = (inputs, a) -> substitution.of(golden.op(), in -> op.get().apply(in, a)).apply(inputs);
        return new OnSession(golden, bench.session(), exact).compare(substituted);
    }

    private record OnSession(GoldenCase c, Session session, boolean exact) {
        private Map<String, Tensor> results(GoldenOp op) {
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
                for (int k = 0; k < of.size(); k++)
                    results.put("grad2.cotangent." + of.get(k), again.get(from.size() + k));
            });
            return results;
        }

        Verdict compare(GoldenOp op) {
            Map<String, Tensor> results = results(op);
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
            if (!differences.isEmpty()) return new Verdict.Fail(String.join("; ", differences));
            if (comparison.compared() == 0 && !c.kind().equals("empty"))
                return new Verdict.Vacuous("nothing was compared");
            if (comparison.compared() > 0 && comparison.unbounded() == comparison.compared())
                return new Verdict.Vacuous("float32 allows anything everywhere");
            return new Verdict.Pass(
                    new Verdict.Evidence(comparison.compared(), List.of(), comparison.exemptions()));
        }
    }
}
