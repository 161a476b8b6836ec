package org.chainrule.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.chainrule.Tensor;

/** One function after the other; those that are layers are named by their position, from 0. */
public final class Sequential extends Block<Sequential> {
    private final List<UnaryOperator<Tensor>> functions;

    private Sequential(List<UnaryOperator<Tensor>> functions) {
        this.functions = List.copyOf(functions);
        for (int i = 0; i < functions.size(); i++) child(Integer.toString(i), functions.get(i));
    }

    /** The functions in the order in which they are applied: layers, ops such as {@code Ops.TANH}, lambdas. */
    @SafeVarargs
    public static Sequential of(UnaryOperator<Tensor>... functions) {
        List<UnaryOperator<Tensor>> all = new ArrayList<>();
        for (UnaryOperator<Tensor> f : functions) all.add(f);
        return new Sequential(all);
    }

    /** As {@link #of(UnaryOperator[])}. */
    public static Sequential of(List<? extends UnaryOperator<Tensor>> functions) {
        return new Sequential(new ArrayList<>(functions));
    }

    @Override
    public Tensor apply(Tensor x) {
        Tensor y = x;
        for (UnaryOperator<Tensor> f : functions) y = f.apply(y);
        return y;
    }
}
