package org.chainrule.harness;

import java.util.List;
import org.chainrule.Shape;

/**
 * A place where the recorded float64 numbers are not the mathematics, so that they are not what is asked for.
 *
 * @param op the recorded op
 * @param quantity the tensors it is about, by the beginning of their names
 * @param reason what the other library does there
 * @param rule which elements, and what is asked for instead
 */
public record GoldenDeviation(String op, String quantity, String reason, Rule rule) {
    /** Which elements deviate and how. */
    public sealed interface Rule {
        /** The recorded value may be off by this part of itself. */
        record Relative(double error) implements Rule {}

        /** Elements whose input is NaN are not compared. */
        record AtNaN() implements Rule {}

        /** Where input 0 is {@code input} (zeros differ by their sign), {@code value} is right. */
        record At(double input, double value) implements Rule {}
    }

    /** All that are known. */
    public static final List<GoldenDeviation> ALL = List.of(
            new GoldenDeviation("hardsigmoid", "grad", "the gradient uses the float32 constant 1/6", new Rule.Relative(Math.abs((double) (1f / 6) * 6 - 1) + 0x1p-50)),
            new GoldenDeviation("elu", "grad", "the gradient at NaN depends on the recording machine", new Rule.AtNaN()),
            new GoldenDeviation("selu", "grad", "the gradient at NaN depends on the recording machine", new Rule.AtNaN()),
            new GoldenDeviation("hardswish", "grad", "the gradient at NaN depends on the recording machine", new Rule.AtNaN()));

    boolean concerns(GoldenCase c, String tensor) {
        return op.equals(c.op()) && tensor.startsWith(quantity);
    }

    /** Whether element {@code i} of a tensor shaped {@code shape} lies where input 0 holds such a number. */
    boolean isAt(GoldenCase c, Shape shape, int i) {
        if (!GoldenCase.shape(c.stored("input.0")).equals(shape)) return false;
        double x = c.stored("input.0").toDoubles()[i];
        return switch (rule) {
            case Rule.Relative _ -> true;
            case Rule.AtNaN() -> Double.isNaN(x);
            case Rule.At(double input, double _) -> Double.compare(x, input) == 0;
        };
    }
}
