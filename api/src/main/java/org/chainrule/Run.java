package org.chainrule;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.chainrule.graph.Op;
import org.chainrule.plan.Plan;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;

/** A plan bound to buffers: what a computation and a compiled step have in common. Running allocates nothing. */
final class Run implements AutoCloseable {
    private final Session session;
    private final Plan plan;
    private final Device.Executable executable;
    private final Buffer[] buffers;
    private final Buffer[] scalars;
    private final MemorySegment[] staging;
    private final Buffer[] results;
    private final long[] streams;
    private final int[] drawn;

    Run(Session session, Plan plan) {
        this.session = session;
        this.plan = plan;
        List<Schedule.Slot> slots = plan.schedule().slots();
        this.buffers = new Buffer[slots.size()];
        this.scalars = new Buffer[plan.scalars().size()];
        this.staging = new MemorySegment[scalars.length];
        this.results = new Buffer[plan.results().size()];
        this.streams = new long[plan.random().size()];
        this.drawn = IntStream.range(0, streams.length).boxed()
                .sorted(Comparator.comparingLong(i -> plan.random().get(i).first())).mapToInt(Integer::intValue)
                .toArray();
        Arrays.fill(buffers, Buffer.NONE);
        Arrays.fill(scalars, Buffer.NONE);
        Arrays.fill(results, Buffer.NONE);
        boolean done = false;
        try {
            for (Plan.Source s : plan.sources()) buffers[s.slot()] = s.tensor().buffer();
            for (int i = 0; i < scalars.length; i++) {
                Plan.Source s = plan.scalars().get(i);
                scalars[i] = session.memory().allocate(s.tensor().dtype(), 1);
                buffers[s.slot()] = scalars[i];
                staging[i] = s.tensor().dtype() == DType.F64 ? MemorySegment.ofArray(new double[1])
                        : MemorySegment.ofArray(new float[1]);
            }
            for (int i = 0; i < results.length; i++) {
                int slot = plan.results().get(i);
                results[i] = session.memory().allocate(slots.get(slot).dtype(), slots.get(slot).length());
                buffers[slot] = results[i];
            }
            this.executable = session.executable(plan.schedule());
            done = true;
        } finally {
            if (!done) freeBuffers();
        }
    }

    /** Runs once. {@code next}: random kernels take new streams, in the order in which the graph was built, instead of those that were recorded. */
    void run(boolean next) {
        for (int i = 0; i < scalars.length; i++) {
            if (!(plan.scalars().get(i).tensor()
                    .op() instanceof Op.HostScalar(DoubleSupplier value)))
                continue;
            if (scalars[i].dtype() == DType.F64) staging[i].set(ValueLayout.JAVA_DOUBLE, 0, value.getAsDouble());
            else staging[i].set(ValueLayout.JAVA_FLOAT, 0, (float) value.getAsDouble());
            session.device().upload(staging[i], scalars[i]);
        }
        for (int i : drawn) {
            Plan.Stream s = plan.random().get(i);
            streams[i] = next ? s.rng().take() : s.first();
        }
        executable.run(buffers, streams);
    }

    Step.Size size() {
        return new Step.Size(plan.schedule().kernels().size(), executable.launches());
    }

    /** The buffer of result {@code i}, which is no longer this run's to free. */
    Buffer takeResult(int i) {
        Buffer b = results[i];
        results[i] = Buffer.NONE;
        return b;
    }

    Buffer result(int i) {
        return results[i];
    }

    private void freeBuffers() {
        for (Buffer b : scalars) if (b != Buffer.NONE) session.memory().free(b);
        for (Buffer b : results) if (b != Buffer.NONE) session.memory().free(b);
    }

    @Override
    public void close() {
        executable.close();
        freeBuffers();
    }
}
