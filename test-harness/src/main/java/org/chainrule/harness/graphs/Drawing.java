package org.chainrule.harness.graphs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.expr.Pointwise;
import org.chainrule.graph.Op;
import org.chainrule.harness.Values;
import org.chainrule.harness.analysis.Bound;
import org.chainrule.harness.analysis.RunningError;

/**
 * Draws a graph. Nodes are proposed one by one; one that is not defined, is large, or may hold NaN or numbers far from 1,
 * as running error analysis tells, is not taken, so that bounds stay narrow enough to prove something.
 */
final class Drawing {
    /** Values beyond this are not taken. */
    private static final double MOST = 1e4;
    /** Ops that leave their domain, or overflow, outside the interval that the table names. */
    private static final Set<Pointwise> IN_DOMAIN = Set.of(Ops.DIV, Ops.POW, Ops.ATAN2, Ops.SQRT, Ops.RSQRT,
            Ops.RECIPROCAL, Ops.EXP, Ops.EXPM1, Ops.LOG, Ops.LOG1P);
    /** Ops that integers have too. */
    private static final List<Pointwise> OF_INTEGERS = List.of(Ops.ADD, Ops.SUB, Ops.MUL, Ops.MAXIMUM, Ops.MINIMUM,
            Ops.LT, Ops.LE, Ops.EQ, Ops.NE, Ops.NEG, Ops.ABS, Ops.SIGN, Ops.SQUARE, Ops.RELU, Ops.NOT);
    private static final List<Pointwise> OF_BOOLS = List.of(Ops.AND, Ops.OR, Ops.NOT, Ops.EQ, Ops.NE);
    private static final List<Pointwise> COMPARISONS = List.of(Ops.LT, Ops.LE, Ops.EQ, Ops.NE);

    private final SplittableRandom random;
    private final Session session;
    private final List<DType> dtypes;
    private final DType main;
    private final int[] extents;
    private final int largest;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private final RunningError analysis;
    /** Given nodes that are indices, which an update could lead astray. */
    private final Set<Integer> indices = new HashSet<>();

    private Drawing(SplittableRandom random, Session session, Set<DType> dtypes) {
        this.random = random;
        this.session = session;
        this.analysis = RunningError.on(session);
        this.dtypes = dtypes.stream().sorted().toList();
        boolean wide = dtypes.contains(DType.F64) && random.nextInt(4) == 0;
        this.main = wide || !dtypes.contains(DType.F32) ? DType.F64 : DType.F32;
        boolean big = random.nextInt(25) == 0;
        this.largest = big ? 6000 : 300;
        this.extents = IntStream.range(0, 3).map(_ -> 1 + random.nextInt(7)).toArray();
        // blocks of 1,024 elements and their ends
        if (big) extents[0] = new int[] {1023, 1024, 1025, 207, 1501, 2049}[random.nextInt(6)];
        if (random.nextInt(40) == 0) extents[1] = 0;
    }

    /** A graph whose values are of moderate size. @throws org.chainrule.UnsupportedOpException where the device lacks a dtype that it needs */
    static Graph of(SplittableRandom random, Session session, Set<DType> dtypes) {
        return new Drawing(random, session, dtypes).graph();
    }

    private Graph graph() {
        for (int i = 1 + random.nextInt(4); i > 0; i--) leaf();
        int count = nodes.size() + 4 + random.nextInt(18);
        for (int tries = 0; nodes.size() < count && tries < 60; tries++) grow();
        if (chance(3, 4)) gradients();
        if (chance(1, 3)) for (int i = 0; i < 4; i++) grow();
        List<Graph.Update> updates = chance(3, 4) ? updates() : List.of();
        return new Graph(nodes, roots(updates), updates).pruned();
    }

    private boolean chance(int of, int in) {
        return random.nextInt(in) < of;
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    // ---- taking nodes

    private OptionalInt add(Kind kind, Integer... inputs) {
        return add(kind, List.of(inputs));
    }

    private OptionalInt add(Kind kind, List<Integer> inputs) {
        if (!isDefined(kind, inputs)) return OptionalInt.empty();
        Tensor t = kind.on(session, inputs.stream().map(tensors::get).toList());
        Tensors.tell(analysis, kind, t, 0);
        if (kind instanceof Kind.Given g) analysis.given(t, g.elements());
        return taken(t) ? put(kind, inputs, t) : OptionalInt.empty();
    }

    /** Whether users may do this to operands of such shapes and dtypes: those drawn by chance do not always fit. */
    private boolean isDefined(Kind kind, List<Integer> in) {
        return switch (kind) {
            case Kind.CumulativeSum _ -> dtype(in.getFirst()) != DType.BOOL;
            case Kind.Pad p ->
                    shape(in.getFirst()).dim(p.axis()) + Math.min(0, p.before()) + Math.min(0, p.after()) >= 0;
            case Kind.ArgReduce a -> shape(in.getFirst()).dim(a.axis()) > 0;
            case Kind.Extreme e -> shape(in.getFirst()).dim(e.axis()) > 0;
            case Kind.Reduce(Op.Reduction how, List<Integer> axes, boolean _) -> switch (how) {
                case SUM, PROD -> true;
                case MAX, MIN -> (axes.isEmpty() ? IntStream.range(0, rank(in.getFirst())).boxed().toList() : axes)
                        .stream().allMatch(a -> shape(in.getFirst()).dim(a) > 0);
            };
            case Kind.Where _ -> meet(in.stream().map(this::shape).toList());
            case Kind.MatMul _ -> meet(in.stream().map(i -> batch(shape(i))).toList());
            case Kind.Given _, Kind.Constant _, Kind.HostScalar _, Kind.Random _, Kind.Pointwise _, Kind.Affine _, Kind.Clamp _, Kind.Cast _, Kind.Permute _, Kind.Reshape _, Kind.Expand _, Kind.Slice _, Kind.Flip _, Kind.Triangle _, Kind.Concat _, Kind.Gather _, Kind.IndexSelect _, Kind.ScatterAdd _, Kind.Softmax _, Kind.LogSoftmax _, Kind.Normalize _, Kind.StopGradient _, Kind.Gradient _ ->
                    true;
        };
    }

    /** Whether the extents that meet, counted from the last axis, are equal but for those that are 1. */
    private static boolean meet(List<Shape> shapes) {
        int rank = shapes.stream().mapToInt(Shape::rank).max().orElse(0);
        return IntStream.rangeClosed(1, rank).allMatch(i -> shapes.stream().filter(s -> s.rank() >= i)
                .mapToInt(s -> s.dim(-i)).filter(d -> d != 1).distinct().count() <= 1);
    }

    private static Shape batch(Shape s) {
        return Shape.of(Arrays.copyOf(s.dims(), Math.max(0, s.rank() - 2)));
    }

    private OptionalInt put(Kind kind, List<Integer> inputs, Tensor t) {
        nodes.add(new Node(kind, inputs));
        tensors.add(t);
        return OptionalInt.of(nodes.size() - 1);
    }

    private boolean taken(Tensor t) {
        if (t.shape().size() > largest) return false;
        for (Bound b : analysis.bounds(t))
            if (b.mayBeNaN() || !(b.least() >= -MOST && b.greatest() <= MOST)) return false;
        return true;
    }

    private boolean isWithin(int node, double lo, double hi) {
        for (Bound b : analysis.bounds(tensors.get(node))) if (!(b.least() >= lo && b.greatest() <= hi)) return false;
        return true;
    }

    private Shape shape(int node) {
        return tensors.get(node).shape();
    }

    private int rank(int node) {
        return shape(node).rank();
    }

    private DType dtype(int node) {
        return tensors.get(node).dtype();
    }

    private boolean isFloat(int node) {
        return dtype(node).isFloat();
    }

    private boolean isGiven(int node) {
        return nodes.get(node).isGiven();
    }

    // ---- choosing operands

    /** A node that {@code fits}, more likely a late one. */
    private OptionalInt pick(IntPredicate fits) {
        for (int tries = 0; tries < 12; tries++) {
            int n = nodes.size(), i = random.nextBoolean() ? n - 1 - random.nextInt(Math.min(n, 6)) : random.nextInt(n);
            if (fits.test(i)) return OptionalInt.of(i);
        }
        return OptionalInt.empty();
    }

    private int pickFloat() {
        return pick(this::isFloat).orElseGet(() -> leaf(shape(), main));
    }

    private OptionalInt pickWithAxes() {
        return pick(i -> rank(i) > 0);
    }

    private int axis(int node) {
        return random.nextInt(rank(node));
    }

    private int extent() {
        return chance(1, 4) ? 1 : extents[random.nextInt(extents.length)];
    }

    private Shape shape() {
        int rank = chance(1, 20) ? 4 : random.nextInt(4);
        Shape s = Shape.of(IntStream.range(0, rank).map(_ -> extent()).toArray());
        return s.size() > largest ? Shape.of(extents[0]) : s;
    }

    private int leaf() {
        return leaf(shape(), chance(4, 5) ? main : any(dtypes));
    }

    private int leaf(Shape s, DType type) {
        int style = random.nextInt(4);
        return leaf(s, type, IntStream.range(0, Math.toIntExact(s.size())).mapToDouble(_ -> type.round(switch (type) {
            case BOOL -> random.nextInt(2);
            case I32, I64 -> random.nextInt(-4, 5);
            case F32, F64, F16, BF16 -> switch (style) {
                case 0 -> random.nextInt(-2, 3) / 2.0;
                case 1 -> random.nextDouble(0.25, 3);
                default -> random.nextDouble(-2, 2);
            };
        })).toArray());
    }

    private int leaf(Shape s, DType type, double... values) {
        return add(Kind.Given.of(s, type, values)).orElseThrow();
    }

    private int index(Shape s, int extent) {
        int i = leaf(s, DType.I64,
                IntStream.range(0, Math.toIntExact(s.size())).mapToDouble(_ -> random.nextInt(extent))
                        .toArray());
        indices.add(i);
        return i;
    }

    private int as(int node, DType type) {
        return dtype(node) == type ? node : add(new Kind.Cast(type), node).orElseGet(() -> leaf(shape(node), type));
    }

    /** A node that broadcasts with {@code a}, of its dtype. */
    private int partner(int a) {
        int b = pick(i -> broadcasts(shape(a), shape(i)) && (dtype(i) == dtype(a) || chance(1, 6)))
                .orElseGet(() -> leaf(broadcasting(shape(a)), dtype(a)));
        return as(b, dtype(a));
    }

    private boolean broadcasts(Shape a, Shape b) {
        long size = 1;
        for (int i = 1; i <= Math.max(a.rank(), b.rank()); i++) {
            int x = i > a.rank() ? 1 : a.dim(-i), y = i > b.rank() ? 1 : b.dim(-i);
            if (x != y && x != 1 && y != 1) return false;
            size *= x == 1 ? y : x;
        }
        return size <= largest;
    }

    private Shape broadcasting(Shape s) {
        int skip = s.rank() > 0 && chance(1, 3) ? random.nextInt(s.rank() + 1) : 0;
        return Shape.of(IntStream.range(skip, s.rank()).map(a -> chance(1, 4) ? 1 : s.dim(a)).toArray());
    }

    // ---- growing

    private void grow() {
        switch (random.nextInt(44)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> pointwise(Ops.ALL.stream().filter(o -> o.arity() == 1).toList());
            case 8, 9, 10, 11, 12, 13, 14, 15, 16 ->
                    pointwise(Ops.ALL.stream().filter(o -> o.arity() == 2).toList());
            case 17 -> where();
            case 18, 19 -> pick(_ -> true).ifPresent(x -> add(new Kind.Cast(any(dtypes)), x));
            case 20, 21, 22 -> reduce();
            case 23 -> pickWithAxes().ifPresent(x -> add(new Kind.ArgReduce(chance(1, 2), axis(x), chance(1, 2)), x));
            case 24 -> pickWithAxes().ifPresent(x -> add(new Kind.Extreme(chance(1, 2), axis(x)), x));
            case 25 -> pickWithAxes().ifPresent(x -> add(new Kind.CumulativeSum(axis(x)), x));
            case 26, 27, 28 -> matmul();
            case 29 -> pick(i -> rank(i) > 1).ifPresent(x -> add(new Kind.Permute(order(rank(x))), x));
            case 30 -> pick(_ -> true).ifPresent(x -> add(new Kind.Reshape(refactored(shape(x))), x));
            case 31 -> pick(i -> rank(i) < 4).ifPresent(this::expand);
            case 32, 33 -> pickWithAxes().ifPresent(this::slice);
            case 34 -> pickWithAxes().ifPresent(x -> add(new Kind.Flip(some(rank(x))), x));
            case 35 -> pickWithAxes().ifPresent(x -> add(new Kind.Pad(axis(x), random.nextInt(-1, 3),
                    random.nextInt(-1, 3), chance(1, 2) ? 0 : 1), x));
            case 36 -> pickWithAxes().ifPresent(this::concat);
            case 37 -> pickWithAxes().ifPresent(this::gather);
            case 38 -> pickWithAxes().ifPresent(this::scatterAdd);
            case 39 -> pick(i -> isFloat(i) && rank(i) > 0).ifPresent(x -> add(switch (random.nextInt(3)) {
                case 0 -> new Kind.Softmax(axis(x));
                case 1 -> new Kind.LogSoftmax(axis(x));
                default -> new Kind.Normalize(chance(1, 2) ? 1e-5 : 0.25);
            }, x));
            case 40, 41 -> affine(pickFloat());
            case 42 -> pick(i -> rank(i) > 1)
                    .ifPresent(x -> add(new Kind.Triangle(chance(1, 2), random.nextInt(-1, 2)), x));
            default -> source();
        }
    }

    private void pointwise(List<Pointwise> among) {
        OptionalInt picked = pick(_ -> true);
        int a = picked.getAsInt();
        Pointwise op = any(switch (dtype(a)) {
            case BOOL -> OF_BOOLS;
            case I32, I64 -> OF_INTEGERS;
            case F32, F64, F16, BF16 -> among;
        });
        if (op.arity() == 1) add(new Kind.Pointwise(op.name()), inDomain(op, a));
        else add(new Kind.Pointwise(op.name()), op == Ops.DIV ? a : inDomain(op, a), inDomain(op, partner(a)));
    }

    /** {@code x}, or where {@code op} needs it {@code x} brought to the interval of the op. */
    private int inDomain(Pointwise op, int x) {
        if (!IN_DOMAIN.contains(op) || isWithin(x, op.lo(), op.hi())) return x;
        OptionalInt s = add(new Kind.Pointwise(Ops.SIGMOID.name()), x);
        return s.isEmpty() ? x : add(new Kind.Affine(op.hi() - op.lo(), op.lo()), s.getAsInt()).orElse(x);
    }

    private void where() {
        int c = pick(i -> dtype(i) == DType.BOOL).orElseGet(() -> {
            int a = pickFloat();
            return add(new Kind.Pointwise(any(COMPARISONS).name()), a, partner(a)).orElse(-1);
        });
        if (c < 0) return;
        int then = pick(i -> broadcasts(shape(c), shape(i))).orElseGet(() -> leaf(broadcasting(shape(c)), main));
        add(new Kind.Where(), c, then, partner(then));
    }

    private void reduce() {
        pick(i -> dtype(i) != DType.BOOL).ifPresent(x -> add(new Kind.Reduce(any(List.of(Op.Reduction.values())),
                rank(x) == 0 || chance(1, 4) ? List.of() : some(rank(x)), chance(1, 2)), x));
    }

    private void matmul() {
        OptionalInt picked = pick(i -> rank(i) > 0 && (dtype(i) == DType.F32 || dtype(i) == DType.F64));
        if (picked.isEmpty()) return;
        int a = picked.getAsInt();
        if (chance(1, 3)) {
            OptionalInt b = pick(i -> rank(i) > 0 && dtype(i) == dtype(a)
                    && shape(i).dim(rank(i) == 1 ? 0 : -2) == shape(a).dim(-1));
            if (b.isPresent()) {
                add(new Kind.MatMul(), a, b.getAsInt());
                return;
            }
        }
        int k = shape(a).dim(-1), n = extent();
        List<Integer> batch = new ArrayList<>();
        if (rank(a) > 2 && chance(1, 2))
            for (int i = 0; i < rank(a) - 2; i++) batch.add(chance(1, 3) ? 1 : shape(a).dim(i));
        boolean turned = chance(1, 3);
        batch.add(turned ? n : k);
        batch.add(turned ? k : n);
        Shape s = Shape.of(batch.stream().mapToInt(Integer::intValue).toArray());
        if (s.size() > largest) return;
        int b = leaf(s, dtype(a));
        if (turned) {
            List<Integer> order = new ArrayList<>(IntStream.range(0, s.rank()).boxed().toList());
            order.set(s.rank() - 2, s.rank() - 1);
            order.set(s.rank() - 1, s.rank() - 2);
            b = add(new Kind.Permute(order), b).orElse(b);
        }
        add(new Kind.MatMul(), a, b);
    }

    private List<Integer> order(int rank) {
        List<Integer> order = new ArrayList<>();
        for (int a = 0; a < rank; a++) order.add(random.nextInt(a + 1), a);
        return order;
    }

    /** Some of the axes, at least one. */
    private List<Integer> some(int rank) {
        List<Integer> order = order(rank);
        return order.subList(0, 1 + random.nextInt(rank));
    }

    private void expand(int x) {
        Shape to = expanded(shape(x));
        if (to.size() <= largest) add(new Kind.Expand(to), x);
    }

    /** Another shape of the same size. */
    private Shape refactored(Shape s) {
        if (s.size() == 0) return Shape.of(order(s.rank()).stream().mapToInt(s::dim).toArray());
        List<Integer> to = new ArrayList<>();
        int rest = Math.toIntExact(s.size());
        while (to.size() < 3 && chance(3, 4)) {
            int of = rest;
            List<Integer> divisors = IntStream.rangeClosed(1, of).filter(d -> of % d == 0).boxed().toList();
            int d = any(divisors);
            to.add(d);
            rest /= d;
        }
        to.add(rest);
        return Shape.of(to.stream().mapToInt(Integer::intValue).toArray());
    }

    private Shape expanded(Shape s) {
        int[] to = Arrays.stream(s.dims()).map(d -> d == 1 ? extent() : d).toArray();
        return chance(1, 2) ? Shape.of(to)
                : Shape.of(IntStream.concat(IntStream.of(extent()), Arrays.stream(to)).toArray());
    }

    private void slice(int x) {
        int axis = axis(x), d = shape(x).dim(axis);
        if (d == 0) return;
        int start = random.nextInt(d), end = chance(1, 20) ? start : start + 1 + random.nextInt(d - start);
        add(new Kind.Slice(axis, start, end, 1 + random.nextInt(3)), x);
    }

    private void concat(int x) {
        int axis = axis(x);
        int y = pick(i -> dtype(i) == dtype(x) && rank(i) == rank(x)
                && shape(i).with(axis, 1).equals(shape(x).with(axis, 1))).orElse(x);
        add(new Kind.Concat(axis), chance(1, 4) ? List.of(x, y, x) : List.of(x, y));
    }

    private void gather(int x) {
        int axis = axis(x), d = shape(x).dim(axis), n = 1 + random.nextInt(5);
        if (d == 0) return;
        if (chance(1, 2)) {
            add(new Kind.IndexSelect(axis), x, index(Shape.of(n), d));
        } else {
            int[] s = shape(x).dims();
            for (int a = 0; a < s.length; a++) if (a == axis) s[a] = n;
            else if (s[a] > 1 && chance(1, 4)) s[a]--;
            if (Shape.of(s).size() <= largest) add(new Kind.Gather(axis), x, index(Shape.of(s), d));
        }
    }

    private void scatterAdd(int x) {
        int axis = axis(x), d = shape(x).dim(axis);
        if (d == 0 || dtype(x) == DType.BOOL) return;
        Shape s = shape(x).with(axis, 1 + random.nextInt(5));
        if (s.size() > largest) return;
        int updates = pick(i -> shape(i).equals(s) && dtype(i) == dtype(x)).orElseGet(() -> leaf(s, dtype(x)));
        add(new Kind.ScatterAdd(axis), x, index(s, d), updates);
    }

    private OptionalInt affine(int x) {
        return switch (random.nextInt(4)) {
            case 0 -> add(new Kind.StopGradient(), x);
            case 1 -> add(new Kind.Clamp(-1, 1.5), x);
            default -> add(new Kind.Affine(random.nextInt(-4, 5) / 4.0, random.nextInt(-2, 3) / 2.0), x);
        };
    }

    private void source() {
        switch (random.nextInt(4)) {
            case 0 -> add(new Kind.HostScalar(main, random.nextInt(-4, 5) / 4.0));
            case 1 -> add(new Kind.Constant(shape(), main, random.nextInt(-2, 3) / 2.0));
            default -> add(new Kind.Random(chance(1, 2) ? Op.Distribution.UNIFORM : Op.Distribution.NORMAL, main,
                    shape(), random.nextInt(1000)));
        }
    }

    // ---- gradients, updates, roots

    private void gradients() {
        List<Integer> outputs = new ArrayList<>(), cotangents = new ArrayList<>();
        for (int k = chance(1, 4) ? 2 : 1; k > 0; k--) {
            pick(i -> isFloat(i) && !isGiven(i) && !outputs.contains(i)).ifPresent(y -> {
                outputs.add(y);
                cotangents.add(cotangent(y));
            });
        }
        BitSet before = new Graph(nodes, outputs, List.of()).needed();
        List<Integer> wrt = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            boolean wanted = isGiven(i) ? chance(2, 3) : chance(1, 8);
            if (before.get(i) && isFloat(i) && wanted && !outputs.contains(i)) wrt.add(i);
        }
        if (wrt.isEmpty()) return;
        List<Integer> of = new ArrayList<>(outputs);
        of.addAll(cotangents);
        List<Tensor> taken = Tensor.gradients(outputs.stream().map(tensors::get).toList(),
                cotangents.stream().map(tensors::get).toList(), wrt.stream().map(tensors::get).toList());
        for (int i = 0; i < wrt.size(); i++) {
            if (!taken(taken.get(i))) continue;
            List<Integer> inputs = new ArrayList<>(of);
            inputs.add(wrt.get(i));
            put(new Kind.Gradient(outputs.size()), inputs, taken.get(i));
        }
    }

    private int cotangent(int y) {
        if (chance(1, 4)) {
            OptionalInt one = add(new Kind.Constant(shape(y), dtype(y), 1));
            if (one.isPresent()) return one.getAsInt();
        }
        OptionalInt same = chance(1, 4) ? pick(i -> i != y && dtype(i) == dtype(y) && shape(i).equals(shape(y)))
                : OptionalInt.empty();
        return same.orElseGet(() -> leaf(shape(y), dtype(y),
                Values.COTANGENTS.draw(random, dtype(y), Math.toIntExact(shape(y).size()))));
    }

    private List<Graph.Update> updates() {
        List<Graph.Update> updates = new ArrayList<>();
        int n = nodes.size();
        for (int i = 0; i < n; i++) {
            if (!isGiven(i) || indices.contains(i) || chance(1, 3)) continue;
            int target = i;
            updated(target).filter(v -> v != target && dtype(v) == dtype(target) && shape(v).equals(shape(target)))
                    .ifPresent(v -> updates.add(random.nextInt(updates.size() + 1), new Graph.Update(target, v)));
        }
        return updates;
    }

    /** What {@code p} may become: from its gradient, other nodes, other parameters, or its own elements in other places. */
    private Optional<Integer> updated(int p) {
        OptionalInt v = switch (random.nextInt(6)) {
            case 0, 1 -> descended(p);
            case 2 -> pick(i -> i != p && dtype(i) == dtype(p) && shape(i).equals(shape(p)));
            case 3 -> {
                OptionalInt q = pick(i -> i != p && dtype(i) == dtype(p) && broadcasts(shape(p), shape(i)));
                yield q.isEmpty() || dtype(p) == DType.BOOL ? q
                        : add(new Kind.Pointwise(any(List.of(Ops.ADD, Ops.SUB, Ops.MAXIMUM)).name()), p, q.getAsInt());
            }
            case 4 -> rank(p) == 0 ? OptionalInt.empty() : add(switch (random.nextInt(4)) {
                case 0 -> new Kind.CumulativeSum(axis(p));
                case 1 -> new Kind.Permute(order(rank(p)));
                default -> new Kind.Flip(some(rank(p)));
            }, p);
            default -> isFloat(p) ? affine(p) : OptionalInt.empty();
        };
        if (v.isEmpty()) return Optional.empty();
        // whole numbers stay where doubles hold them
        return Optional.of(dtype(p).isInteger() ? add(new Kind.Clamp(-40, 40), v.getAsInt()).orElse(p) : v.getAsInt());
    }

    private OptionalInt descended(int p) {
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node n = nodes.get(i);
            if (!(n.kind() instanceof Kind.Gradient) || n.inputs().getLast() != p) continue;
            OptionalInt part = add(new Kind.Affine(-0.125, 0), i);
            return part.isEmpty() ? part : add(new Kind.Pointwise(Ops.ADD.name()), p, part.getAsInt());
        }
        return OptionalInt.empty();
    }

    private List<Integer> roots(List<Graph.Update> updates) {
        BitSet read = new BitSet();
        nodes.forEach(n -> n.inputs().forEach(read::set));
        updates.forEach(u -> read.set(u.value()));
        List<Integer> roots = new ArrayList<>();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            boolean sink = !read.get(i) && !isGiven(i);
            if (sink ? roots.size() < 6 : chance(1, isGiven(i) ? 20 : 12))
                roots.add(random.nextInt(roots.size() + 1), i);
        }
        if (roots.isEmpty()) roots.add(nodes.size() - 1);
        return roots;
    }
}
