package org.chainrule.harness.mutants;

import static org.chainrule.harness.mutants.ScheduleMutant.kernels;
import static org.chainrule.harness.mutants.ScheduleMutant.schedules;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Shape;
import org.chainrule.graph.Op;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;
import org.chainrule.spi.DeviceFilter;

/** Devices that keep, draw, or clear up wrongly. */
final class LifeMutants {
    private LifeMutants() {}

    static List<Mutant> all() {
        return List.of(
                Mutant.device("random-stream-shifted",
                        RunMutant.of((_, _, right, buffers, streams, _) -> right.run(buffers,
                                LongStream.of(streams).map(s -> s + 1).toArray()))),
                Mutant.device("random-seed-cut-to-32-bits", kernels(k -> k instanceof Kernel.Random r
                        ? new Kernel.Random(r.label(), r.distribution(), r.seed() & 0xFFFFFFFFL, r.number(), r.result())
                        : k)),
                Mutant.device("random-numbers-counted-in-16-bits", schedules(s -> new Schedule(s.slots(),
                        s.kernels().stream().flatMap(LifeMutants::countedIn16Bits).toList()))),
                Mutant.device("normal-is-uniform", kernels(k -> k instanceof Kernel.Random r
                        ? new Kernel.Random(r.label(), Op.Distribution.UNIFORM, r.seed(), r.number(), r.result()) : k)),
                Mutant.device("upload-drops-the-tail", uploading((type, values) -> {
                    int n = Math.toIntExact(values.byteSize() / type.bytes());
                    if (n > 1000) Elements.set(values, type, n - 1, 0);
                })),
                Mutant.device("upload-loses-the-sign-of-zero", uploading((type, values) -> {
                    for (int i = 0; type.isFloat() && i < values.byteSize() / type.bytes(); i++)
                        if (Elements.get(values, type, i) == 0) Elements.set(values, type, i, 0.0);
                })),
                Mutant.device("upload-from-odd-addresses-shifted", device -> new DeviceFilter(device) {
                    @Override
                    public void upload(MemorySegment host, Buffer to) {
                        boolean shifted = host.isNative() && host.address() % 2 != 0 && host.byteSize() > 1;
                        super.upload(shifted ? rotated(host) : host, to);
                    }
                }),
                Mutant.device("scalars-uploaded-once", ScalarsOnce::new),
                Mutant.device("download-of-many-drops-the-tail", LongDownload::new),
                Mutant.device("buffers-never-freed", Leaking::new),
                Mutant.device("closed-buffers-still-work", Undead::new),
                Mutant.device("ledger-always-empty", device -> new DeviceFilter(device) {
                    @Override
                    public long liveBytes() {
                        return 0;
                    }
                }),
                Mutant.device("out-of-memory-as-an-error-of-java", device -> new DeviceFilter(device) {
                    @Override
                    public Buffer allocate(DType dtype, int length) {
                        if (length > 1 << 28) throw new OutOfMemoryError("no room for " + length);
                        return super.allocate(dtype, length);
                    }
                }),
                Mutant.device("bad-index-ignored", RunMutant.of((_, _, right, buffers, streams, _) -> {
                    try {
                        right.run(buffers, streams);
                    } catch (InvalidArgumentException e) {
                        System.getLogger(LifeMutants.class.getName()).log(System.Logger.Level.DEBUG, "ignored", e);
                    }
                })),
                Mutant.device("interrupt-swallowed", RunMutant.of((_, _, right, buffers, streams, _) -> {
                    boolean interrupted = Thread.interrupted();
                    right.run(buffers, streams);
                    if (interrupted)
                        System.getLogger(LifeMutants.class.getName()).log(System.Logger.Level.DEBUG, "lost");
                })),
                Mutant.device("results-stale-after-ten-runs", RunMutant.of((_, _, right, buffers, streams, before) -> {
                    if (before < 10) right.run(buffers, streams);
                })),
                Mutant.device("input-used-as-scratch", RunMutant.of(LifeMutants::scratching)),
                Mutant.device("writes-past-its-output", RunMutant.of(LifeMutants::writingPast)),
                Mutant.device("kernels-of-five-axes-write-past-their-output",
                        RunMutant.of((device, schedule, right, buffers, streams, _) -> {
                            right.run(buffers, streams);
                            schedule.kernels().stream().filter(LifeMutants::hasFiveAxes)
                                    .forEach(k -> writePast(device, schedule, k, buffers));
                        })),
                Mutant.device("kernels-of-five-axes-write-no-zeros", RunMutant.of(LifeMutants::withoutZeros)),
                Mutant.device("scatter-adds-in-another-order-each-run", RunMutant.of(LifeMutants::inAnotherOrder)),
                Mutant.device("long-folds-in-half-width", RunMutant.of(LifeMutants::inHalfWidth)),
                Mutant.device("adds-to-what-was-there", RunMutant.of(LifeMutants::adding)));
    }

    /** After 65,536 numbers the stream begins again. */
    private static Stream<Kernel> countedIn16Bits(Kernel k) {
        if (!(k instanceof Kernel.Random r) || r.result().layout().shape().rank() != 1) return Stream.of(k);
        Layout l = r.result().layout();
        int n = l.shape().dim(0), most = 1 << 16;
        if (n <= most) return Stream.of(k);
        return IntStream.iterate(0, from -> from < n, from -> from + most)
                .mapToObj(from -> new Layout(Shape.of(Math.min(most, n - from)), l.place(from), l.stride()))
                .map(part -> new Kernel.Random(r.label(), r.distribution(), r.seed(), r.number(),
                        new Operand(r.result().slot(), r.result().dtype(), part)));
    }

    private interface Spoiling {
        void spoil(DType type, MemorySegment values);
    }

    private static UnaryOperator<Device> uploading(Spoiling spoiling) {
        return device -> new DeviceFilter(device) {
            @Override
            public void upload(MemorySegment host, Buffer to) {
                MemorySegment copy = MemorySegment.ofArray(new byte[Math.toIntExact(host.byteSize())]);
                copy.copyFrom(host);
                spoiling.spoil(to.dtype(), copy);
                super.upload(copy, to);
            }
        };
    }

    private static MemorySegment rotated(MemorySegment s) {
        byte[] from = s.toArray(ValueLayout.JAVA_BYTE), to = from.clone();
        System.arraycopy(from, 1, to, 0, from.length - 1);
        to[from.length - 1] = from[0];
        return MemorySegment.ofArray(to);
    }

    /** Believes that what was uploaded to one element still stands. */
    private static final class ScalarsOnce extends DeviceFilter {
        private final Set<Buffer> uploaded = Collections.newSetFromMap(new WeakHashMap<>());

        ScalarsOnce(Device device) {
            super(device);
        }

        @Override
        public void upload(MemorySegment host, Buffer to) {
            if (to.length() != 1 || uploaded.add(to)) super.upload(host, to);
        }
    }

    private static final class LongDownload extends DeviceFilter {
        LongDownload(Device device) {
            super(device);
        }

        @Override
        public void download(Buffer from, MemorySegment host) {
            super.download(from, host);
            if (from.length() > 65_536) Elements.set(host, from.dtype(), from.length() - 1, 0);
        }
    }

    private static final class Leaking extends WrappedBuffers {
        Leaking(Device device) {
            super(device);
        }

        @Override
        void closed(Wrapped b) {}
    }

    /** Frees when it is closed itself, and says before that it had. */
    private static final class Undead extends WrappedBuffers {
        private final List<Buffer> kept = new ArrayList<>();

        Undead(Device device) {
            super(device);
        }

        @Override
        void closed(Wrapped b) {
            kept.add(b.inner);
        }

        @Override
        public long liveBytes() {
            return super.liveBytes() - kept.stream().mapToLong(b -> (long) b.length() * b.dtype().bytes()).sum();
        }

        @Override
        public void close() {
            kept.forEach(Buffer::close);
            super.close();
        }
    }

    private static double[] read(Device device, Buffer b) {
        return device.doubles(b);
    }

    private static void write(Device device, Buffer b, double... values) {
        device.upload(Elements.of(b.dtype(), values), b);
    }

    private static void scratching(Device device, Schedule schedule, Device.Executable right, Buffer[] buffers,
            long[] streams, int before) {
        right.run(buffers, streams);
        for (Kernel k : schedule.kernels()) {
            for (Operand o : k.reads()) {
                Buffer b = buffers[o.slot()];
                boolean written = schedule.kernels().stream().flatMap(x -> x.out().stream())
                        .anyMatch(w -> w.slot() == o.slot());
                if (written || b.length() < 5 || b.dtype() != DType.F32) continue;
                double[] v = read(device, b);
                v[o.layout().offset()] += 1;
                write(device, b, v);
                return;
            }
        }
    }

    private static void writingPast(Device device, Schedule schedule, Device.Executable right, Buffer[] buffers,
            long[] streams, int before) {
        right.run(buffers, streams);
        schedule.kernels().forEach(k -> writePast(device, schedule, k, buffers));
    }

    /** Sets the element after the last of an output, where the memory has one. */
    private static void writePast(Device device, Schedule schedule, Kernel k, Buffer[] buffers) {
        for (Operand o : k.out()) {
            Buffer b = buffers[o.slot()];
            int end = o.layout().offset() + Math.toIntExact(o.layout().shape().size());
            if (!schedule.slots().get(o.slot()).external() || end >= b.length() || !b.dtype().isFloat()) continue;
            double[] v = read(device, b);
            v[end] = 1e30;
            write(device, b, v);
        }
    }

    /** Believes that a result lies in new memory, which holds zeros. */
    private static void withoutZeros(Device device, Schedule schedule, Device.Executable right, Buffer[] buffers,
            long[] streams, int before) {
        List<Operand> results = schedule.kernels().stream().filter(LifeMutants::hasFiveAxes)
                .flatMap(k -> k.out().stream())
                .filter(o -> schedule.slots().get(o.slot()).external() && o.dtype().isFloat()).toList();
        Map<Operand, MemorySegment> old = new HashMap<>();
        for (Operand o : results) old.put(o, bytes(device, buffers[o.slot()]));
        right.run(buffers, streams);
        old.forEach((o, was) -> {
            MemorySegment now = bytes(device, buffers[o.slot()]);
            int size = o.dtype().bytes();
            for (int i = 0; i < o.layout().shape().size(); i++) {
                int place = o.layout().place(i);
                if (Elements.get(now, o.dtype(), place) == 0)
                    MemorySegment.copy(was, (long) place * size, now, (long) place * size, size);
            }
            device.upload(now, buffers[o.slot()]);
        });
    }

    private static MemorySegment bytes(Device device, Buffer b) {
        MemorySegment s = MemorySegment.ofArray(new byte[b.length() * b.dtype().bytes()]);
        device.download(b, s);
        return s;
    }

    private static boolean hasFiveAxes(Kernel k) {
        return k.out().stream().anyMatch(o -> o.layout().shape().rank() >= 5);
    }

    private interface Changing {
        double changed(double v);
    }

    /** Changes the single precision results of {@code k} that stay after the run. */
    private static void change(Device device, Schedule schedule, Kernel k, Buffer[] buffers, Changing changing) {
        for (Operand o : k.out()) {
            Buffer b = buffers[o.slot()];
            if (!schedule.slots().get(o.slot()).external() || b.dtype() != DType.F32) continue;
            double[] v = read(device, b);
            for (int i = 0; i < o.layout().shape().size(); i++)
                v[o.layout().place(i)] = changing.changed(v[o.layout().place(i)]);
            write(device, b, v);
        }
    }

    /** The least difference that another order may make. */
    private static void inAnotherOrder(Device device, Schedule schedule, Device.Executable right, Buffer[] buffers,
            long[] streams, int before) {
        right.run(buffers, streams);
        if (before % 2 == 0) return;
        for (Kernel k : schedule.kernels()) {
            if (k instanceof Kernel.ScatterAdd)
                change(device, schedule, k, buffers, v -> v == 0 ? v : Math.nextUp((float) v));
        }
    }

    private static void inHalfWidth(Device device, Schedule schedule, Device.Executable right, Buffer[] buffers,
            long[] streams, int before) {
        right.run(buffers, streams);
        for (Kernel k : schedule.kernels()) {
            if (k instanceof Kernel.Reduce r
                    && r.axes().stream().mapToLong(a -> r.shape().dim(a)).reduce(1, (x, y) -> x * y) > 65_536)
                change(device, schedule, k, buffers, DType.BF16::round);
        }
    }

    /** Scatter-adds to what the memory held, which is right where it held zeros. */
    private static void adding(Device device, Schedule schedule, Device.Executable right, Buffer[] buffers,
            long[] streams, int before) {
        Map<Operand, double[]> old = new HashMap<>();
        for (Kernel k : schedule.kernels()) {
            if (k instanceof Kernel.ScatterAdd s && schedule.slots().get(s.result().slot()).external()
                    && s.result().dtype().isFloat())
                old.put(s.result(), read(device, buffers[s.result().slot()]));
        }
        right.run(buffers, streams);
        old.forEach((o, was) -> {
            double[] v = read(device, buffers[o.slot()]);
            int from = o.layout().offset(), n = Math.toIntExact(o.layout().shape().size());
            for (int i = from; i < from + n; i++) v[i] += was[i];
            write(device, buffers[o.slot()], v);
        });
    }
}
