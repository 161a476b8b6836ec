package org.chainrule;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Compares the gradients of a function with central differences in double precision. The function's output is made a
 * number {@code L = Σ c · f}, with fixed random {@code c}; for each element {@code x}
 *
 * <pre>
 * D(h) = (L(x + h) - L(x - h)) / 2h = L'(x) + h² L'''(x) / 6 + O(h⁴),      h = ∛u · max(1, |x|)
 * </pre>
 *
 * where {@code u = 2⁻⁵²}. The error of {@code D(h)} is bounded by truncation, {@code |D(2h) - D(h)|}, which is three
 * times the leading term, and by rounding, {@code 64 u Σ|c f| / h}, where each value of {@code f} is taken to carry a
 * relative error of at most {@code 64 u}: that of 128 correctly rounded operations one after the other, since each adds {@code u / 2}. Functions must be deterministic, and smooth at their arguments: at a kink
 * there is no derivative to compare with.
 */
public final class GradientCheck {
    private static final double U = Math.ulp(1.0);
    private static final double ROUNDING = 64;

    private final Function<List<Tensor>, Tensor> f;
    private final List<Tensor> inputs;
    private final Session session;

    /**
     * An element of an input.
     *
     * @param input      the number of the input
     * @param element    its row-major number in it
     * @param analytic   the gradient as computed
     * @param difference the central difference
     * @param bound      how far both may be apart
     */
    public record Element(int input, int element, double analytic, double difference, double bound) {
        /** Whether both are as near as they must be; NaN is not. */
        public boolean isWithin() {
            return Math.abs(analytic - difference) <= bound;
        }

        private double excess() {
            double e = Math.abs(analytic - difference) / bound;
            return Double.isNaN(e) ? bound == 0 && analytic == difference ? 0 : Double.POSITIVE_INFINITY : e;
        }
    }

    /**
     * What the comparison gave.
     *
     * @param compared how many elements
     * @param wrong    those beyond their bound
     * @param worst    the element with the greatest error in terms of its bound; absent where there are no elements
     */
    public record Report(int compared, List<Element> wrong, Optional<Element> worst) {
        /** Whether something was compared and every element was within its bound. */
        public boolean isCorrect() {
            return compared > 0 && wrong.isEmpty();
        }

        /** @throws InvalidArgumentException naming the worst element where an element is beyond its bound, or nothing was compared */
        public Report requireCorrect() {
            if (!isCorrect()) throw new InvalidArgumentException(toString());
            return this;
        }

        @Override
        public String toString() {
            return worst.map(w -> String.format(Locale.ROOT,
                    "gradients: %d of %d elements are wrong; the worst is element %d of input %d: gradient %.17g, central difference %.17g, allowed difference %.3g",
                    wrong.size(), compared, w.element, w.input, w.analytic, w.difference, w.bound))
                    .orElse("gradients: the inputs have no elements to compare");
        }
    }

    private GradientCheck(Function<List<Tensor>, Tensor> f, List<Tensor> inputs) {
        this.f = f;
        this.inputs = inputs;
        this.session = inputs.getFirst().session();
    }

    /**
     * Compares at {@code inputs}, whose values are taken in f64; they are not changed.
     *
     * @param f its result is a float tensor of any shape
     * @throws InvalidArgumentException without inputs, or where one is not of a float type
     */
    public static Report check(Function<List<Tensor>, Tensor> f, Tensor... inputs) {
        if (inputs.length == 0) throw new InvalidArgumentException("check: there are no inputs");
        List<Tensor> copies = new ArrayList<>();
        for (Tensor t : inputs) {
            if (!t.dtype().isFloat()) throw new InvalidArgumentException(
                    "check: an input has dtype " + t.dtype() + "; only float tensors have gradients");
            copies.add(t.session().tensor(t.shape(), t.toDoubles()));
        }
        return new GradientCheck(f, copies).run();
    }

    private Report run() {
        Tensor y = f.apply(inputs);
        Tensor weights = session.tensor(y.shape(), session.normal(Rng.of(20), DType.F64, y.shape()).toDoubles());
        List<double[]> analytic = Tensor.gradients(List.of(y), List.of(weights.to(y.dtype())), inputs).stream()
                .map(Tensor::toDoubles).toList();
        double[] c = weights.toDoubles();
        double magnitude = 0, values[] = y.toDoubles();
        for (int i = 0; i < c.length; i++) magnitude += Math.abs(c[i] * values[i]);
        List<Element> all = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            double[] x = inputs.get(i).toDoubles();
            for (int j = 0; j < x.length; j++) {
                double h = Math.cbrt(U) * Math.max(1, Math.abs(x[j]));
                double near = difference(i, j, x, h, c), far = difference(i, j, x, 2 * h, c);
                all.add(new Element(i, j, analytic.get(i)[j], near,
                        Math.abs(far - near) + ROUNDING * U * magnitude / h));
            }
        }
        return new Report(all.size(), all.stream().filter(e -> !e.isWithin()).toList(),
                all.stream().max(java.util.Comparator.comparingDouble(Element::excess)));
    }

    private double difference(int input, int element, double[] x, double h, double[] c) {
        double above = x[element] + h, below = x[element] - h;
        double difference = (at(input, element, x, above, c) - at(input, element, x, below, c)) / (above - below);
        session.write(inputs.get(input), x);
        return difference;
    }

    private double at(int input, int element, double[] x, double value, double[] c) {
        double[] moved = x.clone();
        moved[element] = value;
        session.write(inputs.get(input), moved);
        double[] y = f.apply(inputs).toDoubles();
        double sum = 0;
        for (int i = 0; i < c.length; i++) sum += c[i] * y[i];
        return sum;
    }
}
