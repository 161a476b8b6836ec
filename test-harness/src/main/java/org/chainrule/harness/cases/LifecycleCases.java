package org.chainrule.harness.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chainrule.ChainruleException;
import org.chainrule.ClosedException;
import org.chainrule.DType;
import org.chainrule.InvalidArgumentException;
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
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Target;
import org.chainrule.harness.Verdict;
import org.chainrule.harness.analysis.HostRandom;
import org.chainrule.harness.analysis.RunningError;
import org.chainrule.nn.Losses;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;

/** Opening, closing, threads: what has ended says so with an exception of ours, and gives all of its memory back. */
final class LifecycleCases implements Family {
    private static final int SESSIONS = 8, THREADS = 4;

    @Override
    public String name() {
        return "lifecycle";
    }

    @Override
    public Stream<Case> cases(Target target) {
        return Stream.concat(Stream.of(of("closed-buffer", LifecycleCases::closedBuffer),
                of("closed-executable", LifecycleCases::closedExecutable),
                of("closed-step", LifecycleCases::closedStep), of("closed-session", LifecycleCases::closedSession),
                of("closing-with-all-open", LifecycleCases::closingWithAllOpen),
                of("training-leaks-nothing", LifecycleCases::training),
                of("unreachable-tensors", LifecycleCases::unreachable),
                of("many-sessions", LifecycleCases::manySessions),
                of("sessions-on-threads", LifecycleCases::sessionsOnThreads),
                of("handed-over", LifecycleCases::handedOver), of("interrupted", LifecycleCases::interrupted)),
                FaultCases.of(name()));
    }

    private Case of(String what, Case.Check check) {
        return new Case(name() + "/" + what, "lifecycle", Oracle.LIFECYCLE, check);
    }

    /** Each action must throw a {@link ClosedException}. */
    private static void closed(Comparison c, String what, Runnable action) {
        Faults.expect(c, what, ClosedException.class, action);
    }

    private static Verdict closedBuffer(Bench bench) {
        Device device = bench.device();
        Comparison c = new Comparison();
        Ledger ledger = new Ledger(device, c);
        for (DType type : bench.target().dtypes()) {
            for (int n : new int[] {0, 1, 100}) {
                Buffer b = device.allocate(type, n);
                device.upload(Faults.zeros(b), b);
                b.close();
                b.close();
                ledger.stays("closing a buffer of " + n + " " + type + " twice");
                closed(c, "upload of " + n + " " + type, () -> device.upload(Faults.zeros(b), b));
                closed(c, "download of " + n + " " + type, () -> device.download(b, Faults.zeros(b)));
                if (type.isFloat()) closed(c, "doubles of " + n + " " + type, () -> device.doubles(b));
                ledger.stays("using a closed buffer");
            }
        }
        return c.verdict();
    }

    private static Verdict closedExecutable(Bench bench) {
        Comparison c = new Comparison();
        Device device = bench.device();
        Ledger ledger = new Ledger(device, c);
        Compiled compiled = new Compiled(device);
        try (Session session = bench.session(compiled)) {
            Tensor x = session.tensor(1f, 2f, 3f);
            session.step(() -> x.times(2).sum().exp().plus(x).softmax(0)).run();
        }
        // buffers of its own, which stay open: none of them can be what refuses
        Buffer[] buffers = compiled.last().slots().stream()
                .map(s -> s.external() ? device.allocate(s.dtype(), s.length()) : Buffer.NONE).toArray(Buffer[]::new);
        try {
            for (Buffer b : buffers) if (b != Buffer.NONE) device.upload(Faults.zeros(b), b);
            Device.Executable executable = device.compile(compiled.last());
            executable.run(buffers, new long[0]);
            executable.close();
            executable.close();
            closed(c, "a closed executable", () -> executable.run(buffers, new long[0]));
        } finally {
            for (Buffer b : buffers) b.close();
        }
        ledger.stays("closing an executable twice");
        return c.verdict();
    }

    private static Verdict closedStep(Bench bench) {
        Session session = bench.session();
        Comparison c = new Comparison();
        Tensor x = session.tensor(1f, 2f, 3f);
        Ledger ledger = new Ledger(session.device(), c);
        ledger.keep(x);
        Step step = session.step(() -> x.times(2));
        Faults.expect(c, "the value of a step that has not run", InvalidArgumentException.class, () -> step.value(0));
        Tensor value = step.run().value(0);
        step.close();
        step.close();
        ledger.stays("closing a step twice");
        closed(c, "running it", step::run);
        closed(c, "reading its value", value::toDoubles);
        closed(c, "its item", value.sum()::item);
        closed(c, "computing with its value", () -> value.plus(1).eval());
        ledger.stays("using a closed step");
        Faults.usable(c, session);
        return c.verdict();
    }

    private static Verdict closedSession(Bench bench) {
        Session session = bench.session();
        Comparison c = new Comparison();
        Ledger ledger = new Ledger(session.device(), c);
        Tensor x = session.tensor(1f, 2f, 3f), y = x.times(2), z = x.plus(1).eval();
        Step step = session.step(() -> x.times(y));
        Step ran = session.step(() -> x.minus(y)).run();
        session.close();
        session.close();
        ledger.stays("closing a session twice");
        closed(c, "a tensor from values", () -> session.tensor(1f));
        closed(c, "a constant", () -> session.constant(Shape.of(2), DType.F32, 1));
        closed(c, "random numbers", () -> session.uniform(Rng.of(1), DType.F32, Shape.of(2)));
        closed(c, "an op", () -> x.plus(1));
        closed(c, "reading data", x::toDoubles);
        closed(c, "reading floats", x::toFloats);
        closed(c, "reading bytes", () -> session.readBytes(x));
        closed(c, "copying data", () -> x.copyTo(java.nio.ByteBuffer.allocate(12)));
        closed(c, "reading what was computed", z::toDoubles);
        closed(c, "computing", y::eval);
        closed(c, "eval", () -> session.eval(y));
        closed(c, "writing", () -> session.write(x, 1f, 2f, 3f));
        closed(c, "assigning", () -> session.assign(x, y));
        closed(c, "committing", session::commit);
        closed(c, "recording", () -> session.step(() -> y));
        closed(c, "running a step", step::run);
        closed(c, "the value of a step", () -> ran.value(0).toDoubles());
        step.close();
        if (session.isOpen()) c.differs("a closed session says that it is open");
        if (!x.toString().contains("closed")) c.differs("the text of a closed session's tensor is " + x);
        ledger.stays("using a closed session");
        return c.verdict();
    }

    /** A device of its own, closed with its session while tensors, steps, assignments and lazy graphs are alive. */
    private static Verdict closingWithAllOpen(Bench bench) {
        Comparison c = new Comparison();
        Device device = bench.target().another();
        Session session = Session.on(bench.target().backend(), device);
        Tensor x = session.tensor(Shape.of(30, 40), DType.F32, bench.random().doubles(1200, -1, 1).toArray());
        List<Step> steps = IntStream.range(0, 5).mapToObj(i -> session.step(() -> x.matmul(x.t()).times(i).sum()))
                .toList();
        steps.forEach(Step::run);
        session.assign(x, x.times(2));
        x.exp().sum(0);
        if (device.liveBytes() < 4800) c.differs("data of 4800 bytes are told to take " + device.liveBytes());
        session.close();
        if (device.liveBytes() == 0) c.agreed(1);
        else c.differs("after its session the device holds " + device.liveBytes() + " bytes");
        return c.verdict();
    }

    /** Steps and single computations take no more memory the tenth time than the second, and give all back. */
    private static Verdict training(Bench bench) {
        Session session = bench.session();
        Comparison c = new Comparison();
        Tensor x = session.tensor(Shape.of(20, 8), DType.F32, bench.random().doubles(160, -1, 1).toArray());
        Tensor w = session.tensor(Shape.of(8, 4), DType.F32, bench.random("w").doubles(32, -1, 1).toArray());
        Tensor y = session.tensor(bench.random("y").ints(20, 0, 4).asLongStream().toArray());
        Ledger ledger = new Ledger(session.device(), c);
        List.of(x, w, y).forEach(ledger::keep);
        try (Step step = session.step(() -> {
            Tensor loss = Losses.crossEntropy(x.matmul(w), y);
            session.assign(w, w.minus(loss.gradients(w).getFirst().times(0.5)));
            return loss;
        })) {
            step.run();
            Ledger running = new Ledger(session.device(), c);
            for (int i = 0; i < 10; i++) {
                double[] before = w.toDoubles();
                step.run().item();
                if (Arrays.equals(before, w.toDoubles())) c.differs("run " + i + " did not change the weights");
                running.stays("run " + i);
            }
        }
        ledger.stays("closing the step");
        for (int i = 0; i < 10; i++) {
            double[] half = Arrays.stream(w.toDoubles()).map(v -> v / 2).toArray();
            session.assign(w, w.times(0.5));
            session.commit();
            Packed.compare(c, "assignment " + i, half, w.toDoubles());
            ledger.stays("assignment " + i);
        }
        return c.verdict();
    }

    /** Tensors that nothing refers to give their memory back when the next is made or computed. */
    private static Verdict unreachable(Bench bench) {
        Session session = bench.session();
        Comparison c = new Comparison();
        Ledger ledger = new Ledger(session.device(), c);
        Forgotten tensors = new Forgotten();
        for (int i = 0; i < 50; i++) {
            Tensor t = session.tensor(new float[1000]);
            tensors.add(t);
            tensors.add(t.plus(1).eval());
        }
        tensors.collect(session::commit, () -> session.liveBytes() == 0);
        Optional<Verdict> wrong = tensors.wrong();
        if (wrong.isPresent()) return wrong.get();
        ledger.stays("collecting 100 tensors");
        return c.verdict();
    }

    // ---- several sessions

    /** A graph of products, reductions, random numbers and rows, and a draw that is worth several threads. */
    private static final class Work {
        private static final int DRAWN = 50_000;

        private final Tensor x, result, drawn;
        private final double[] values;
        private final long seed;

        Work(Session session, long seed) {
            this.seed = seed;
            values = new java.util.SplittableRandom(seed).doubles(24 * 20, -1, 1).map(DType.F32::round).toArray();
            x = session.tensor(Shape.of(24, 20), DType.F32, values);
            Tensor noise = session.normal(Rng.of(seed), DType.F32, Shape.of(24, 20));
            drawn = session.normal(Rng.at(seed, 1), DType.F32, Shape.of(DRAWN));
            result = x.plus(noise).matmul(x.t()).times(0.1).softmax(1).matmul(x).sum(0);
        }

        void compare(Comparison c, String name) {
            c.compare(name, Quantity.FORWARD, result,
                    RunningError.on(x.session()).given(x, values).bounds(result));
            Packed.compare(c, name + ", drawn", HostRandom.of(Distribution.NORMAL, DType.F32, seed, 1, DRAWN),
                    drawn.toDoubles());
        }
    }

    private static Session another(Bench bench) {
        return Session.on(bench.target().backend(), bench.target().another());
    }

    /** Sessions on devices of their own, used in turn, closed from the middle outwards. */
    private static Verdict manySessions(Bench bench) {
        Comparison c = new Comparison();
        List<Session> open = new ArrayList<>();
        try {
            for (int i = 0; i < SESSIONS; i++) open.add(another(bench));
            List<Work> works = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) works.add(new Work(open.get(i), bench.seed() + i));
            Faults.expect(c, "tensors of two sessions", InvalidArgumentException.class,
                    () -> works.get(0).x.plus(works.get(1).x));
            Faults.expect(c, "computing for another session", InvalidArgumentException.class,
                    () -> open.get(0).eval(works.get(1).x));
            for (int i = SESSIONS - 1; i >= 0; i--) works.get(i).compare(c, "session " + i);
            while (!open.isEmpty()) {
                Session s = open.remove(open.size() / 2);
                s.close();
                if (s.liveBytes() != 0) c.differs("a closed session holds " + s.liveBytes() + " bytes");
                for (Session left : open) Faults.usable(c, left);
            }
        } finally {
            open.forEach(Session::close);
        }
        return c.verdict();
    }

    /** Runs {@code body} on a thread of its own and waits for its end; what it throws is thrown here. */
    private static void on(int threads, Consumer<Integer> body) {
        List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
        List<Thread> started = IntStream.range(0, threads).mapToObj(i -> Thread.ofPlatform().daemon().start(() -> {
            try {
                body.accept(i);
            } catch (Throwable e) {
                thrown.add(e);
            }
        })).toList();
        for (Thread t : started) {
            try {
                t.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while threads of a case ran", e);
            }
        }
        if (thrown.isEmpty()) return;
        switch (thrown.getFirst()) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    private static Verdict sessionsOnThreads(Bench bench) {
        List<Comparison> each = IntStream.range(0, THREADS).mapToObj(_ -> new Comparison()).toList();
        on(THREADS, i -> {
            for (int round = 0; round < 3; round++) {
                Session session = another(bench);
                try (session) {
                    new Work(session, bench.seed() + i).compare(each.get(i), "thread " + i + " round " + round);
                }
                if (session.liveBytes() != 0)
                    each.get(i).differs("a closed session holds " + session.liveBytes() + " bytes");
            }
        });
        return verdict(each);
    }

    /** The first that is no pass, or how much was compared in all. */
    private static Verdict verdict(List<Comparison> each) {
        long compared = 0;
        for (Comparison c : each) {
            if (!(c.verdict() instanceof Verdict.Pass(Verdict.Evidence e))) return c.verdict();
            compared += e.compared();
        }
        return Verdict.passed(compared);
    }

    /** Made on one thread, computed on a second, replayed on a third, closed on a fourth. */
    private static Verdict handedOver(Bench bench) {
        Comparison c = new Comparison();
        List<Session> session = new ArrayList<>();
        List<Work> work = new ArrayList<>();
        List<Step> step = new ArrayList<>();
        List<Consumer<Integer>> stages = List.of(_ -> {
            session.add(another(bench));
            work.add(new Work(session.getFirst(), bench.seed()));
            step.add(session.getFirst().step(() -> work.getFirst().x.sum(0)));
        }, _ -> work.getFirst().compare(c, "on another thread"), _ -> {
            Tensor x = work.getFirst().x, sum = x.sum(0);
            c.compare("a step on another thread", Quantity.FORWARD, step.getFirst().run().value(0),
                    RunningError.on(x.session()).given(x, work.getFirst().values).bounds(sum));
        }, _ -> session.getFirst().close());
        stages.forEach(stage -> on(1, stage));
        if (session.getFirst().liveBytes() != 0)
            c.differs("the session holds " + session.getFirst().liveBytes() + " bytes");
        return c.verdict();
    }

    /** A thread that is interrupted computes as any other and is interrupted afterwards. */
    private static Verdict interrupted(Bench bench) {
        Comparison c = new Comparison();
        on(1, _ -> {
            Thread.currentThread().interrupt();
            try (Session session = another(bench)) {
                new Work(session, bench.seed()).compare(c, "interrupted");
                Tensor big = session.normal(Rng.of(bench.seed()), DType.F32, Shape.of(192, 192)).eval();
                Step step = session.step(() -> big.matmul(big.t()).relu().sum().reshape(1));
                double once = step.run().item();
                for (int i = 0; i < 5; i++) if (step.run().item() != once)
                    c.differs("run " + i + " of the same step gives " + step.item() + ", not " + once);
            } catch (ChainruleException e) {
                c.differs("an interrupted thread: " + e.getMessage());
            }
            if (!Thread.currentThread().isInterrupted()) c.differs("the thread's interrupt was swallowed");
        });
        return c.verdict();
    }
}
