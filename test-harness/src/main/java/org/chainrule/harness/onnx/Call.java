package org.chainrule.harness.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.UnsupportedOpException;

/**
 * A node with its arguments, as an op sees it.
 *
 * @param inputs  in order; empty where one is left out
 * @param outputs how many outputs the node names
 * @param opset   the version of the set of ops that the node is from
 */
record Call(NodeProto node, Session session, List<Optional<Tensor>> inputs, NodeAttributes attributes, int outputs,
        long opset, HostValues host) {

    Tensor in(int i) {
        return optional(i).orElseThrow(() -> new UnsupportedOpException("input " + i + " is left out"));
    }

    Optional<Tensor> optional(int i) {
        return i < inputs.size() ? inputs.get(i) : Optional.empty();
    }

    boolean has(int i) {
        return optional(i).isPresent();
    }

    /** All inputs of an op that takes any number. */
    List<Tensor> all() {
        return inputs.stream().flatMap(Optional::stream).toList();
    }

    /** Whether the node asks for output {@code i}. */
    boolean wants(int i) {
        return i < node.outputs().size() && !node.outputs().get(i).isEmpty();
    }

    /** The elements of input {@code i} on the host, where it is there. */
    Optional<int[]> ints(int i) {
        return optional(i).map(host::longs).map(v -> Arrays.stream(v).mapToInt(HostValues::clamped).toArray());
    }

    /** A list that older versions give as an attribute and newer ones as an input. */
    Optional<int[]> ints(String attribute, int input) {
        Optional<int[]> a = attributes.integers(attribute);
        return a.isPresent() ? a : ints(input);
    }

    /** The only element of input {@code i} on the host. */
    double number(int i) {
        double[] v = host.doubles(in(i));
        if (v.length != 1) throw new UnsupportedOpException("input " + i + " has " + v.length + " elements, not one");
        return v[0];
    }

    /** A literal of the dtype of {@code like}. */
    Tensor constant(Tensor like, double v) {
        return session.constant(Shape.SCALAR, like.dtype(), v);
    }

    /** Indices as i64 with negative ones counted from the end of an axis of extent {@code d}. */
    static Tensor indices(Tensor index, int d) {
        Tensor i = index.to(DType.I64);
        return i.lt(0).where(i.plus(d), i);
    }

    UnsupportedOpException unsupported(String what) {
        return new UnsupportedOpException(what);
    }
}
