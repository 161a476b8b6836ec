package org.chainrule.nn;

import java.util.Optional;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.ShapeMismatchException;
import org.chainrule.Tensor;

/**
 * Class indices beside scores {@code [C]}, {@code [N, C]} or {@code [N, C, …]}: the indices have the shape of the scores
 * without the class axis.
 *
 * @param name    of the function, for messages
 * @param index   within {@code [0, C)}, with 0 where it is ignored
 * @param ignored where the target is the index that does not count
 * @param axis    the class axis
 */
record ClassTargets(String name, Tensor index, Tensor ignored, int axis) {
    static ClassTargets of(String name, Tensor scores, Tensor target, long ignoreIndex) {
        int axis = classAxis(name, scores);
        if (!target.shape().equals(scores.shape().without(axis)))
            throw new ShapeMismatchException(name + ": class indices " + target.shape() + " beside input "
                    + scores.shape() + "; expected " + scores.shape().without(axis));
        Tensor t = target.to(DType.I64);
        Tensor ignored = t.eq((double) ignoreIndex);
        return new ClassTargets(name, ignored.where(0, t), ignored, axis);
    }

    static int classAxis(String name, Tensor scores) {
        if (scores.shape().rank() == 0)
            throw new ShapeMismatchException(name + ": a scalar has no class axis; it takes [C], [N, C] or [N, C, …]");
        return scores.shape().rank() == 1 ? 0 : 1;
    }

    /** The score of each target's class, of the targets' shape. */
    Tensor pick(Tensor scores) {
        return scores.gather(axis, index.unsqueeze(axis), name).squeeze(axis);
    }

    /** The weight of each target's class, 0 where it is ignored. */
    Tensor weights(Tensor like, Optional<Tensor> weight) {
        Shape s = index.shape();
        Tensor w = weight.map(v -> v.gather(0, index.flatten(), name).reshape(s))
                .orElseGet(() -> like.session().constant(s, like.dtype(), 1));
        return ignored.where(0, w);
    }

    static void requireWeights(String name, Optional<Tensor> weight, int classes) {
        weight.ifPresent(w -> {
            if (!w.shape().equals(Shape.of(classes))) throw new ShapeMismatchException(
                    name + ": class weights " + w.shape() + " for " + classes + " classes; expected [" + classes + "]");
        });
    }
}
