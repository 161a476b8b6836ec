package org.chainrule.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.chainrule.ClosedException;
import org.chainrule.DType;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;

/** A schedule as device functions with all arguments set but those that change from run to run. */
final class QueuedSchedule implements Device.Executable {
    private final QueuedDevice device;
    private final List<DeviceBuffer> own = new ArrayList<>();
    private final List<DeviceFunction> functions = new ArrayList<>();
    private final List<Bound> bound = new ArrayList<>();
    private final List<Fed> fed = new ArrayList<>();
    private Replay replay = Replay.oneByOne(List.of());
    private boolean mayFault;
    private boolean open = true;

    /** An argument that a slot bound from outside fills; {@code last} is the number of the buffer that it was set to. */
    private static final class Bound {
        final DeviceFunction function;
        final int index, slot;
        long last;

        Bound(DeviceFunction function, int index, int slot) {
            this.function = function;
            this.index = index;
            this.slot = slot;
        }
    }

    /** An argument that a stream fills. */
    private record Fed(DeviceFunction function, int index, int number) {}

    QueuedSchedule(QueuedDevice device, Schedule schedule, Hardware hardware) {
        this.device = device;
        boolean complete = false;
        try {
            List<Schedule.Slot> slots = schedule.slots();
            DeviceBuffer[] temporaries = new DeviceBuffer[slots.size()];
            for (int i = 0; i < temporaries.length; i++)
                if (!slots.get(i).external()) temporaries[i] = own(slots.get(i).dtype(), slots.get(i).length());
            List<Recipe> recipes = schedule.kernels().stream().map(k -> Recipes.of(k, hardware)).toList();
            List<DeviceFunction.Start<Launch>> starts = new ArrayList<>();
            for (int i = 0; i < recipes.size(); i++)
                for (Launch l : recipes.get(i).launches()) starts.add(start(l, schedule, schedule.kernels().get(i)));
            device.programs().prepare(starts);
            for (int i = 0; i < recipes.size(); i++) {
                Kernel kernel = schedule.kernels().get(i);
                List<DeviceBuffer> scratch =
                        recipes.get(i).scratch().stream().map(s -> own(s.dtype(), s.length())).toList();
                for (Command c : recipes.get(i).commands())
                    add(function(c, schedule, kernel), c, kernel.label(), slots, temporaries, scratch);
            }
            replay = device.queue().replay(functions);
            complete = true;
        } finally {
            // what does not fit or compile leaves nothing behind
            if (!complete) close();
        }
    }

    private DeviceBuffer own(DType dtype, int length) {
        DeviceBuffer b = device.allocate(dtype, length);
        own.add(b);
        return b;
    }

    private DeviceFunction function(Command command, Schedule schedule, Kernel kernel) {
        return switch (command) {
            case Launch l -> device.programs().function(start(l, schedule, kernel));
            case LibraryProduct p -> device.queue().product(start(p, schedule, kernel));
        };
    }

    private static <C extends Command> DeviceFunction.Start<C> start(C command, Schedule schedule, Kernel kernel) {
        return new DeviceFunction.Start<>(command, kernel.label(), schedule.traffic(kernel));
    }

    private void add(DeviceFunction f, Command command, Kernel.Label label, List<Schedule.Slot> slots,
            DeviceBuffer[] temporaries, List<DeviceBuffer> scratch) {
        functions.add(f);
        List<Argument> arguments = command.arguments();
        for (int i = 0; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case Argument.Slot(int slot) -> {
                    if (slots.get(slot).external()) bound.add(new Bound(f, i, slot));
                    else f.set(i, temporaries[slot].memory());
                }
                case Argument.Scratch(int number) -> f.set(i, scratch.get(number).memory());
                case Argument.I32(int number) -> f.set(i, number);
                case Argument.I64(long number) -> f.set(i, number);
                case Argument.Constant c -> c.set(f, i);
                case Argument.Stream(int number) -> fed.add(new Fed(f, i, number));
                case Argument.FaultWords() -> {
                    mayFault = true;
                    f.set(i, device.fault());
                }
                case Argument.FaultOwner() -> f.set(i, device.owner(label));
            }
        }
    }

    @Override
    public void run(Buffer[] buffers, long[] streams) {
        if (!open) throw new ClosedException("a compiled schedule was run after it was closed");
        if (mayFault) device.mayFault();
        for (Bound b : bound) {
            DeviceBuffer buffer = (DeviceBuffer) buffers[b.slot];
            long memory = buffer.memory();
            if (buffer.number() == b.last) continue;
            b.function.set(b.index, memory);
            b.last = buffer.number();
        }
        for (Fed f : fed) f.function.set(f.index, streams[f.number]);
        replay.run();
    }

    @Override
    public OptionalInt launches() {
        return OptionalInt.of(functions.size());
    }

    @Override
    public void close() {
        if (!open) return;
        open = false;
        replay.close();
        functions.forEach(DeviceFunction::close);
        own.forEach(DeviceBuffer::close);
    }
}
