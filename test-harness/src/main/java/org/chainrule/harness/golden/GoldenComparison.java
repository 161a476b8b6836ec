package org.chainrule.harness.golden;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.harness.Comparison;
import org.chainrule.harness.Exemption;
import org.chainrule.harness.analysis.Arithmetic;
import org.chainrule.harness.analysis.Bound;
import org.chainrule.harness.analysis.Places;
import org.chainrule.harness.analysis.RunningError;
import org.chainrule.io.StoredTensor;

/** Compares computed tensors of one case with the recorded ones, element by element. */
final class GoldenComparison {
    /** Relative difference that two float64 computations of the same formula may show without being looked at. */
    static final double RELATIVE = 1e-10;

    private final GoldenCase golden;
    private final boolean exact;
    private final RunningError doubles = RunningError.in(Arithmetic.F64), floats = RunningError.in(Arithmetic.F32);
    private final Set<GoldenDeviation> applied = new LinkedHashSet<>();
    private long compared, unbounded;

    GoldenComparison(GoldenCase golden, boolean exact) {
        this.golden = golden;
        this.exact = exact;
    }

    long compared() {
        return compared;
    }

    long unbounded() {
        return unbounded;
    }

    /** The known deviations that concerned an element. */
    List<Exemption> exemptions() {
        return applied.stream().map(GoldenDeviation::exemption).toList();
    }

    List<String> differences(String name, Tensor t) {
        StoredTensor stored = golden.stored(name);
        Shape shape = GoldenCase.shape(stored);
        if (!t.shape().equals(shape)) return List.of(name + ": shape " + t.shape() + ", expected " + shape);
        var dtype = GoldenCase.dtype(stored, exact ? org.chainrule.DType.F64 : org.chainrule.DType.F32);
        if (t.dtype() != dtype) return List.of(name + ": dtype " + t.dtype() + ", expected " + dtype);
        double[] got = t.toDoubles();
        double[] want =
                dtype.isFloat() ? stored.toDoubles() : Arrays.stream(stored.toLongs()).asDoubleStream().toArray();
        List<Bound> e64 = doubles.bounds(t), e32 = exact ? e64 : floats.bounds(t);
        String[] reasons = new String[want.length];
        List<GoldenDeviation> deviations = GoldenDeviation.ALL.stream().filter(d -> d.concerns(golden, name)).toList();
        for (int i = 0; i < want.length; i++) {
            int at = i;
            Optional<GoldenDeviation> deviation =
                    deviations.stream().filter(d -> d.isAt(golden, shape, at)).findFirst();
            deviation.ifPresent(applied::add);
            Optional<GoldenDeviation.Rule> rule = deviation.map(GoldenDeviation::rule);
            reasons[i] = difference(got[i], want[i], e64.get(i), e32.get(i), rule);
        }
        return Comparison.wrong(name, want.length, i -> !reasons[i].isEmpty(),
                i -> Arrays.toString(Places.at(shape, i)) + ": " + reasons[i]);
    }

    private String difference(double got, double recorded, Bound e64, Bound may,
            Optional<GoldenDeviation.Rule> rule) {
        double want = recorded, relative = RELATIVE, absolute = 0;
        switch (rule.orElse(new GoldenDeviation.Rule.Relative(0))) {
            case GoldenDeviation.Rule.Relative(double error) -> relative += error;
            case GoldenDeviation.Rule.Near(double error) -> absolute = error;
            case GoldenDeviation.Rule.Is(double value) -> want = value;
            case GoldenDeviation.Rule.AtNaN() -> {
                return "";
            }
            case GoldenDeviation.Rule.At(double _, double value) -> want = value;
        }
        compared++;
        double tolerance = Math.max(absolute, Math.max(relative * Math.abs(want), cancellation(e64)));
        if (exact) return within(got, want, tolerance);
        String analysis = within(e64.value(), want, tolerance);
        if (!analysis.isEmpty()) return "the analysis' own value: " + analysis;
        if (!may.isBounded()) unbounded++;
        if (!may.admits(got)) return "expected " + want + ", got " + got + ", float32 allows " + may;
        return "";
    }

    /** Twice the running error in double precision; 0 where nothing bounds it. */
    private static double cancellation(Bound range) {
        double w = 2 * range.width();
        return Double.isFinite(w) ? w : 0;
    }

    private static String within(double got, double want, double tolerance) {
        if (got == want || Double.isNaN(got) && Double.isNaN(want)) return "";
        double error = Math.abs(got - want);
        return !(error <= tolerance) || Double.isInfinite(want)
                ? "expected " + want + ", got " + got + ", bound " + tolerance : "";
    }
}
