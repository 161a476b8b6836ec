package org.chainrule.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.chainrule.Backends;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.OutOfDeviceMemoryException;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;
import org.chainrule.spi.DeviceFilter;
import org.junit.jupiter.api.Test;

/** Devices with one fault each, and the cases that must see it. */
class FaultyDevicesTest {
    /** What the cases named say about a faulty device. */
    private static String failures(String cases, UnaryOperator<Device> fault) {
        Options options = new Options(Options.SEED, cases, "", Optional.empty(), Optional.empty(), 0);
        try (Target target = Target.of("faulty", () -> fault.apply(Backends.open("cpu").device()))) {
            ConformanceReport report = Conformance.of(target, options).run(_ -> {
            });
            assertThat(report.counts().total()).isPositive();
            return report.failures().stream().map(ConformanceReport::text).collect(Collectors.joining("\n"));
        }
    }

    @Test
    void soundDeviceHasNoFault() {
        for (String cases : new String[] {"storage/f32", "storage/many", "random/uniform/f32",
            "lifecycle/closed-buffer",
            "lifecycle/bad-index", "lifecycle/out-of-memory", "sizes/map/f32/65", "training/classification"})
            assertThat(failures(cases, d -> d)).isEmpty();
    }

    /** Changes elements on their way to the device. */
    private static UnaryOperator<Device> uploading(UnaryOperator<MemorySegment> change) {
        return d -> new DeviceFilter(d) {
            @Override
            public void upload(MemorySegment host, Buffer to) {
                super.upload(change.apply(MemorySegment.ofArray(host.toArray(ValueLayout.JAVA_BYTE))), to);
            }
        };
    }

    @Test
    void tailThatIsNotCopiedIsSeen() {
        assertThat(failures("storage/f32/device/65", uploading(s -> {
            long vectors = s.byteSize() / 16 * 16;
            s.asSlice(vectors).fill((byte) 0);
            return s;
        }))).contains("element 64");
    }

    /** Makes zeros of the floats whose magnitude is at most {@code most}. */
    private static UnaryOperator<Device> zeroing(float most) {
        return uploading(s -> {
            for (long i = 0; i + 4 <= s.byteSize(); i += 4)
                if (Math.abs(s.get(ValueLayout.JAVA_FLOAT_UNALIGNED, i)) <= most)
                    s.set(ValueLayout.JAVA_FLOAT_UNALIGNED, i, 0);
            return s;
        });
    }

    @Test
    void flushedSubnormalsAndLostZeroSignsAreSeen() {
        String extremes = "storage/f32/device/extremes";
        assertThat(failures(extremes, zeroing(Float.MIN_VALUE))).contains("wrote 0x01000000, found 0x00000000");
        assertThat(failures(extremes, zeroing(0))).contains("wrote 0x00000080, found 0x00000000");
    }

    @Test
    void uploadThatReadsTheHostLaterIsSeen() {
        UnaryOperator<Device> late = d -> new DeviceFilter(d) {
            private Runnable queued = () -> {
            };

            @Override
            public void upload(MemorySegment host, Buffer to) {
                queued = () -> super.upload(host, to);
            }

            @Override
            public void download(Buffer from, MemorySegment host) {
                queued.run();
                super.download(from, host);
            }
        };
        assertThat(failures("storage/i64/device/7", late)).contains("wrote 0x");
    }

    @Test
    void ledgerThatForgetsSmallBuffersIsSeen() {
        UnaryOperator<Device> rounding = d -> new DeviceFilter(d) {
            @Override
            public long liveBytes() {
                return super.liveBytes() / 64 * 64;
            }
        };
        assertThat(failures("storage/f32/device/7", rounding))
                .contains("allocating: the device holds 0 bytes, expected 28");
        assertThat(failures("storage/many", rounding)).contains("the device holds");
    }

    /** Changes what is given to each run. */
    private static UnaryOperator<Device> running(UnaryOperator<long[]> streams, boolean closes) {
        return d -> new DeviceFilter(d) {
            @Override
            public Executable compile(Schedule schedule) {
                Executable e = super.compile(schedule);
                return new Executable() {
                    @Override
                    public void run(Buffer[] buffers, long[] given) {
                        e.run(buffers, streams.apply(given));
                    }

                    @Override
                    public void close() {
                        if (closes) e.close();
                    }
                };
            }
        };
    }

    @Test
    void shiftedStreamIsSeenByEveryRandomCase() {
        UnaryOperator<Device> shifted = running(s -> Arrays.stream(s).map(x -> x + 1).toArray(), true);
        for (String op : new String[] {"uniform/f32/fused", "normal/f64/order", "dropout/f32/replayed",
            "uniform/f32/replayed", "normal/f32/counted", "uniform/f64/65_537".replace("_", ""), "normal/f32/scalar"})
            assertThat(failures("random/" + op, shifted)).contains("FAIL random/" + op);
    }

    @Test
    void streamCutTo32BitsIsSeen() {
        assertThat(
                failures("random/uniform/f32/seeds", running(s -> Arrays.stream(s).map(x -> (int) x).toArray(), true)))
                .contains("stream 2147483648");
    }

    @Test
    void swappedStreamsOfOneGraphAreSeen() {
        UnaryOperator<Device> swapped = running(s -> {
            long[] r = s.clone();
            if (r.length > 1) {
                r[0] = s[1];
                r[1] = s[0];
            }
            return r;
        }, true);
        assertThat(failures("random/uniform/f32/replayed", swapped)).contains("FAIL");
        assertThat(failures("random/normal/f32/order", swapped)).contains("FAIL");
    }

    @Test
    void executableThatKeepsItsTemporariesIsSeen() {
        UnaryOperator<Device> leaking = running(s -> s, false);
        for (String c : new String[] {"closing-with-all-open", "training-leaks-nothing", "handed-over", "bad-index"})
            assertThat(failures("lifecycle/" + c, leaking)).contains("FAIL lifecycle/" + c);
    }

    @Test
    void kernelThatLosesItsTailIsSeenAtTheSizeThatHasOne() {
        UnaryOperator<Device> cut = d -> new DeviceFilter(d) {
            @Override
            public Executable compile(Schedule schedule) {
                return super.compile(new Schedule(schedule.slots(),
                        schedule.kernels().stream().map(FaultyDevicesTest::withoutTail).toList()));
            }
        };
        assertThat(failures("sizes/map/f32/65", cut)).contains("FAIL sizes/map/f32/65");
        assertThat(failures("sizes/map/f32/64", cut)).isEmpty();
    }

    /** A map over a vector that forgets what is left after whole groups of 8. */
    private static Kernel withoutTail(Kernel k) {
        if (!(k instanceof Kernel.Map m) || m.shape().rank() != 1) return k;
        org.chainrule.Shape whole = org.chainrule.Shape.of(m.shape().dim(0) / 8 * 8);
        return new Kernel.Map(m.label(), whole, m.program(), m.in().stream().map(o -> over(whole, o)).toList(),
                m.out().stream().map(o -> over(whole, o)).toList());
    }

    private static org.chainrule.plan.Operand over(org.chainrule.Shape shape, org.chainrule.plan.Operand o) {
        return new org.chainrule.plan.Operand(o.slot(), o.dtype(),
                new org.chainrule.plan.Layout(shape, o.layout().offset(), o.layout().stride()));
    }

    @Test
    void errorsThatAreNotOursAreSeen() {
        UnaryOperator<Device> raw = d -> new DeviceFilter(d) {
            @Override
            public Buffer allocate(DType dtype, int length) {
                try {
                    return super.allocate(dtype, length);
                } catch (OutOfDeviceMemoryException e) {
                    throw new IllegalStateException("CL_OUT_OF_RESOURCES", e);
                }
            }
        };
        assertThat(failures("lifecycle/out-of-memory-in-a-plan", raw)).contains("CL_OUT_OF_RESOURCES");
        UnaryOperator<Device> silent = d -> new DeviceFilter(d) {
            @Override
            public Buffer allocate(DType dtype, int length) {
                try {
                    return super.allocate(dtype, length);
                } catch (OutOfDeviceMemoryException e) {
                    throw new OutOfDeviceMemoryException("out of memory", e);
                }
            }
        };
        assertThat(failures("lifecycle/out-of-memory", silent)).contains("does not tell");
    }

    @Test
    void closedBufferThatStillWorksIsSeen() {
        UnaryOperator<Device> lenient = d -> new DeviceFilter(d) {
            @Override
            public void upload(MemorySegment host, Buffer to) {
                try {
                    super.upload(host, to);
                } catch (org.chainrule.ClosedException e) {
                    host.fill((byte) 0);
                }
            }
        };
        assertThat(failures("lifecycle/closed-buffer", lenient)).contains("upload of 100 F32 threw nothing");
    }

    /** Does something else in place of running a compiled schedule. */
    private interface Running {
        void run(Device device, Schedule schedule, Device.Executable right, Buffer[] buffers, long[] streams);
    }

    private static UnaryOperator<Device> running(Running running) {
        return d -> new DeviceFilter(d) {
            @Override
            public Executable compile(Schedule schedule) {
                Executable e = super.compile(schedule);
                return new Executable() {
                    @Override
                    public void run(Buffer[] buffers, long[] streams) {
                        running.run(inner(), schedule, e, buffers, streams);
                    }

                    @Override
                    public void close() {
                        e.close();
                    }
                };
            }
        };
    }

    @Test
    void closedExecutableThatStillRunsIsSeen() {
        UnaryOperator<Device> undead = running((device, schedule, right, buffers, streams) -> {
            right.close();
            try (Device.Executable again = device.compile(schedule)) {
                again.run(buffers, streams);
            }
        });
        assertThat(failures("lifecycle/closed-executable", undead)).contains("a closed executable threw nothing");
    }

    @Test
    void stepThatDoesNotTrainIsSeen() {
        UnaryOperator<Device> idle = running((_, schedule, right, buffers, streams) -> {
            if (schedule.kernels().size() < 5) right.run(buffers, streams);
        });
        assertThat(failures("lifecycle/training-leaks-nothing", idle)).contains("run 0 did not change the weights");
    }

    @Test
    void functionThatIsOffByMoreThanItsLimitIsSeen() {
        UnaryOperator<Device> nudged = running((device, schedule, right, buffers, streams) -> {
            right.run(buffers, streams);
            for (Kernel k : schedule.kernels()) for (Operand o : k.out()) {
                double[] v = device.doubles(buffers[o.slot()]);
                for (int i = 0; i < v.length; i++) v[i] = Math.nextUp((float) v[i]);
                device.upload(Elements.of(DType.F32, v), buffers[o.slot()]);
            }
        });
        assertThat(failures("accuracy/exp/f32/dense-interval", nudged)).contains("promised are 1.0");
    }

    @Test
    void trainingThatRunsAStepTwiceIsSeen() {
        int[] runs = {0};
        UnaryOperator<Device> twice = d -> new DeviceFilter(d) {
            @Override
            public Executable compile(Schedule schedule) {
                Executable e = super.compile(schedule);
                return new Executable() {
                    @Override
                    public void run(Buffer[] buffers, long[] streams) {
                        e.run(buffers, streams);
                        if (schedule.kernels().size() > 5 && runs[0]++ == 2) e.run(buffers, streams);
                    }

                    @Override
                    public void close() {
                        e.close();
                    }
                };
            }
        };
        assertThat(failures("training/classification/f32", twice)).contains("possible is");
    }
}
