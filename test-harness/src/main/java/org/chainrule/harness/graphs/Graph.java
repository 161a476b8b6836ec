package org.chainrule.harness.graphs;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A random graph as data, so that it can be printed, computed again and shrunk.
 *
 * @param nodes   each after its operands
 * @param roots   the nodes whose values are observed
 * @param updates what a step assigns, in that order
 */
record Graph(List<Node> nodes, List<Integer> roots, List<Update> updates) {
    /** The given node {@code target} becomes what {@code value} is. */
    record Update(int target, int value) {}

    Graph {
        nodes = List.copyOf(nodes);
        roots = List.copyOf(roots);
        updates = List.copyOf(updates);
    }

    /** The nodes that something observed needs. */
    BitSet needed() {
        BitSet needed = new BitSet();
        roots.forEach(needed::set);
        for (Update u : updates) {
            needed.set(u.target);
            needed.set(u.value);
        }
        for (int i = nodes.size() - 1; i >= 0; i--) if (needed.get(i)) nodes.get(i).inputs().forEach(needed::set);
        return needed;
    }

    /** Without the nodes that nothing observed needs. */
    Graph pruned() {
        BitSet needed = needed();
        int[] number = new int[nodes.size()];
        List<Node> kept = new ArrayList<>();
        for (int i = 0; i < number.length; i++) {
            number[i] = kept.size();
            if (needed.get(i)) kept.add(renumbered(nodes.get(i), k -> number[k]));
        }
        return new Graph(kept, roots.stream().map(r -> number[r]).toList(),
                updates.stream().map(u -> new Update(number[u.target], number[u.value])).toList());
    }

    private static Node renumbered(Node n, IntUnaryOperator number) {
        return new Node(n.kind(), n.inputs().stream().map(number::applyAsInt).toList());
    }

    /** With {@code node} for node number {@code at}. */
    Graph with(int at, Node node) {
        List<Node> changed = new ArrayList<>(nodes);
        changed.set(at, node);
        return new Graph(changed, roots, updates);
    }

    /** With everything that reads node {@code from} reading the earlier node {@code to}. */
    Graph redirected(int from, int to) {
        IntUnaryOperator number = i -> i == from ? to : i;
        return new Graph(nodes.stream().map(n -> renumbered(n, number)).toList(),
                roots.stream().map(number::applyAsInt).distinct().toList(),
                updates.stream().map(u -> new Update(u.target, number.applyAsInt(u.value))).toList());
    }

    /** The nodes that are computed. */
    int computed() {
        return (int) nodes.stream().filter(n -> !n.isGiven()).count();
    }

    /** A short program that computes the roots, or a step that makes the updates and computes the roots. */
    String code() {
        List<String> names = IntStream.range(0, nodes.size()).mapToObj(i -> "t" + i).toList();
        StringBuilder b = new StringBuilder();
        for (int i = 0; i < nodes.size(); i++) b.append("Tensor ").append(names.get(i)).append(" = ")
                .append(nodes.get(i).kind().code(nodes.get(i).inputs().stream().map(names::get).toList()))
                .append(";\n");
        String observed = roots.stream().map(names::get).collect(Collectors.joining(", "));
        if (updates.isEmpty()) return b.append("s.eval(").append(observed).append(");").toString();
        b.append("Step step = s.stepOf(() -> {\n");
        for (Update u : updates) b.append("    s.assign(").append(names.get(u.target)).append(", ")
                .append(names.get(u.value)).append(");\n");
        return b.append("    return List.of(").append(observed).append(");\n});\nstep.run();").toString();
    }
}
