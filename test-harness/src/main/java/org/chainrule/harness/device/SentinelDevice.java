package org.chainrule.harness.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.chainrule.DType;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;
import org.chainrule.spi.DeviceFilter;

/**
 * A device whose buffers lie between sentinels. Schedules run kernel by kernel; before each the elements that it is to
 * write are poisoned, after each everything else in the memory of the schedule must be as it was and no poison may be left in what
 * it was to write. The poison is a quiet NaN with a payload of its own; in integers a number that no test computes.
 */
public final class SentinelDevice extends DeviceFilter {
    /** Elements on either side of a buffer: a multiple of every vector, so that alignment stays as it was. */
    static final int MARGIN = 64;
    /** The bytes of the poison, the last first: the exponent and the quiet bit of a NaN in each float type. */
    private static final byte[] POISON = {0x7F, (byte) 0xFD, (byte) 0xAD};

    public SentinelDevice(Device device) {
        super(device);
    }

    /** A kernel wrote where it must not, or did not write where it must. */
    public static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Violation(String what) {
            super(what);
        }

        /** Which kernel did what. */
        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    private static final class Guarded implements Buffer {
        private final Buffer whole;
        private final int length;

        Guarded(Buffer whole, int length) {
            this.whole = whole;
            this.length = length;
        }

        @Override
        public DType dtype() {
            return whole.dtype();
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public void close() {
            whole.close();
        }
    }

    @Override
    public Buffer allocate(DType dtype, int length) {
        Buffer whole = inner().allocate(dtype, length + 2 * MARGIN);
        inner().upload(poison(dtype, whole.length()), whole);
        return new Guarded(whole, length);
    }

    private static MemorySegment poison(DType dtype, int length) {
        byte[] bytes = new byte[length * dtype.bytes()];
        for (int i = 0; i < length; i++) poison(MemorySegment.ofArray(bytes), dtype, i);
        return MemorySegment.ofArray(bytes);
    }

    private static void poison(MemorySegment to, DType dtype, int element) {
        int n = dtype.bytes();
        for (int b = 0; b < n; b++) to.set(ValueLayout.JAVA_BYTE, (long) element * n + b, poison(n, b));
    }

    private static boolean isPoison(MemorySegment in, DType dtype, int element) {
        int n = dtype.bytes();
        for (int b = 0; b < n; b++)
            if (in.get(ValueLayout.JAVA_BYTE, (long) element * n + b) != poison(n, b)) return false;
        return true;
    }

    /** Byte {@code b} of the poison in a type of {@code n} bytes; no truth value is like that of one. */
    private static byte poison(int n, int b) {
        return n == 1 ? POISON[2] : POISON[Math.min(n - 1 - b, 2)];
    }

    private MemorySegment whole(Buffer b) {
        MemorySegment s = MemorySegment.ofArray(new byte[b.length() * b.dtype().bytes()]);
        if (b != Buffer.NONE) inner().download(b, s);
        return s;
    }

    private static MemorySegment middle(MemorySegment whole, Guarded b) {
        long size = b.dtype().bytes();
        return whole.asSlice(MARGIN * size, b.length() * size);
    }

    @Override
    public void upload(MemorySegment host, Buffer to) {
        Guarded b = (Guarded) to;
        MemorySegment all = whole(b.whole);
        MemorySegment.copy(host, 0, middle(all, b), 0, (long) b.length * b.dtype().bytes());
        inner().upload(all, b.whole);
    }

    @Override
    public void download(Buffer from, MemorySegment host) {
        Guarded b = (Guarded) from;
        MemorySegment.copy(middle(whole(b.whole), b), 0, host, 0, (long) b.length * b.dtype().bytes());
    }

    @Override
    public double[] doubles(Buffer from) {
        return Arrays.copyOfRange(inner().doubles(((Guarded) from).whole), MARGIN, MARGIN + from.length());
    }

    @Override
    public Executable compile(Schedule schedule) {
        return new Watched(schedule);
    }

    /** A schedule whose kernels are compiled and run one by one. */
    private final class Watched implements Executable {
        private final Schedule schedule;
        private final List<Executable> each = new ArrayList<>();
        private final Buffer[] own;

        Watched(Schedule schedule) {
            this.schedule = schedule;
            List<Schedule.Slot> slots = schedule.slots().stream()
                    .map(s -> new Schedule.Slot(s.dtype(), s.length() + 2 * MARGIN, true)).toList();
            this.own = new Buffer[slots.size()];
            Arrays.fill(own, Buffer.NONE);
            boolean done = false;
            try {
                for (int i = 0; i < own.length; i++) {
                    Schedule.Slot s = schedule.slots().get(i);
                    if (!s.external()) own[i] = allocate(s.dtype(), s.length());
                }
                for (Kernel k : schedule.kernels()) each.add(inner().compile(
                        new Schedule(slots, List.of(Kernels.withOperands(k, Watched::shifted)))));
                done = true;
            } finally {
                if (!done) close();
            }
        }

        private static Operand shifted(Operand o) {
            Layout l = o.layout();
            return new Operand(o.slot(), o.dtype(), new Layout(l.shape(), l.offset() + MARGIN, l.stride()));
        }

        @Override
        public void run(Buffer[] buffers, long[] streams) {
            Buffer[] all = new Buffer[buffers.length];
            for (int i = 0; i < all.length; i++) {
                Buffer b = own[i] != Buffer.NONE ? own[i] : buffers[i];
                all[i] = b instanceof Guarded g ? g.whole : b;
            }
            MemorySegment[] memory = memory(all);
            for (int i = 0; i < each.size(); i++)
                memory = watch(schedule.kernels().get(i), each.get(i), all, memory, streams);
        }

        private MemorySegment[] memory(Buffer[] all) {
            return Arrays.stream(all).map(SentinelDevice.this::whole).toArray(MemorySegment[]::new);
        }

        /** Runs {@code k} where the memory is as {@code before} says, and tells how it is afterwards. */
        private MemorySegment[] watch(Kernel k, Executable e, Buffer[] all, MemorySegment[] before, long[] streams) {
            for (Operand o : k.out()) {
                if (reads(k, o.slot())) continue;
                for (int i : places(o)) poison(before[o.slot()], o.dtype(), i);
                inner().upload(before[o.slot()], all[o.slot()]);
            }
            e.run(all, streams);
            MemorySegment[] after = memory(all);
            for (int slot = 0; slot < all.length; slot++)
                compare(k, slot, before[slot], after[slot], all[slot].dtype());
            return after;
        }

        private static boolean reads(Kernel k, int slot) {
            return k.reads().stream().anyMatch(o -> o.slot() == slot);
        }

        private void compare(Kernel k, int slot, MemorySegment before, MemorySegment after, DType dtype) {
            BitSet written = new BitSet();
            boolean read = reads(k, slot);
            for (Operand o : k.out()) {
                if (o.slot() != slot) continue;
                for (int i : places(o)) {
                    written.set(i);
                    if (!read && isPoison(after, dtype, i)) throw new Violation(
                            k.label() + ": element " + (i - MARGIN) + " of its output was not written");
                }
            }
            int n = dtype.bytes();
            long at = 0;
            while ((at = mismatch(before, after, at)) >= 0) {
                int element = (int) (at / n);
                if (!written.get(element)) throw new Violation(k.label() + ": element " + (element - MARGIN)
                        + " of a buffer of " + (before.byteSize() / n - 2 * MARGIN) + (read ? " that it reads" : "")
                        + " was overwritten, which is none of its output");
                at = (long) (element + 1) * n;
            }
        }

        private static long mismatch(MemorySegment a, MemorySegment b, long from) {
            long at = a.asSlice(from).mismatch(b.asSlice(from));
            return at < 0 ? at : from + at;
        }

        private static int[] places(Operand o) {
            return IntStream.range(0, Math.toIntExact(o.layout().shape().size()))
                    .map(i -> o.layout().place(i) + MARGIN).toArray();
        }

        @Override
        public void close() {
            each.forEach(Executable::close);
            for (Buffer b : own) b.close();
        }
    }
}
