package org.chainrule.harness;

import java.util.List;
import java.util.function.Function;
import org.chainrule.Tensor;

/**
 * What stands in for an op in the cases that are made of tensors' own methods. The suite's test of itself puts wrong ops
 * in, to see that they are caught; everywhere else each op stands for itself.
 */
@FunctionalInterface
public interface Substitution {
    /** Each op for itself. */
    Substitution NONE = (_, function) -> function;

    /** What to run where {@code function} would be: the outputs of {@code op} from its inputs. */
    Function<List<Tensor>, List<Tensor>> of(String op, Function<List<Tensor>, List<Tensor>> function);
}
