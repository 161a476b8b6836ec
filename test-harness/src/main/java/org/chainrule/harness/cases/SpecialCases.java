package org.chainrule.harness.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Expr;
import org.chainrule.expr.Ops;
import org.chainrule.expr.Pointwise;
import org.chainrule.harness.Case;
import org.chainrule.harness.Comparison;
import org.chainrule.harness.Family;
import org.chainrule.harness.Input;
import org.chainrule.harness.Names;
import org.chainrule.harness.OpCheck;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Target;
import org.chainrule.harness.Values;
import org.chainrule.harness.Verdict;

/**
 * Every op of the table where arithmetic is special (zeros of both signs, subnormal numbers, the ends of the format,
 * infinities, NaN; every pair of them for two arguments), and at its kinks and their neighbours. Division of whole numbers too.
 */
final class SpecialCases implements Family {
    @Override
    public String name() {
        return "special";
    }

    @Override
    public Stream<Case> cases(Target target) {
        Stream<Case> floats = Ops.ALL.stream().flatMap(op -> Stream.of(DType.F32, DType.F64)
                .flatMap(
                        t -> op.kinks().isEmpty() ? Stream.of(values(op, t)) : Stream.of(values(op, t), kinks(op, t))));
        return Stream.concat(floats, Stream.of(DType.I32, DType.I64).map(this::quotients));
    }

    /** Quotients of whole numbers, by 0 and of the least number by -1 among them, which hardware may trap or leave open. */
    private Case quotients(DType type) {
        boolean wide = type == DType.I64;
        long[] each = {0, 1, -1, 2, 7, -7, wide ? Long.MAX_VALUE : Integer.MAX_VALUE,
            wide ? Long.MIN_VALUE : Integer.MIN_VALUE};
        int n = each.length;
        long[] x = IntStream.range(0, n * n).mapToLong(i -> each[i % n]).toArray();
        long[] y = IntStream.range(0, n * n).mapToLong(i -> each[i / n]).toArray();
        return new Case(name() + "/div/" + Names.of(type) + "/quotients", "div", type, Oracle.FORMULA, bench -> {
            bench.require(type);
            Session session = bench.session();
            long[] found = session.tensor(x).to(type).over(session.tensor(y).to(type)).toLongs();
            long[] expected = IntStream.range(0, n * n).mapToLong(i -> Expr.Fn2.DIV.applyToIntegers(x[i], y[i]))
                    .map(q -> wide ? q : (int) q).toArray();
            List<String> wrong = Comparison.wrong("quotient ", expected.length, i -> found[i] != expected[i],
                    i -> x[i] + " / " + y[i] + ": expected " + expected[i] + ", found " + found[i]);
            return wrong.isEmpty() ? Verdict.passed(expected.length) : new Verdict.Fail(String.join("\n", wrong));
        });
    }

    private Case values(Pointwise op, DType type) {
        double[] each = special(type);
        return of(op, type, "values", grid(op.arity(), each));
    }

    private Case kinks(Pointwise op, DType type) {
        double[] at = op.kinks().stream().flatMapToDouble(k -> neighbours(type, k)).toArray();
        return of(op, type, "kinks", grid(op.arity(), at));
    }

    private Case of(Pointwise op, DType type, String variant, List<double[]> arguments) {
        List<Input> inputs = arguments.stream().map(v -> Input.of(Shape.of(v.length), type, inOrder(v))).toList();
        return new Case(name() + "/" + op.name() + "/" + Names.of(type) + "/" + variant, op.name(), type,
                Oracle.ANALYSIS,
                new OpCheck(inputs, in -> List.of(Tensor.map(op, in.toArray(Tensor[]::new)))));
    }

    static double[] special(DType type) {
        boolean single = type == DType.F32;
        double least = single ? Float.MIN_VALUE : Double.MIN_VALUE,
                normal = single ? Float.MIN_NORMAL : Double.MIN_NORMAL,
                most = single ? Float.MAX_VALUE : Double.MAX_VALUE, u = single ? 0x1p-24 : 0x1p-53;
        double[] positive = {0, least, 3 * least, normal - least, normal, normal * (1 + 2 * u), u, 0.5, 1 - u, 1,
            1 + 2 * u, 2, Math.PI, 20, 88.5, 104, 710, 1 / u, 1 / u + 1, most / 2, most, Double.POSITIVE_INFINITY};
        return DoubleStream.concat(DoubleStream.of(positive).flatMap(v -> DoubleStream.of(v, -v)),
                DoubleStream.of(Double.NaN)).map(type::round).toArray();
    }

    private static DoubleStream neighbours(DType type, double k) {
        return type == DType.F32
                ? DoubleStream.of(k, Math.nextUp((float) k), Math.nextDown((float) k), k == 0 ? -0.0 : k)
                : DoubleStream.of(k, Math.nextUp(k), Math.nextDown(k), k == 0 ? -0.0 : k);
    }

    /** Every combination of {@code each} as {@code arity} arguments. */
    private static List<double[]> grid(int arity, double[] each) {
        int n = each.length;
        List<double[]> arguments = new ArrayList<>();
        for (int a = 0; a < arity; a++) {
            int repeat = (int) Math.pow(n, a);
            arguments
                    .add(IntStream.range(0, (int) Math.pow(n, arity)).mapToDouble(i -> each[i / repeat % n]).toArray());
        }
        return arguments;
    }

    /** These values in their order, over and over. */
    private static Values inOrder(double... values) {
        int[] at = {0};
        return _ -> values[at[0]++ % values.length];
    }
}
