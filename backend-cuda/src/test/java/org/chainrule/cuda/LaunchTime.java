package org.chainrule.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.chainrule.DType;
import org.chainrule.Origin;
import org.chainrule.Shape;
import org.chainrule.expr.Expr.Fn2;
import org.chainrule.harness.cuda.Configuration;
import org.chainrule.harness.cuda.Configuration.Checks;
import org.chainrule.harness.cuda.Configuration.Library;
import org.chainrule.harness.cuda.Emulator;
import org.chainrule.kernels.Argument;
import org.chainrule.kernels.DeviceBuffer;
import org.chainrule.kernels.DeviceFunction;
import org.chainrule.kernels.Launch;
import org.chainrule.kernels.Recipes;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;
import org.chainrule.plan.Program.Instruction;
import org.junit.jupiter.api.Test;

/**
 * What a launch that is no part of a graph costs the host above the driver: the time of {@link CudaFunction#queue}, less that of the same call of the emulated
 * driver made directly. Surefire runs it where it is named ({@code -Dtest=LaunchTime}): a time is no test.
 */
class LaunchTime {
    private static final int ROUNDS = 400, LAUNCHES = 500;

    @Test
    @SuppressWarnings("SystemOut") // it is asked for by name
    void ofOneFunction() throws Throwable {
        Emulator emulator = Emulated.load(Configuration.DEFAULT.with(Checks.NONE));
        CudaHardware hardware = CudaHardware.all().getFirst();
        Layout line = Layout.of(Shape.of(1));
        Program sum =
                new Program(List.of(DType.F32, DType.F32), List.of(new Instruction.Binary(Fn2.ADD, 0, 1, DType.F32)),
                        List.of(2));
        try (CudaDevice device = new CudaDevice(hardware, Optional.empty(), true);
                DeviceBuffer memory = device.allocate(DType.F32, 1)) {
            Operand x = new Operand(0, DType.F32, line);
            Kernel kernel = new Kernel.Map(new Kernel.Label("add", Origin.UNKNOWN), Shape.of(1), sum, List.of(x, x),
                    List.of(x));
            Launch launch = Recipes.of(kernel, device.tuned()).launches().getFirst();
            DeviceFunction.Start<Launch> start = new DeviceFunction.Start<>(launch, kernel.label(), 0);
            device.programs().prepare(List.of(start));
            List<Double> ours = new ArrayList<>(), drivers = new ArrayList<>();
            try (CudaFunction function = (CudaFunction) device.programs().function(start);
                    Arena arena = Arena.ofConfined()) {
                for (int i = 0; i < launch.arguments().size(); i++) {
                    if (launch.arguments().get(i) instanceof Argument.I32(int n)) function.set(i, n);
                    else function.set(i, memory.memory());
                }
                Direct direct = new Direct(emulator, function, arena);
                for (int round = 0; round < ROUNDS; round++) {
                    ours.add(time(function::queue));
                    await(device, memory);
                    drivers.add(time(direct::launch));
                    await(device, memory);
                }
            }
            double all = median(ours), driver = median(drivers);
            System.out.printf("a launch takes %.0f ns, of which the emulated driver %.0f: ours are %.0f%n", all, driver,
                    all - driver);
        }
    }

    private static double time(Runnable launch) {
        long start = System.nanoTime();
        for (int i = 0; i < LAUNCHES; i++) launch.run();
        return (System.nanoTime() - start) / (double) LAUNCHES;
    }

    /** Has what was queued run, so that the queue stays short. */
    private static void await(CudaDevice device, DeviceBuffer memory) {
        device.doubles(memory);
    }

    private static double median(List<Double> times) {
        // the first half warms up
        List<Double> warm = new ArrayList<>(times.subList(times.size() / 2, times.size()));
        Collections.sort(warm);
        return warm.get(warm.size() / 2);
    }

    /** The driver's function, without JCuda. */
    private static final class Direct {
        private final MethodHandle function;
        private final MemorySegment kernel, stream, arguments;

        Direct(Emulator emulator, CudaFunction f, Arena arena) throws ReflectiveOperationException {
            SymbolLookup driver = SymbolLookup.libraryLookup(emulator.path(Library.DRIVER), arena);
            function = Linker.nativeLinker().downcallHandle(driver.find("cuLaunchKernel").orElseThrow(),
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
                            JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
            kernel = MemorySegment.ofAddress(((Address.Function) field(f, "function")).value());
            stream = MemorySegment.ofAddress(((CudaQueue) field(f, "queue")).stream().value());
            arguments = MemorySegment.ofAddress(((Address.OnHost) field(f, "addresses")).value());
        }

        private static Object field(Object of, String name) throws ReflectiveOperationException {
            Field field = of.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(of);
        }

        void launch() {
            try {
                int status = (int) function.invokeExact(kernel, 1, 1, 1, 256, 1, 1, 0, stream, arguments,
                        MemorySegment.NULL);
                if (status != 0) throw new IllegalStateException("cuLaunchKernel gave " + status);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
