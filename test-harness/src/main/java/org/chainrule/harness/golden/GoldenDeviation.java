package org.chainrule.harness.golden;

import java.util.List;
import org.chainrule.Shape;
import org.chainrule.harness.Exemption;

/**
 * A place where the recorded float64 numbers are not the mathematics, so that they are not what is asked for.
 *
 * @param cases the recorded cases it is about, by the beginning of their names
 * @param quantity the tensors it is about, by the beginning of their names
 * @param reason what the other library does there
 * @param rule which elements, and what is asked for instead
 */
public record GoldenDeviation(String cases, String quantity, String reason, Rule rule) {
    /** Which elements deviate and how. */
    public sealed interface Rule {
        /** The recorded value may be off by this part of itself. */
        record Relative(double error) implements Rule {}

        /** The recorded value may be off by this. */
        record Near(double error) implements Rule {}

        /** This is right everywhere. */
        record Is(double value) implements Rule {}

        /** Elements whose input is NaN are not compared. */
        record AtNaN() implements Rule {}

        /** Where input 0 is {@code input} (zeros differ by their sign), {@code value} is right. */
        record At(double input, double value) implements Rule {}
    }

    /** A number nearer to 1 than this rounds to 1. */
    private static final double NEAR_ONE = 0x1p-54;
    /** The unit roundoff. */
    private static final double UNIT = 0x1p-53;

    private static final String AT_NAN =
            "there is no derivative at NaN; the recorded choice is 0, Chainrule's is that of the branch that NaN takes";
    private static final String MACHINE = "the gradient at NaN depends on the recording machine";
    private static final String ROOT =
            "computed as 1 / sqrt(x), whose value at -0 is -infinity; IEEE 754's pow gives +infinity";
    private static final String SHARED =
            "a full reduction shares the gradient among NaNs, amax and amin give NaN; Chainrule has one op, and its gradient is NaN";

    /** All that are known. */
    public static final List<GoldenDeviation> ALL = List.of(
            new GoldenDeviation("hardsigmoid__special", "grad",
                    AT_NAN + "; elsewhere the gradient uses the float32 constant 1/6", new Rule.AtNaN()),
            new GoldenDeviation("hardsigmoid__", "grad", "the gradient uses the float32 constant 1/6",
                    new Rule.Relative(Math.abs((double) (1f / 6) * 6 - 1))),
            new GoldenDeviation("hardtanh__", "grad", AT_NAN, new Rule.AtNaN()),
            new GoldenDeviation("clamp__", "grad", AT_NAN, new Rule.AtNaN()),
            new GoldenDeviation("elu__", "grad", MACHINE, new Rule.AtNaN()),
            new GoldenDeviation("selu__", "grad", MACHINE, new Rule.AtNaN()),
            new GoldenDeviation("hardswish__", "grad", MACHINE, new Rule.AtNaN()),
            new GoldenDeviation("pow__exponent-0.5_zeros", "output", ROOT, new Rule.At(-0.0, Double.POSITIVE_INFINITY)),
            new GoldenDeviation("pow__exponent0.5_zeros", "grad", ROOT, new Rule.At(-0.0, Double.POSITIVE_INFINITY)),
            // of the recorded arguments -20 is the farthest where the value is not 0 in double precision
            new GoldenDeviation("gelu__tanh_special", "",
                    "computed as x / 2 (1 + tanh u), which cancels for negative x: the recorded zeros stand for numbers below |x| / 2 2^-54",
                    new Rule.Near(20 / 2 * NEAR_ONE)),
            new GoldenDeviation("bce__special_01", "grad", "the denominator is held above the float32 constant 1e-12",
                    new Rule.Relative(Math.abs(1e-12 / 1e-12f - 1))),
            // the recorded cotangents are less than 2
            new GoldenDeviation("bce_with_logits__special_large", "grad",
                    "computed as sigmoid(x) - y, which cancels: the recorded zeros stand for numbers below 2^-54 times the cotangent",
                    new Rule.Near(2 * NEAR_ONE)),
            // one rounding of each product that is times 1 / sqrt(eps): two of c w, 1.77 at most; one of each c x, 3.8 together at most
            new GoldenDeviation("layer_norm__5x1", "grad",
                    "one element is its own mean, so the gradient is 0; the recorded one is rounding noise times 1 / sqrt(eps)",
                    new Rule.Near(4 / Math.sqrt(1e-5) * UNIT)),
            new GoldenDeviation("max__special_nan_all", "grad", SHARED, new Rule.Is(Double.NaN)),
            new GoldenDeviation("min__special_nan_all", "grad", SHARED, new Rule.Is(Double.NaN)));

    Exemption exemption() {
        return new Exemption("golden " + cases + "*" + (quantity.isEmpty() ? "" : " " + quantity + "*"), reason);
    }

    boolean concerns(GoldenCase c) {
        return c.name().startsWith(cases);
    }

    boolean concerns(GoldenCase c, String tensor) {
        return concerns(c) && tensor.startsWith(quantity);
    }

    /** Whether element {@code i} of a tensor shaped {@code shape} lies where input 0 holds such a number. */
    boolean isAt(GoldenCase c, Shape shape, int i) {
        return switch (rule) {
            case Rule.Relative _, Rule.Near _, Rule.Is _ -> true;
            case Rule.AtNaN() -> isInput(c, shape, i, Double.NaN);
            case Rule.At(double input, double _) -> isInput(c, shape, i, input);
        };
    }

    private static boolean isInput(GoldenCase c, Shape shape, int i, double value) {
        return GoldenCase.shape(c.stored("input.0")).equals(shape)
                && Double.compare(c.stored("input.0").toDoubles()[i], value) == 0;
    }
}
