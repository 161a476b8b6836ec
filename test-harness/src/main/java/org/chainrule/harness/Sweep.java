package org.chainrule.harness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Expr;
import org.chainrule.expr.Pointwise;
import org.chainrule.harness.Accuracy.Quantity;

/**
 * An op of the table over very many arguments that f32 holds exactly, against its formula in double precision. Where running error analysis asks what
 * rounding may make of a formula, this asks how far from the truth its result is.
 *
 * @param op        the op
 * @param arguments for each argument of the op, what it is at each element
 */
public record Sweep(Pointwise op, List<double[]> arguments) {
    private static final float[] EXTREMES = {0, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, Math.nextDown(Float.MIN_NORMAL),
        Float.MIN_NORMAL, -Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE};

    /** Spread over the interval that the op names: evenly for one argument, by chance for two. */
    public static Sweep ofInterval(Pointwise op, int elements, SplittableRandom random) {
        return new Sweep(op, arguments(op, elements, random,
                share -> (float) Math.clamp(op.lo() + (op.hi() - op.lo()) * share, op.lo(), op.hi())));
    }

    /** Spread over all finite numbers of the format, each binade and sign alike, its extremes among them. */
    public static Sweep ofFormat(Pointwise op, int elements, SplittableRandom random) {
        List<double[]> arguments = arguments(op, elements, random,
                share -> Float.intBitsToFloat(finite((int) (long) (share * 0x1p32 - 0x1p31))));
        for (double[] x : arguments) for (int i = 0; i < EXTREMES.length; i++) x[i] = EXTREMES[i];
        return new Sweep(op, arguments);
    }

    /** The argument that lies at a share, from 0 to 1, of the domain. */
    private interface Domain {
        double at(double share);
    }

    private static List<double[]> arguments(Pointwise op, int elements, SplittableRandom random, Domain domain) {
        return IntStream.range(0, op.arity()).mapToObj(_ -> IntStream.range(0, elements)
                .mapToDouble(i -> domain
                        .at(op.arity() == 1 ? (i + random.nextDouble()) / elements : random.nextDouble()))
                .toArray()).toList();
    }

    /** The bits of a finite number: infinities and NaN give up their exponent. */
    public static int finite(int bits) {
        return (bits & 0x7F800000) == 0x7F800000 ? bits & 0x80FFFFFF : bits;
    }

    /** The greatest error of the op's value. */
    public Accuracy forward(Session session) {
        return worst(Quantity.FORWARD, op.forward(), Tensor.map(op, leaves(session).toArray(Tensor[]::new)));
    }

    /** The greatest error of its derivatives, for a cotangent of ones. */
    public Accuracy gradient(Session session) {
        List<Tensor> x = leaves(session);
        Tensor y = Tensor.map(op, x.toArray(Tensor[]::new));
        double[] ones = new double[elements()];
        Arrays.fill(ones, 1);
        List<Tensor> found = y.gradients(session.tensor(y.shape(), DType.F32, ones), x);
        Accuracy worst = worst(Quantity.GRADIENT, op.forward().d(0), found.getFirst());
        for (int i = 1; i < found.size(); i++)
            worst = worst.worse(worst(Quantity.GRADIENT, op.forward().d(i), found.get(i)));
        return worst;
    }

    public int elements() {
        return arguments.getFirst().length;
    }

    private List<Tensor> leaves(Session session) {
        List<Tensor> leaves = new ArrayList<>();
        for (double[] x : arguments) leaves.add(session.tensor(Shape.of(x.length), DType.F32, x));
        return leaves;
    }

    private Accuracy worst(Quantity quantity, Expr formula, Tensor t) {
        double[] found = t.toDoubles(), x = new double[op.arity()];
        double worst = -1;
        int at = 0;
        for (int i = 0; i < found.length; i++) {
            double ulps = Comparison.ulps(DType.F32, found[i], formula.eval(at(i, x)));
            // NaN, of a result that is none where it should be or the other way round, is worse than any number
            if (Double.compare(ulps, worst) <= 0) continue;
            worst = ulps;
            at = i;
        }
        return new Accuracy(quantity, DType.F32, worst, Arrays.toString(at(at, x)));
    }

    private double[] at(int element, double[] x) {
        for (int a = 0; a < x.length; a++) x[a] = arguments.get(a)[element];
        return x;
    }
}
