package org.chainrule.opencl;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.harness.Case;
import org.chainrule.harness.Family;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Target;
import org.chainrule.harness.Verdict;
import org.chainrule.kernels.Argument;
import org.chainrule.kernels.DeviceBuffer;
import org.chainrule.kernels.DeviceFunction;
import org.chainrule.kernels.Hardware;
import org.chainrule.kernels.Launch;
import org.chainrule.kernels.Recipes;
import org.chainrule.kernels.Source;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.DeviceFilter;

/** Kernels of ours with one thing taken away, compiled and launched like the right ones: what checks kernels must complain of each. */
record PlantedCases(ClHardware hardware) implements Family {
    /** Elements that one group of each guise folds. */
    private static final int FOLDED = 4111;

    /** What is taken away, and an op whose kernel has it. */
    enum Fault {
        /** The last group goes on beyond the end. */
        NO_END("if \\([^;]*>= \\(u32\\)size\\) return;", x -> x.plus(1)),
        /** Items read what others have yet to write. */
        NO_BARRIER("BARRIER;", Tensor::sum),
        /** Items read what nobody wrote. */
        NO_FIRST_VALUE("shared\\[ITEM\\(0\\)\\] = value;", Tensor::sum),
        /** The kernel is started with an argument that has no value. */
        NO_ARGUMENT("", x -> x.plus(1));

        private final String taken;
        private final Function<Tensor, Tensor> op;

        Fault(String taken, Function<Tensor, Tensor> op) {
            this.taken = taken;
            this.op = op;
        }

        String title() {
            return "planted/" + name().toLowerCase(Locale.ROOT);
        }

        Source of(Source right) {
            return taken.isEmpty() ? right : new Source(right.entry(), right.text().replaceAll(taken, ";"));
        }
    }

    @Override
    public String name() {
        return "planted";
    }

    @Override
    public Stream<Case> cases(Target target) {
        return Stream.of(Fault.values()).map(f -> new Case(f.title(), "planted", Oracle.FORMULA, _ -> {
            try (Session session =
                    Session.on("opencl", new Faulty(new OpenClDevice(hardware, Optional.empty()), hardware, f))) {
                f.op.apply(session.tensor(Shape.of(FOLDED), DType.F32, new double[FOLDED])).toFloats();
            }
            return Verdict.passed(1);
        }));
    }

    /** A device whose kernels have the fault. */
    private static final class Faulty extends DeviceFilter {
        private final OpenClDevice device;
        private final Hardware kind;
        private final Fault fault;

        Faulty(OpenClDevice device, ClHardware hardware, Fault fault) {
            super(device);
            this.device = device;
            this.kind = hardware.tuned();
            this.fault = fault;
        }

        @Override
        public Executable compile(Schedule schedule) {
            List<Kernel> kernels = schedule.kernels();
            List<Launch> launches = Recipes.of(kernels.getFirst(), kind).launches();
            if (kernels.size() != 1 || launches.size() != 1) throw new IllegalStateException("one launch is wanted");
            Launch l = launches.getFirst();
            Source wrong = fault.of(l.source());
            if (fault != Fault.NO_ARGUMENT && wrong.equals(l.source()))
                throw new IllegalStateException("there is nothing of the fault in\n" + wrong.text());
            Launch planted = new Launch(wrong, l.arguments(), l.groups(), l.items());
            DeviceFunction.Start<Launch> start =
                    new DeviceFunction.Start<>(planted, kernels.getFirst().label(), 0);
            device.programs().prepare(List.of(start));
            DeviceFunction function = device.programs().function(start);
            return new Executable() {
                @Override
                public void run(Buffer[] buffers, long[] streams) {
                    int count = l.arguments().size() - (fault == Fault.NO_ARGUMENT ? 1 : 0);
                    for (int i = 0; i < count; i++) set(function, i, l.arguments().get(i), buffers);
                    function.queue();
                }

                @Override
                public void close() {
                    function.close();
                }
            };
        }

        private static void set(DeviceFunction function, int i, Argument argument, Buffer[] buffers) {
            switch (argument) {
                case Argument.Slot(int slot) -> function.set(i, ((DeviceBuffer) buffers[slot]).memory());
                case Argument.I32(int number) -> function.set(i, number);
                case Argument.I64(long number) -> function.set(i, number);
                case Argument.Scratch _, Argument.Constant _, Argument.Stream _, Argument.FaultWords _, Argument.FaultOwner _ ->
                        throw new IllegalStateException("no planted kernel has it");
            }
        }
    }
}
