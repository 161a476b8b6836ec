package org.chainrule.harness.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.InvalidArgumentException;
import org.chainrule.OutOfDeviceMemoryException;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.UnsupportedOpException;
import org.chainrule.harness.Bench;
import org.chainrule.harness.Case;
import org.chainrule.harness.Comparison;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Verdict;
import org.chainrule.harness.analysis.HostRandom;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;
import org.chainrule.spi.DeviceFilter;

/** What goes wrong in the middle: it is told by an exception of ours, takes no memory, and leaves the session usable. */
final class FaultCases {
    /** Elements of one request when a device is filled; 1 TiB in all is more than any device that these cases meet. */
    private static final int BLOCK = Integer.MAX_VALUE - 1024, BLOCKS = 64;

    private FaultCases() {}

    static Stream<Case> of(String family) {
        return Stream.of(of(family, "out-of-memory", "lifecycle", FaultCases::outOfMemory),
                of(family, "out-of-memory-in-a-plan", "lifecycle", FaultCases::outOfMemoryInPlan),
                of(family, "bad-index", "gather", b -> badIndex(b, false)),
                of(family, "bad-index-in-a-step", "gather", b -> badIndex(b, true)),
                of(family, "bad-scatter-index", "scatter_add", FaultCases::badScatterIndex),
                of(family, "error-while-recording", "lifecycle", FaultCases::whileRecording),
                of(family, "error-in-supplier", "lifecycle", FaultCases::inSupplier),
                of(family, "unsupported-dtype", "lifecycle", FaultCases::unsupportedType),
                of(family, "compilation-fails", "lifecycle", FaultCases::compilationFails));
    }

    private static Case of(String family, String what, String op, Case.Check check) {
        return new Case(family + "/" + what, op, Oracle.LIFECYCLE, check);
    }

    // ---- memory

    /** Everything that a device gives in great blocks, until it refuses. */
    private static final class Filled implements AutoCloseable {
        private final List<Buffer> held = new ArrayList<>();
        private Optional<OutOfDeviceMemoryException> refusal = Optional.empty();

        Filled(Device device) {
            try {
                while (held.size() < BLOCKS) held.add(device.allocate(DType.I64, BLOCK));
            } catch (OutOfDeviceMemoryException e) {
                refusal = Optional.of(e);
            }
        }

        /** The device's own words. */
        Optional<String> refusal() {
            return refusal.map(OutOfDeviceMemoryException::getMessage);
        }

        @Override
        public void close() {
            held.forEach(Buffer::close);
        }
    }

    private static final String ASKED = (8L * BLOCK >> 20) + " MiB";

    private static Verdict outOfMemory(Bench bench) {
        Comparison c = new Comparison();
        try (Session session = Session.on(bench.target().backend(), bench.target().another())) {
            Device device = session.device();
            Tensor held = session.tensor(Shape.of(3 << 18), DType.F32, new double[3 << 18]);
            Ledger ledger = new Ledger(device, c);
            try (Filled filled = new Filled(device)) {
                long live = device.liveBytes();
                if (filled.refusal().isEmpty()) return notRefused(live);
                String message = filled.refusal().get();
                for (String part : List.of(ASKED, (live >> 20) + " MiB")) {
                    if (message.contains(part)) c.agreed(1);
                    else c.differs("the message \"" + message + "\" does not tell " + part
                            + ": what was asked for and what tensors hold");
                }
            }
            ledger.keep(held);
            ledger.stays("refusing memory");
            Faults.usable(c, session);
        }
        return c.verdict();
    }

    private static Verdict notRefused(long live) {
        return new Verdict.Unsupported("the device gave " + (live >> 20) + " MiB and has not refused");
    }

    /** Results and temporaries of a plan that do not fit: as a computation, as a step, and with assignments waiting. */
    private static Verdict outOfMemoryInPlan(Bench bench) {
        Comparison c = new Comparison();
        try (Session session = Session.on(bench.target().backend(), bench.target().another())) {
            Tensor w = session.tensor(1f, 2f, 3f);
            Ledger ledger = new Ledger(session.device(), c);
            ledger.keep(w);
            try (Filled filled = new Filled(session.device())) {
                long live = session.liveBytes();
                if (filled.refusal().isEmpty()) return notRefused(live);
                Faults.expect(c, "a result", OutOfDeviceMemoryException.class, () -> session.arange(BLOCK).eval(),
                        ASKED);
                Faults.expect(c, "a temporary", OutOfDeviceMemoryException.class,
                        () -> session.arange(BLOCK).cumsum(0).flip(0).cumsum(0).sum().plus(w.sum().to(DType.I64))
                                .eval());
                Faults.expect(c, "a step", OutOfDeviceMemoryException.class,
                        () -> session.step(() -> session.arange(BLOCK).cumsum(0).sum()));
                session.assign(w, w.times(2));
                Faults.expect(c, "a plan with assignments", OutOfDeviceMemoryException.class,
                        () -> session.commit(session.arange(BLOCK)));
                if (session.liveBytes() != live) c.differs("refused plans left " + (session.liveBytes() - live)
                        + " bytes on the device");
            }
            Packed.compare(c, "a tensor whose assignment waited until it could be made", new double[] {2, 4, 6},
                    w.toDoubles());
            ledger.stays("refusing plans");
            Faults.usable(c, session);
        }
        return c.verdict();
    }

    // ---- errors on the way

    /** A gather outside its axis, with kernels before and after it. */
    private static Verdict badIndex(Bench bench, boolean compiled) {
        Comparison c = new Comparison();
        for (long bad : new long[] {5, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32}) {
            try (Session session = bench.session()) {
                badIndex(c, session, bad, compiled, bench.random().doubles(15, -1, 1).toArray());
                Faults.usable(c, session);
            }
        }
        return c.verdict();
    }

    private static void badIndex(Comparison c, Session session, long bad, boolean compiled, double[] values) {
        Ledger ledger = new Ledger(session.device(), c);
        Tensor table = ledger.keep(session.tensor(Shape.of(5, 3), DType.F32, values));
        Tensor index = ledger.keep(session.tensor(0L, 4L, bad, 2L));
        ledger.grows("data", 4 * 15 + 8 * 4);
        int line = new Throwable().getStackTrace()[0].getLineNumber() + 1;
        Tensor rows = table.softmax(1).times(2).embedding(index);
        Tensor y = ledger.keep(rows.matmul(table.t()).sum(0).exp());
        String[] parts = {"gather", Long.toString(bad), "5", "FaultCases.java:" + line};
        if (!compiled) {
            Faults.expect(c, "index " + bad, InvalidArgumentException.class, y::toDoubles, parts);
            ledger.stays("an error in the middle of a plan");
            return;
        }
        try (Step step = session.step(() -> y)) {
            Faults.expect(c, "a step with index " + bad, InvalidArgumentException.class,
                    () -> step.run().value(0).toDoubles(), parts);
            session.write(index, 0L, 4L, 1L, 2L);
            double[] mended = step.run().value(0).toDoubles();
            Packed.compare(c, "the step with a good index", y.toDoubles(), mended);
        }
        ledger.grows("a step that failed and was mended, and its value computed once more", 4 * 5);
    }

    private static Verdict badScatterIndex(Bench bench) {
        Comparison c = new Comparison();
        Session session = bench.session();
        Tensor index = session.tensor(0L, 3L), x = session.tensor(1f, 2f, 3f), updates = session.tensor(4f, 5f);
        Ledger ledger = new Ledger(session.device(), c);
        List.of(index, x, updates).forEach(ledger::keep);
        Faults.expect(c, "an index beyond the axis", InvalidArgumentException.class,
                () -> x.scatterAdd(0, index, updates).toDoubles(), "scatter", "3", "FaultCases.java:");
        ledger.stays("an error in a scatter");
        Packed.compare(c, "what was added to", new double[] {1, 2, 3}, x.toDoubles());
        Faults.usable(c, session);
        return c.verdict();
    }

    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused() {
            super("by the caller");
        }
    }

    /** The body throws after it has assigned, drawn and observed: nothing of it may stay. */
    private static Verdict whileRecording(Bench bench) {
        Comparison c = new Comparison();
        Session session = bench.session();
        Tensor w = session.tensor(1f, 2f, 3f);
        Rng rng = Rng.of(bench.seed());
        Ledger ledger = new Ledger(session.device(), c);
        ledger.keep(w);
        Faults.expect(c, "a body that throws", Refused.class, () -> session.step(() -> {
            session.assign(w, w.times(2));
            session.uniform(rng, DType.F32, Shape.of(3)).plus(w).toDoubles();
            throw new Refused();
        }), "by the caller");
        ledger.stays("a step that was not recorded");
        Faults.expect(c, "a body with an error of shape", org.chainrule.ShapeMismatchException.class,
                () -> session.step(() -> w.plus(session.constant(Shape.of(2), DType.F32, 1).map(
                        org.chainrule.expr.Ops.IDENTITY))));
        Faults.expect(c, "a step within a step", InvalidArgumentException.class,
                () -> session.step(() -> session.step(() -> w).run().value(0)));
        session.commit();
        Packed.compare(c, "a tensor whose assignment was not recorded", new double[] {1, 2, 3}, w.toDoubles());
        ledger.stays("steps that were not recorded");
        Faults.usable(c, session);
        return c.verdict();
    }

    private static Verdict inSupplier(Bench bench) {
        Comparison c = new Comparison();
        Session session = bench.session();
        Tensor w = session.tensor(1f, 2f, 4f);
        AtomicBoolean fails = new AtomicBoolean(true);
        Rng rng = Rng.of(bench.seed());
        Ledger ledger = new Ledger(session.device(), c);
        ledger.keep(w);
        Tensor rate = session.hostScalar(DType.F32, () -> {
            if (fails.get()) throw new Refused();
            return 0.5;
        });
        Tensor scaled = w.times(rate);
        Faults.expect(c, "a supplier that throws", Refused.class, scaled::toDoubles, "by the caller");
        ledger.stays("a supplier that throws");
        try (Step step = session.stepOf(() -> {
            session.assign(w, w.times(rate));
            return List.of(session.uniform(rng, DType.F32, Shape.of(5)), w.times(rate));
        })) {
            Faults.expect(c, "a supplier that throws in a step", Refused.class, step::run, "by the caller");
            Packed.compare(c, "a tensor whose step failed", new double[] {1, 2, 4}, w.toDoubles());
            if (rng.position() != 0) c.differs("a run that failed took a stream of random numbers");
            fails.set(false);
            step.run();
            Packed.compare(c, "what the step assigned", new double[] {0.5, 1, 2}, w.toDoubles());
            Packed.compare(c, "random numbers of the first whole run", HostRandom
                    .of(org.chainrule.graph.Op.Distribution.UNIFORM, DType.F32, bench.seed(), 0, 5),
                    step.value(0).toDoubles());
        }
        ledger.stays("closing the step");
        Faults.usable(c, session);
        return c.verdict();
    }

    /** What is not among the device's dtypes is refused before memory is taken; where it has all, F64 is taken from it. */
    private static Verdict unsupportedType(Bench bench) {
        Comparison c = new Comparison();
        Set<DType> has = EnumSet.copyOf(bench.target().dtypes());
        DType lacking = Arrays.stream(DType.values()).filter(t -> !has.contains(t)).findFirst().orElse(DType.F64);
        has.remove(lacking);
        Session session = bench.session(new DeviceFilter(bench.device()) {
            @Override
            public Traits traits() {
                Traits t = super.traits();
                return new Traits(t.fuses(), has, t.composites());
            }
        });
        Tensor x = session.tensor(1f, 2f, 3f);
        Ledger ledger = new Ledger(session.device(), c);
        ledger.keep(x);
        String type = lacking.name();
        Faults.expect(c, "data of " + type, UnsupportedOpException.class,
                () -> session.tensor(Shape.of(2), lacking, 1, 2), type, bench.target().backend());
        Faults.expect(c, "a result of " + type, UnsupportedOpException.class, () -> x.to(lacking).eval(), type);
        Faults.expect(c, "a step with a result of " + type, UnsupportedOpException.class,
                () -> session.step(() -> x.to(lacking)), type);
        ledger.stays("refusing " + type);
        Faults.usable(c, session);
        return c.verdict();
    }

    /** A device that cannot compile: once while computing, once while recording. */
    private static Verdict compilationFails(Bench bench) {
        Comparison c = new Comparison();
        AtomicReference<Optional<RuntimeException>> failure = new AtomicReference<>(Optional.empty());
        Session session = bench.session(new DeviceFilter(bench.device()) {
            @Override
            public Executable compile(org.chainrule.plan.Schedule schedule) {
                failure.get().ifPresent(e -> {
                    throw e;
                });
                return super.compile(schedule);
            }
        });
        Tensor x = session.tensor(1f, 2f, 3f);
        Ledger ledger = new Ledger(session.device(), c);
        ledger.keep(x);
        failure.set(Optional.of(new UnsupportedOpException("no kernel for this")));
        Faults.expect(c, "computing", UnsupportedOpException.class, () -> x.plus(1).eval(), "no kernel for this");
        Faults.expect(c, "recording", UnsupportedOpException.class, () -> session.step(() -> x.plus(
                session.hostScalar(DType.F32, () -> 1))), "no kernel for this");
        session.assign(x, x.times(2));
        Faults.expect(c, "observing after an assignment", UnsupportedOpException.class, x::toDoubles);
        failure.set(Optional.empty());
        ledger.stays("failing to compile");
        Faults.usable(c, session);
        return c.verdict();
    }
}
