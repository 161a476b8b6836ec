package org.chainrule.harness.graphs;

import java.util.List;

/**
 * A node of a random graph.
 *
 * @param inputs the numbers of its operands, all less than its own
 */
record Node(Kind kind, List<Integer> inputs) {
    Node {
        inputs = List.copyOf(inputs);
    }

    boolean isGiven() {
        return kind instanceof Kind.Given;
    }
}
