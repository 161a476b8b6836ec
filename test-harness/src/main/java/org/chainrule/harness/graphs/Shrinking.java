package org.chainrule.harness.graphs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.harness.Bench;
import org.chainrule.harness.Comparison;
import org.chainrule.harness.analysis.Bound;

/**
 * Makes a graph that fails smaller as long as it still fails in the same manner (delta debugging; Zeller and Hildebrandt
 * 2002): without roots and updates, with nodes replaced by values or by operands, with lesser extents and plainer values.
 */
final class Shrinking {
    private static final int MOST_TRIES = 600;
    private static final Comparator<Graph> SIZE = Comparator.comparingInt(Graph::computed)
            .thenComparingInt(g -> g.roots().size() + g.updates().size())
            .thenComparingInt(Shrinking::elements)
            .thenComparingInt(g -> g.nodes().size())
            .thenComparingInt(g -> g.code().length());

    private final Trial trial;
    private final Bench bench;
    private Graph graph;
    private Trial.Wrong wrong;
    private int tries;

    private Shrinking(Graph graph, Trial.Wrong wrong, Trial trial, Bench bench) {
        this.graph = graph;
        this.wrong = wrong;
        this.trial = trial;
        this.bench = bench;
    }

    /**
     * The least failing graph found.
     *
     * @param from how many nodes were computed at first
     */
    record Shrunk(Graph graph, Trial.Wrong wrong, int from, int tries) {
        String report() {
            return wrong.what() + "\n  in a graph of " + graph.computed() + " computed nodes, which was of " + from
                    + " before " + tries + " tries to shrink it:\n    " + graph.code().replace("\n", "\n    ");
        }
    }

    /** @param wrong what went wrong with {@code graph} in {@code trial} */
    static Shrunk of(Graph graph, Trial.Wrong wrong, Trial trial, Bench bench) {
        Shrinking s = new Shrinking(graph, wrong, trial, bench);
        while (s.tries < MOST_TRIES && s.smaller()) {}
        return new Shrunk(s.graph, s.wrong, graph.computed(), s.tries);
    }

    /** Whether there was a smaller graph that fails too, which is the graph then. */
    private boolean smaller() {
        return candidates().map(Graph::pruned).filter(c -> SIZE.compare(c, graph) < 0)
                .takeWhile(_ -> tries < MOST_TRIES).anyMatch(this::fails);
    }

    private boolean fails(Graph candidate) {
        tries++;
        Optional<Trial.Wrong> found;
        try (Session s = bench.session()) {
            found = trial.run(bench, Way.Expected.of(candidate, s), new Comparison());
        } catch (RuntimeException e) {
            return false; // what was left out was needed: no graph
        }
        if (found.isEmpty() || found.get().kind() != wrong.kind()) return false;
        graph = candidate;
        wrong = found.get();
        return true;
    }

    private Stream<Graph> candidates() {
        return Stream.<Stream<Graph>>of(observingLess(), withValues(), withOperands(), withExtents(), withPlainValues())
                .flatMap(s -> s);
    }

    private static int elements(Graph g) {
        return g.nodes().stream().mapToInt(n -> n.kind() instanceof Kind.Given v ? v.values().size() : 0).sum();
    }

    // ---- candidates, the boldest first

    private Stream<Graph> observingLess() {
        List<Integer> roots = graph.roots();
        List<Graph.Update> updates = graph.updates();
        List<Graph> less = new ArrayList<>();
        less.add(new Graph(graph.nodes(), roots, List.of()));
        less.add(new Graph(graph.nodes(), List.of(), updates));
        for (int r : roots) less.add(new Graph(graph.nodes(), List.of(r), List.of()));
        for (Graph.Update u : updates) less.add(new Graph(graph.nodes(), List.of(), List.of(u)));
        for (int i = 0; i < roots.size(); i++) less.add(new Graph(graph.nodes(), without(roots, i), updates));
        for (int i = 0; i < updates.size(); i++) less.add(new Graph(graph.nodes(), roots, without(updates, i)));
        return less.stream().filter(g -> !g.roots().isEmpty() || !g.updates().isEmpty());
    }

    private static <T> List<T> without(List<T> list, int i) {
        List<T> r = new ArrayList<>(list);
        r.remove(i);
        return r;
    }

    private Stream<Graph> withValues() {
        Session s = bench.session();
        try {
            Way.Expected e = Way.Expected.of(graph, s);
            List<Graph> all = new ArrayList<>();
            for (int i = graph.nodes().size() - 1; i >= 0; i--) {
                if (graph.nodes().get(i).isGiven()) continue;
                DType type = e.tensors().get(i).dtype();
                double[] v = e.bounds(i).stream().mapToDouble(Bound::value).map(type::round).toArray();
                all.add(graph.with(i, new Node(Kind.Given.of(e.tensors().get(i).shape(), type, v), List.of())));
            }
            return all.stream();
        } finally {
            s.close();
        }
    }

    private Stream<Graph> withOperands() {
        return backwards(i -> graph.nodes().get(i).inputs().stream().distinct().map(o -> graph.redirected(i, o)));
    }

    private Stream<Graph> backwards(IntFunction<Stream<Graph>> of) {
        int n = graph.nodes().size();
        return IntStream.range(0, n).mapToObj(i -> of.apply(n - 1 - i)).flatMap(g -> g);
    }

    private Stream<Graph> withExtents() {
        return graph.nodes().stream()
                .flatMap(n -> n.kind() instanceof Kind.Shaped s ? IntStream.of(s.shape().dims()).boxed() : Stream.of())
                .distinct()
                .filter(d -> d > 1)
                .flatMap(d -> IntStream.of(1, 2, d / 2, d - 1).filter(to -> to < d).distinct()
                        .mapToObj(to -> resized(d, to)));
    }

    /** With extent {@code to} wherever an extent is {@code from}. */
    private Graph resized(int from, int to) {
        UnaryOperator<Shape> shape =
                s -> Shape.of(IntStream.of(s.dims()).map(d -> d == from ? to : d).toArray());
        return new Graph(graph.nodes().stream()
                .map(n -> n.kind() instanceof Kind.Shaped s
                        ? new Node(within(s.resized(shape.apply(s.shape())), to), n.inputs()) : n)
                .toList(), graph.roots(), graph.updates());
    }

    /** Whole numbers may be indices of an axis that has {@code extent} elements now. */
    private static Kind within(Kind kind, int extent) {
        return kind instanceof Kind.Given g && g.dtype() == DType.I64 ? new Kind.Given(g.shape(), g.dtype(),
                g.values().stream().map(v -> v >= extent ? v % extent : v).toList()) : kind;
    }

    private Stream<Graph> withPlainValues() {
        return backwards(i -> graph.nodes().get(i).kind() instanceof Kind.Given g
                ? Stream.<IntFunction<Double>>of(k -> k + 1.0, k -> Math.rint(g.values().get(k)),
                        k -> Math.rint(g.values().get(k) * 8) / 8).map(v -> plain(i, g, v))
                : Stream.of());
    }

    private Graph plain(int i, Kind.Given g, IntFunction<Double> value) {
        return graph.with(i, new Node(new Kind.Given(g.shape(), g.dtype(), IntStream.range(0, g.values().size())
                .mapToObj(k -> g.dtype().round(value.apply(k))).toList()), List.of()));
    }
}
