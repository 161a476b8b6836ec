package org.chainrule.harness.device;

import java.util.List;
import java.util.function.UnaryOperator;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;

/** Kernels with some of their parts exchanged. */
public final class Kernels {
    private Kernels() {}

    /** {@code k} with {@code change} made to each operand that it reads or writes. */
    public static Kernel withOperands(Kernel k, UnaryOperator<Operand> change) {
        return withOperands(k, change, change);
    }

    /** {@code k} with {@code in} made to each operand that it reads and {@code out} to each that it writes. */
    public static Kernel withOperands(Kernel k, UnaryOperator<Operand> in, UnaryOperator<Operand> out) {
        return switch (k) {
            case Kernel.Map m -> new Kernel.Map(m.label(), m.shape(), m.program(), all(m.in(), in), all(m.out(), out));
            case Kernel.Reduce r -> new Kernel.Reduce(r.label(), r.kind(), r.shape(), r.axes(), r.dtype(), r.prologue(),
                    all(r.in(), in), r.epilogue(), all(r.extra(), in), all(r.out(), out));
            case Kernel.MatMul m -> new Kernel.MatMul(m.label(), m.dtype(), m.shape(), in.apply(m.a()),
                    in.apply(m.b()), m.epilogue(), all(m.extra(), in), all(m.out(), out));
            case Kernel.ArgReduce a -> new Kernel.ArgReduce(a.label(), a.greatest(), a.axis(), in.apply(a.in()),
                    out.apply(a.result()));
            case Kernel.CumulativeSum c ->
                    new Kernel.CumulativeSum(c.label(), c.axis(), in.apply(c.in()), out.apply(c.result()));
            case Kernel.Gather g -> new Kernel.Gather(g.label(), g.axis(), in.apply(g.source()), in.apply(g.index()),
                    out.apply(g.result()));
            case Kernel.ScatterAdd s -> new Kernel.ScatterAdd(s.label(), s.axis(), in.apply(s.index()),
                    in.apply(s.updates()), out.apply(s.result()));
            case Kernel.Random r ->
                    new Kernel.Random(r.label(), r.distribution(), r.seed(), r.number(), out.apply(r.result()));
            case Kernel.Composite c -> new Kernel.Composite(c.label(), c.name(), c.attributes(), all(c.in(), in),
                    out.apply(c.result()));
        };
    }

    /** {@code k} with {@code change} made to each of its programs. */
    public static Kernel withPrograms(Kernel k, UnaryOperator<Program> change) {
        return switch (k) {
            case Kernel.Map m -> new Kernel.Map(m.label(), m.shape(), change.apply(m.program()), m.in(), m.out());
            case Kernel.Reduce r -> new Kernel.Reduce(r.label(), r.kind(), r.shape(), r.axes(), r.dtype(),
                    change.apply(r.prologue()), r.in(), change.apply(r.epilogue()), r.extra(), r.out());
            case Kernel.MatMul m -> new Kernel.MatMul(m.label(), m.dtype(), m.shape(), m.a(), m.b(),
                    change.apply(m.epilogue()), m.extra(), m.out());
            case Kernel.ArgReduce _, Kernel.CumulativeSum _, Kernel.Gather _, Kernel.ScatterAdd _, Kernel.Random _, Kernel.Composite _ ->
                    k;
        };
    }

    private static List<Operand> all(List<Operand> operands, UnaryOperator<Operand> change) {
        return operands.stream().map(change).toList();
    }
}
