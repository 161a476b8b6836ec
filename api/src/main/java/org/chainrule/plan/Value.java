package org.chainrule.plan;

import java.util.ArrayList;
import java.util.List;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.graph.Op;

/** Something a plan computes or is given: a node of the graph without movement, which is told by layouts instead. */
final class Value {
    /** How a value reads another: literally, or through a layout. */
    sealed interface Ref {
        record Literal(double value, DType dtype) implements Ref {}

        record View(Value of, Layout layout) implements Ref {}
    }

    final int id;
    final Op op;
    final Shape shape;
    final DType dtype;
    final List<Ref> inputs;
    /** The tensor that it stands for: its name and origin. */
    final Tensor tensor;
    final List<Value> users = new ArrayList<>();
    /** Whether it is observed: a root or the new value of an assignment. */
    boolean observed;

    Value(int id, Op op, Shape shape, DType dtype, List<Ref> inputs, Tensor tensor) {
        this.id = id;
        this.op = op;
        this.shape = shape;
        this.dtype = dtype;
        this.inputs = inputs;
        this.tensor = tensor;
        for (Ref r : inputs) if (r instanceof Ref.View(Value of, Layout _)) of.users.add(this);
    }

    /** Whether its memory is bound from outside the plan. */
    boolean isGiven() {
        return op instanceof Op.Leaf || op instanceof Op.HostScalar;
    }

    /** Whether it is computed element by element, so that it may be fused. */
    boolean isPointwise() {
        return op instanceof Op.Map || op instanceof Op.Cast;
    }

    @Override
    public String toString() {
        return "%" + id + " " + tensor.name() + shape;
    }
}
