package org.chainrule.opencl;

import static org.lwjgl.opencl.CL10.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.chainrule.ClosedException;
import org.chainrule.kernels.Argument;
import org.chainrule.kernels.Hardware;
import org.chainrule.kernels.Launch;
import org.chainrule.kernels.Recipe;
import org.chainrule.kernels.Recipes;
import org.chainrule.kernels.Source;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;
import org.chainrule.spi.Trace;

/** A schedule as kernels with all arguments set but those that change from run to run. */
final class ClExecutable implements Device.Executable {
    private final OpenClDevice device;
    private final Arena arena = Arena.ofShared();
    private final List<ClBuffer> own = new ArrayList<>();
    private final List<Start> starts = new ArrayList<>();
    private final List<Long> kernels = new ArrayList<>();
    /** Memory of eight bytes for an argument that is being set. */
    private final MemorySegment value = arena.allocate(8, 8);
    private final Map<Source, Kernel.Label> sources = new LinkedHashMap<>();
    private boolean mayFault;
    private boolean ran;
    private boolean open = true;

    /** A kernel ready to be queued; {@code total} and {@code items} lie off the heap. {@code traffic} is that of the whole kernel of the plan. */
    private record Start(long kernel, Kernel.Label label, long traffic, MemorySegment total, MemorySegment items,
            List<Bound> slots,
            List<Fed> streams) {}

    /** An argument that a slot bound from outside fills; {@code last} is the number of the buffer that it was set to. */
    private static final class Bound {
        final int index, slot;
        long last;

        Bound(int index, int slot) {
            this.index = index;
            this.slot = slot;
        }
    }

    /** An argument that a stream fills. */
    private record Fed(int index, int number) {}

    ClExecutable(OpenClDevice device, Schedule schedule, Hardware hardware) {
        this.device = device;
        boolean complete = false;
        try {
            List<Schedule.Slot> slots = schedule.slots();
            ClBuffer[] temporaries = new ClBuffer[slots.size()];
            for (int i = 0; i < temporaries.length; i++)
                if (!slots.get(i).external()) temporaries[i] = own(slots.get(i).dtype(), slots.get(i).length());
            List<Recipe> recipes = schedule.kernels().stream().map(k -> Recipes.of(k, hardware)).toList();
            for (int i = 0; i < recipes.size(); i++)
                for (Launch l : recipes.get(i).launches())
                    sources.putIfAbsent(l.source(), schedule.kernels().get(i).label());
            device.programs().prepare(sources);
            for (int i = 0; i < recipes.size(); i++) {
                Kernel kernel = schedule.kernels().get(i);
                long traffic = schedule.traffic(kernel);
                List<ClBuffer> scratch =
                        recipes.get(i).scratch().stream().map(s -> own(s.dtype(), s.length())).toList();
                for (Launch l : recipes.get(i).launches())
                    starts.add(start(l, kernel.label(), traffic, slots, temporaries, scratch));
            }
            complete = true;
        } finally {
            // what does not fit or compile leaves nothing behind
            if (!complete) close();
        }
    }

    private ClBuffer own(org.chainrule.DType dtype, int length) {
        ClBuffer b = device.allocate(dtype, length);
        own.add(b);
        return b;
    }

    private Start start(Launch launch, Kernel.Label label, long traffic, List<Schedule.Slot> slots,
            ClBuffer[] temporaries, List<ClBuffer> scratch) {
        long kernel = device.programs().kernel(launch.source(), label);
        kernels.add(kernel);
        List<Bound> bound = new ArrayList<>();
        List<Fed> fed = new ArrayList<>();
        for (int i = 0; i < launch.arguments().size(); i++) {
            switch (launch.arguments().get(i)) {
                case Argument.Slot(int slot) -> {
                    if (slots.get(slot).external()) bound.add(new Bound(i, slot));
                    else setMemory(kernel, i, temporaries[slot].memory());
                }
                case Argument.Scratch(int number) -> setMemory(kernel, i, scratch.get(number).memory());
                case Argument.I32(int number) -> setInt(kernel, i, number);
                case Argument.I64(long number) -> setLong(kernel, i, number);
                case Argument.Stream(int number) -> fed.add(new Fed(i, number));
                case Argument.FaultWords() -> {
                    mayFault = true;
                    setMemory(kernel, i, device.fault());
                }
                case Argument.FaultOwner() -> setInt(kernel, i, device.owner(label));
            }
        }
        Launch.Extent g = launch.groups(), n = launch.items();
        return new Start(kernel, label, traffic,
                arena.allocateFrom(ValueLayout.JAVA_LONG, (long) g.x() * n.x(), (long) g.y() * n.y(),
                        (long) g.z() * n.z()),
                arena.allocateFrom(ValueLayout.JAVA_LONG, n.x(), n.y(), n.z()), bound, fed);
    }

    private void setMemory(long kernel, int index, long memory) {
        setLong(kernel, index, memory);
    }

    private void setLong(long kernel, int index, long number) {
        value.set(ValueLayout.JAVA_LONG, 0, number);
        set(kernel, index, Long.BYTES);
    }

    private void setInt(long kernel, int index, int number) {
        value.set(ValueLayout.JAVA_INT, 0, number);
        set(kernel, index, Integer.BYTES);
    }

    private void set(long kernel, int index, int bytes) {
        Cl.check(nclSetKernelArg(kernel, index, bytes, value.address()), device.hardwareName(), "setting an argument");
    }

    @Override
    public void run(Buffer[] buffers, long[] streams) {
        if (!open) throw new ClosedException("a compiled schedule was run after it was closed");
        if (mayFault) device.mayFault();
        if (ran || !device.compilesWhenRun()) start(buffers, streams);
        else runFirst(buffers, streams);
    }

    @Override
    public OptionalInt launches() {
        return OptionalInt.of(starts.size());
    }

    /** Where a driver compiles once more when a kernel first runs, nobody else may compile until it did. */
    private void runFirst(Buffer[] buffers, long[] streams) {
        ran = true;
        if (!device.programs().firstRunOf(sources.keySet())) {
            start(buffers, streams);
            return;
        }
        synchronized (Compiler.BUILDING) {
            start(buffers, streams);
            device.await();
        }
    }

    private void start(Buffer[] buffers, long[] streams) {
        for (Start s : starts) {
            for (Bound b : s.slots) {
                ClBuffer buffer = (ClBuffer) buffers[b.slot];
                long memory = buffer.memory();
                if (buffer.number() == b.last) continue;
                setMemory(s.kernel, b.index, memory);
                b.last = buffer.number();
            }
            for (Fed f : s.streams) setLong(s.kernel, f.index, streams[f.number]);
            int code =
                    nclEnqueueNDRangeKernel(device.queue(), s.kernel, 3, 0, s.total.address(), s.items.address(), 0, 0,
                            device.profile().event());
            if (code != CL_SUCCESS) throw Cl.failure(code, device.hardwareName(), "starting " + s.label);
            device.queued(s.label);
            device.profile().queued(Trace.Kind.KERNEL, s.label, s.traffic);
        }
    }

    @Override
    public void close() {
        if (!open) return;
        open = false;
        kernels.forEach(k -> clReleaseKernel(k));
        own.forEach(ClBuffer::close);
        arena.close();
    }
}
