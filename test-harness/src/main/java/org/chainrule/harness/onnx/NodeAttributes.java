package org.chainrule.harness.onnx;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.chainrule.UnsupportedOpException;
import org.chainrule.harness.onnx.AttributeProto.Value;

/**
 * The attributes of one node by name. An op asks for each that it knows, so that one that was not asked for is one that
 * would have been ignored.
 */
final class NodeAttributes {
    private final Map<String, Value> values;
    private final Set<String> asked = new HashSet<>();

    NodeAttributes(NodeProto node) {
        values = node.attributes().stream()
                .collect(Collectors.toMap(AttributeProto::name, AttributeProto::value, (_, later) -> later));
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    private <T> Optional<T> find(String name, Function<Value, T> read) {
        asked.add(name);
        return Optional.ofNullable(values.get(name)).map(read);
    }

    private static UnsupportedOpException unexpected(String name, String expected, Value found) {
        return new UnsupportedOpException("attribute '" + name + "' is " + found + ", not " + expected);
    }

    Optional<Long> integer(String name) {
        return find(name, v -> switch (v) {
            case Value.Whole(long n) -> n;
            default -> throw unexpected(name, "an integer", v);
        });
    }

    long integer(String name, long otherwise) {
        return integer(name).orElse(otherwise);
    }

    boolean flag(String name, boolean otherwise) {
        return integer(name, otherwise ? 1 : 0) != 0;
    }

    Optional<Double> number(String name) {
        return find(name, v -> switch (v) {
            case Value.Real(float x) -> (double) x;
            default -> throw unexpected(name, "a number", v);
        });
    }

    double number(String name, double otherwise) {
        return number(name).orElse(otherwise);
    }

    Optional<String> text(String name) {
        return find(name, v -> switch (v) {
            case Value.Text(String t) -> t;
            default -> throw unexpected(name, "text", v);
        });
    }

    String text(String name, String otherwise) {
        return text(name).orElse(otherwise);
    }

    Optional<int[]> integers(String name) {
        return find(name, v -> switch (v) {
            case Value.Wholes(List<Long> n) -> n.stream().mapToInt(HostValues::clamped).toArray();
            default -> throw unexpected(name, "a list of integers", v);
        });
    }

    Optional<long[]> longs(String name) {
        return find(name, v -> switch (v) {
            case Value.Wholes(List<Long> n) -> n.stream().mapToLong(i -> i).toArray();
            default -> throw unexpected(name, "a list of integers", v);
        });
    }

    Optional<double[]> numbers(String name) {
        return find(name, v -> switch (v) {
            case Value.Reals(List<Float> x) -> x.stream().mapToDouble(i -> i).toArray();
            default -> throw unexpected(name, "a list of numbers", v);
        });
    }

    Optional<TensorProto> tensor(String name) {
        return find(name, v -> switch (v) {
            case Value.Elements(TensorProto t) -> t;
            default -> throw unexpected(name, "a tensor", v);
        });
    }

    /** Counts an attribute as known whose value says nothing that matters to the result. */
    void ignore(String name) {
        asked.add(name);
    }

    /** @throws UnsupportedOpException naming the attributes that were not asked for */
    void requireAllAsked() {
        List<String> left = values.keySet().stream().filter(n -> !asked.contains(n)).sorted().toList();
        if (!left.isEmpty()) throw new UnsupportedOpException("attribute " + left.stream()
                .map(n -> values.get(n) instanceof Value.Other(String kind) ? n + " (" + kind + ")" : n)
                .collect(Collectors.joining(", ")));
    }
}
