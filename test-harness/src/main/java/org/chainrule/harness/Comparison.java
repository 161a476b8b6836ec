package org.chainrule.harness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.graph.Op;
import org.chainrule.harness.Accuracy.Quantity;
import org.chainrule.harness.analysis.Bound;
import org.chainrule.harness.analysis.Places;

/** Gathers what tensors of one case hold beside what they may hold, and makes a verdict of it. */
public final class Comparison {
    private static final int SHOWN = 3;

    private final List<String> differences = new ArrayList<>();
    private final Map<Quantity, Accuracy> worst = new EnumMap<>(Quantity.class);
    private long compared, unbounded, nonZero;

    /** Compares each element of {@code t} with its bound. */
    public void compare(String name, Quantity quantity, Tensor t, List<Bound> bounds) {
        compare(name, quantity, t.dtype(), t.shape(), t.toDoubles(), bounds);
        if (isZeroByDefinition(t)) nonZero += t.shape().size();
    }

    /** Compares values that stand for a tensor of {@code shape}. */
    public void compare(String name, Quantity quantity, DType dtype, Shape shape, double[] found,
            List<Bound> bounds) {
        if (found.length != bounds.size()) {
            differences.add(name + ": " + found.length + " elements, expected " + bounds.size());
            return;
        }
        for (int i = 0; i < found.length; i++) {
            Bound b = bounds.get(i);
            compared++;
            if (!b.isBounded()) unbounded++;
            if (b.value() != 0) nonZero++;
            double ulps = ulps(dtype, found[i], b.value());
            if (b.admits(found[i]) && ulps > worst(quantity)) worst.put(quantity, new Accuracy(quantity, dtype, ulps,
                    name + Arrays.toString(Places.at(shape, i)) + ": expected " + b.value() + ", found " + found[i]));
        }
        differ(name, found.length, i -> !bounds.get(i).admits(found[i]), i -> Arrays.toString(Places.at(shape, i))
                + ": expected " + bounds.get(i).value() + ", found " + found[i] + ", allowed " + bounds.get(i));
    }

    /** Adds what {@link #wrong} tells. */
    public void differ(String name, int n, IntPredicate isWrong, IntFunction<String> what) {
        differences.addAll(wrong(name, n, isWrong, what));
    }

    /** Of the {@code n} elements of {@code name} those that are wrong: what the first few are, and of more how many. */
    public static List<String> wrong(String name, int n, IntPredicate isWrong, IntFunction<String> what) {
        int[] wrong = IntStream.range(0, n).filter(isWrong).toArray();
        List<String> told = new ArrayList<>();
        for (int k = 0; k < Math.min(SHOWN, wrong.length); k++) told.add(name + what.apply(wrong[k]));
        if (wrong.length > SHOWN) told.add(name + ": " + wrong.length + " of " + n + " elements are wrong");
        return told;
    }

    private double worst(Quantity quantity) {
        Accuracy a = worst.get(quantity);
        return a == null ? -1 : a.ulps();
    }

    /** Adds a difference that is not one of elements. */
    public void differs(String what) {
        differences.add(what);
    }

    /** Notes numbers that were compared by other means. */
    public void agreed(long numbers) {
        compared += numbers;
        vouched(numbers);
    }

    /** Notes that somebody else recorded so many of the expected numbers: where they are zero, zeros prove something. */
    public void vouched(long numbers) {
        nonZero += numbers;
    }

    /** Whether the gradient rules gave a literal zero: then zeros are the answer and prove something. */
    private static boolean isZeroByDefinition(Tensor t) {
        return switch (t.op()) {
            case Op.Constant(double v) -> v == 0;
            case Op.Expand _, Op.Reshape _, Op.Cast _, Op.Permute _, Op.Slice _, Op.Embed _ ->
                    isZeroByDefinition(t.inputs().getFirst());
            default -> false;
        };
    }

    /** Units in the last place of {@code dtype} at {@code exact} by which {@code found} is off; 0 where both are the same special value. */
    public static double ulps(DType dtype, double found, double exact) {
        if (found == exact || Double.isNaN(found) && Double.isNaN(exact)) return 0;
        double e = switch (dtype) {
            case F64 -> Math.ulp(exact);
            case F32 -> Math.ulp((float) exact);
            case F16 -> Math.max(0x1p-24, Math.scalb(0x1p-10, Math.getExponent(exact)));
            case BF16 -> Math.max(0x1p-133, Math.scalb(0x1p-7, Math.getExponent(exact)));
            case I32, I64, BOOL -> 1;
        };
        double nearest = dtype == DType.F32 ? (float) exact : exact;
        if (Double.isInfinite(nearest)) return found == nearest ? 0 : Double.POSITIVE_INFINITY;
        return Math.abs(found - exact) / e;
    }

    /** The verdict of everything compared so far. */
    public Verdict verdict() {
        if (!differences.isEmpty()) return new Verdict.Fail(String.join("; ", differences));
        if (compared == 0) return new Verdict.Vacuous("nothing was compared");
        if (nonZero == 0) return new Verdict.Vacuous("every expected number is zero");
        if (unbounded == compared) return new Verdict.Vacuous("any number would have been right everywhere");
        return new Verdict.Pass(new Verdict.Evidence(compared, List.copyOf(worst.values()), List.of()));
    }
}
