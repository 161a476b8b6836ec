package org.chainrule.harness.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.graph.Op.Distribution;
import org.chainrule.harness.Accuracy.Quantity;
import org.chainrule.harness.Bench;
import org.chainrule.harness.Case;
import org.chainrule.harness.Comparison;
import org.chainrule.harness.Family;
import org.chainrule.harness.Names;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Target;
import org.chainrule.harness.Verdict;
import org.chainrule.harness.analysis.HostRandom;
import org.chainrule.harness.analysis.RunningError;
import org.chainrule.nn.Dropout;

/**
 * Random numbers are those of the generator computed on the host, to the bit, whatever their number, the order in which
 * streams are computed, and what they are fused with.
 */
final class RandomCases implements Family {
    private static final List<Shape> SHAPES = Stream.concat(Stream.of(Shape.SCALAR, Shape.of(3, 0, 2)),
            Stream.of(Stream.of(0, 1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 255, 256, 257, 1023, 1024, 1025, 4098, 65_537)
                    .map(Shape::of), Stream.of(Shape.of(23, 47), Shape.of(5, 1, 9))).flatMap(s -> s))
            .toList();
    private static final List<Long> SEEDS = List.of(0L, 1L, -1L, Long.MAX_VALUE, Long.MAX_VALUE - 1, Long.MIN_VALUE,
            1L << 32, 0xFFFF_FFFFL, 0x9E37_79B9_7F4A_7C15L);
    private static final List<Long> STREAMS = List.of(0L, 1L, (1L << 31) - 1, 1L << 31, (1L << 32) - 1, 1L << 32,
            (1L << 32) + 5, Long.MAX_VALUE - 1);

    @Override
    public String name() {
        return "random";
    }

    @Override
    public Stream<Case> cases(Target target) {
        return Stream.of(DType.F32, DType.F64).flatMap(this::ofType);
    }

    private Stream<Case> ofType(DType type) {
        return Stream.concat(Stream.of(Distribution.values()).flatMap(d -> ofDistribution(d, type)),
                Stream.of(of("dropout", type, "replayed", RandomCases::dropoutReplayed),
                        of("dropout", type, "gradient", RandomCases::dropout),
                        of("uniform", type, "replayed", RandomCases::replayed)));
    }

    private Stream<Case> ofDistribution(Distribution d, DType type) {
        String op = Names.of(d);
        Stream<Case> shapes = SHAPES.stream().map(s -> of(op, type, Names.of(s), (b, t) -> plain(b, d, t, s)));
        return Stream.concat(shapes, Stream.of(of(op, type, "seeds", (b, t) -> seeds(b, d, t)),
                of(op, type, "order", (b, t) -> order(b, d, t)),
                of(op, type, "views", (b, t) -> graph(b, List.of(drawn(d, t)), RandomCases::views)),
                of(op, type, "fused", (b, t) -> graph(b, List.of(drawn(d, t), drawn(d, t)), RandomCases::fused)),
                of(op, type, "counted", (b, t) -> counted(b, d, t))));
    }

    private Case of(String op, DType type, String what, BiFunction<Bench, DType, Verdict> check) {
        return new Case(name() + "/" + op + "/" + Names.of(type) + "/" + what, op, type, Oracle.BITS,
                b -> {
                    b.require(type);
                    return check.apply(b, type);
                });
    }

    private static Tensor random(Session session, Distribution d, Rng rng, DType type, Shape shape) {
        return switch (d) {
            case UNIFORM -> session.uniform(rng, type, shape);
            case NORMAL -> session.normal(rng, type, shape);
        };
    }

    private static void compare(Comparison c, String name, Distribution d, Tensor t, long seed, long stream) {
        Packed.compare(c, name, HostRandom.of(d, t.dtype(), seed, stream, Math.toIntExact(t.shape().size())),
                t.toDoubles());
    }

    private static Verdict plain(Bench bench, Distribution d, DType type, Shape shape) {
        Session session = bench.session();
        Comparison c = new Comparison();
        long seed = bench.random().nextLong();
        Rng rng = Rng.of(seed);
        for (int stream = 0; stream < 2; stream++)
            compare(c, "stream " + stream, d, random(session, d, rng, type, shape), seed, stream);
        if (rng.position() != 2) c.differs("two streams were taken and the source stands at " + rng.position());
        else c.agreed(1);
        return c.verdict();
    }

    /** Seeds and streams whose halves have all bits, one bit or none. */
    private static Verdict seeds(Bench bench, Distribution d, DType type) {
        Session session = bench.session();
        Comparison c = new Comparison();
        for (long seed : SEEDS) for (long stream : STREAMS) compare(c, "seed " + seed + " stream " + stream, d,
                random(session, d, Rng.at(seed, stream), type, Shape.of(13)), seed, stream);
        return c.verdict();
    }

    /** Streams belong to tensors in the order in which these were made, not in which they are computed. */
    private static Verdict order(Bench bench, Distribution d, DType type) {
        Session session = bench.session();
        Comparison c = new Comparison();
        long seed = bench.random().nextLong();
        Rng rng = Rng.of(seed);
        List<Tensor> made = new ArrayList<>();
        for (int i = 0; i < 6; i++) made.add(random(session, d, rng, type, Shape.of(100 + i)));
        compare(c, "the last alone", d, made.get(5), seed, 5);
        compare(c, "the first alone", d, made.get(0), seed, 0);
        session.eval(made.reversed().toArray(Tensor[]::new));
        for (int i = 0; i < 6; i++) compare(c, "stream " + i, d, made.get(i), seed, i);
        return c.verdict();
    }

    private interface Drawing {
        Tensor on(Session session, Rng rng);
    }

    private static Drawing drawn(Distribution d, DType type) {
        return (session, rng) -> random(session, d, rng, type, Shape.of(23, 47));
    }

    /** Compares each tensor that {@code consumers} make of the drawings with the analysis from the host's numbers. */
    private static Verdict graph(Bench bench, List<Drawing> drawings,
            java.util.function.Function<List<Tensor>, List<Tensor>> consumers) {
        Session session = bench.session();
        Comparison c = new Comparison();
        Rng rng = Rng.of(bench.random().nextLong());
        List<Tensor> results = consumers.apply(drawings.stream().map(x -> x.on(session, rng)).toList());
        RunningError analysis = RunningError.on(session);
        session.eval(results.toArray(Tensor[]::new));
        for (int i = 0; i < results.size(); i++)
            c.compare("result " + i, Quantity.FORWARD, results.get(i), analysis.bounds(results.get(i)));
        return c.verdict();
    }

    private static List<Tensor> views(List<Tensor> drawn) {
        Tensor x = drawn.getFirst();
        return List.of(x.t(), x.flip(0, 1), x.slice(0, 1, 23, 3).slice(1, 2, 47, 5), x.reshape(47, 23).t(),
                x.narrow(0, 22, 1).expand(4, 47), x.roll(1, 7), Tensor.concat(0, x, x.flip(0)));
    }

    private static List<Tensor> fused(List<Tensor> drawn) {
        Tensor a = drawn.getFirst(), b = drawn.getLast(), sum = a.times(2).plus(b).relu();
        return List.of(sum, a.minus(b), sum.sum(0), a.times(a.t().t()).sum(), a.matmul(b.t()), b.gt(a), a.softmax(1));
    }

    /** Numbers below each of some bounds are as many as the host counts. */
    private static Verdict counted(Bench bench, Distribution d, DType type) {
        Session session = bench.session();
        Comparison c = new Comparison();
        long seed = bench.random().nextLong();
        int n = 1 << 14;
        Tensor x = random(session, d, Rng.of(seed), type, Shape.of(n));
        double[] host = HostRandom.of(d, type, seed, 0, n);
        for (double below : new double[] {-1, 0, 0.125, 0.5, 0.75, 1}) {
            long want = java.util.Arrays.stream(host).filter(v -> v < below).count();
            long got = x.lt(below).to(DType.I64).sum().toLongs()[0];
            if (got == want) c.agreed(1);
            else c.differs("numbers below " + below + ": " + got + ", expected " + want);
        }
        return c.verdict();
    }

    private static Verdict dropout(Bench bench, DType type) {
        Session session = bench.session();
        double[] values = bench.random().doubles(1081, 0.5, 2).map(type::round).toArray();
        Tensor x = session.tensor(Shape.of(23, 47), type, values);
        Rng rng = Rng.of(bench.random("masks").nextLong());
        Comparison c = new Comparison();
        for (double p : new double[] {0, 0.1, 0.5, 0.9}) {
            Tensor y = Dropout.of(p).random(rng).apply(x.times(1)), g = y.times(y).sum().gradients(x).getFirst();
            RunningError analysis = RunningError.on(session).given(x, values);
            c.compare("p " + p, Quantity.FORWARD, y, analysis.bounds(y));
            c.compare("gradient, p " + p, Quantity.GRADIENT, g, analysis.bounds(g));
        }
        return c.verdict();
    }

    private static Verdict dropoutReplayed(Bench bench, DType type) {
        Tensor x = bench.session().tensor(Shape.of(517), type, bench.random().doubles(517, 0.5, 2).toArray());
        Dropout first = Dropout.of(0.25), second = Dropout.of(0.5);
        return replayed(bench, x, rng -> {
            Tensor y = second.random(rng).apply(first.random(rng).apply(x).square());
            return List.of(y, y.sum().gradients(x).getFirst());
        }, 2);
    }

    private static Verdict replayed(Bench bench, DType type) {
        Session session = bench.session();
        Tensor x = session.tensor(Shape.of(130), type, bench.random().doubles(130, -1, 1).toArray());
        return replayed(bench, x, rng -> {
            Tensor u = session.uniform(rng, type, Shape.of(130)), n = session.normal(rng, type, Shape.of(130)),
                    v = session.uniform(rng, type, Shape.of(130));
            return List.of(v, n.times(u).plus(x), u.minus(v), u);
        }, 3);
    }

    /** Each run takes the next streams of the source, in the order in which the graph was built. */
    private static Verdict replayed(Bench bench, Tensor x, java.util.function.Function<Rng, List<Tensor>> body,
            int streams) {
        Session session = x.session();
        Comparison c = new Comparison();
        double[] values = x.toDoubles();
        long seed = bench.random("streams").nextLong();
        Rng rng = Rng.of(seed);
        Step step = session.stepOf(() -> body.apply(rng));
        long next = 0;
        for (int run = 0; run < 4; run++) {
            if (run == 2) next = rng.take() + 1;
            step.run();
            List<Tensor> same = body.apply(Rng.at(seed, next));
            RunningError analysis = RunningError.on(session).given(x, values);
            for (int i = 0; i < same.size(); i++) c.compare("run " + run + " value " + i, Quantity.FORWARD,
                    step.value(i), analysis.bounds(same.get(i)));
            next += streams;
            if (rng.position() != next)
                c.differs("after run " + run + " the source stands at " + rng.position() + ", expected " + next);
        }
        return c.verdict();
    }
}
