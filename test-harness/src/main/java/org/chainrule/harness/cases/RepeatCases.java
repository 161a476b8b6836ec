package org.chainrule.harness.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.harness.Bench;
import org.chainrule.harness.Case;
import org.chainrule.harness.Comparison;
import org.chainrule.harness.Family;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Target;
import org.chainrule.harness.Verdict;

/**
 * The same program gives the same bits: computed anew, and run again as a step. What several threads add up must not depend
 * on which of them comes first.
 */
final class RepeatCases implements Family {
    private static final int ROWS = 301, COLUMNS = 67, RUNS = 4;

    /** Of a matrix of random numbers and of whole numbers that may index its rows. */
    private record Program(String op, BinaryOperator<Tensor> function) {}

    private static final List<Program> PROGRAMS = List.of(
            new Program("add", (x, _) -> x.plus(x.tanh()).times(x)),
            new Program("sum", (x, _) -> x.exp().sum()),
            new Program("mean", (x, _) -> x.mean(0)),
            new Program("prod", (x, _) -> x.times(0.01).plus(1).prod(1)),
            new Program("matmul", (x, _) -> x.t().matmul(x).relu()),
            new Program("softmax", (x, _) -> x.softmax(1)),
            new Program("normalize", (x, _) -> x.normalize(1e-5)),
            new Program("cumsum", (x, _) -> x.cumsum(0)),
            new Program("argmax", (x, _) -> x.argmax(0)),
            new Program("gather", (x, rows) -> x.embedding(rows).square()),
            new Program("scatter_add", (x, rows) -> x.square().embedding(rows).sum().gradients(x).getFirst()));
    /** Each run of a step draws other numbers. */
    private static final Program DRAWN =
            new Program("uniform", (x, _) -> x.plus(x.session().uniform(Rng.of(3), DType.F32, x.shape())));

    @Override
    public String name() {
        return "repeat";
    }

    @Override
    public Stream<Case> cases(Target target) {
        return Stream.concat(PROGRAMS.stream().flatMap(p -> Stream.of(anew(p), new Case(
                name() + "/" + p.op + "/step", p.op, Oracle.BITS, b -> step(b, p)))), Stream.of(anew(DRAWN)));
    }

    private Case anew(Program p) {
        return new Case(name() + "/" + p.op + "/anew", p.op, Oracle.BITS, b -> anew(b, p));
    }

    private static Tensor matrix(Session s, Bench b) {
        return s.tensor(Shape.of(ROWS, COLUMNS), DType.F32, b.random().doubles((long) ROWS * COLUMNS, -1, 1).toArray());
    }

    /** Few rows, so that each is taken many times. */
    private static Tensor rows(Session s, Bench b) {
        return s.tensor(b.random("rows").ints(2 * ROWS, 0, 5).asLongStream().toArray());
    }

    private static Verdict anew(Bench bench, Program p) {
        List<double[]> runs = new ArrayList<>();
        for (int run = 0; run < RUNS; run++) {
            Session s = bench.session();
            runs.add(p.function.apply(matrix(s, bench), rows(s, bench)).toDoubles());
        }
        return same(runs);
    }

    private static Verdict step(Bench bench, Program p) {
        Session s = bench.session();
        Tensor x = matrix(s, bench), rows = rows(s, bench);
        List<double[]> runs = new ArrayList<>();
        try (Step step = s.step(() -> p.function.apply(x, rows))) {
            for (int run = 0; run < RUNS; run++) runs.add(step.run().value(0).toDoubles());
        }
        return same(runs);
    }

    private static Verdict same(List<double[]> runs) {
        Comparison c = new Comparison();
        for (int run = 1; run < runs.size(); run++)
            Packed.compare(c, "run " + run + " beside the first", runs.getFirst(), runs.get(run));
        return c.verdict();
    }
}
