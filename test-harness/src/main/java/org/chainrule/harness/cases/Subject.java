package org.chainrule.harness.cases;

import java.util.List;
import java.util.function.Function;
import org.chainrule.DType;
import org.chainrule.Tensor;
import org.chainrule.harness.Case;
import org.chainrule.harness.Input;
import org.chainrule.harness.Names;
import org.chainrule.harness.OpCheck;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Substitution;

/**
 * An op with inputs to test it at: the cases of a family and the finite differences are both made from it.
 *
 * @param variant tells it from the op's others
 * @param smooth  whether it has a derivative at its inputs
 */
record Subject(String op, String variant, List<Input> inputs, Function<List<Tensor>, List<Tensor>> function,
        boolean smooth) {
    static Subject of(String op, String variant, Function<List<Tensor>, Tensor> function, Input... inputs) {
        return ofSeveral(op, variant, in -> List.of(function.apply(in)), inputs);
    }

    /** With any number of outputs. */
    static Subject ofSeveral(String op, String variant, Function<List<Tensor>, List<Tensor>> function,
            Input... inputs) {
        return new Subject(op, variant, List.of(inputs), function, true);
    }

    /** The same, known to have no derivative at some input. */
    Subject kinked() {
        return new Subject(op, variant, inputs, function, false);
    }

    /** The same with its float inputs of another type. */
    Subject in(DType type) {
        return new Subject(op, variant, inputs.stream()
                .map(i -> i.dtype().isFloat() ? new Input(i.shape(), type, i.values(), i.view()) : i).toList(),
                function, smooth);
    }

    /** The same with what stands in for its op. */
    Subject with(Substitution substitution) {
        return new Subject(op, variant, inputs, substitution.of(op, function), smooth);
    }

    /** The case of {@code family} that compares it with its bounds. */
    Case analysed(String family, DType type) {
        return new Case(name(family, type), op, type, Oracle.ANALYSIS, check(type));
    }

    OpCheck check(DType type) {
        return new OpCheck(in(type).inputs, function);
    }

    /** Elements of all inputs together. */
    long elements() {
        return inputs.stream().mapToLong(i -> i.shape().size()).sum();
    }

    String name(String family, DType type) {
        return family + "/" + op + "/" + Names.of(type) + "/" + variant;
    }
}
