package org.chainrule.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.KernelCompilationException;
import org.chainrule.Origin;
import org.chainrule.OutOfDeviceMemoryException;
import org.chainrule.Shape;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;
import org.chainrule.spi.Tuned;

/**
 * Finds which form of a product is fastest on a device, by trying all of them. A form takes part if its result is right: it must lie within the
 * rounding errors of a sum of that depth. The fastest few, and the one that would be taken untuned, compete in rounds in which each has its turn.
 */
public final class Tuner {
    /** Multiply-adds beyond which an item for each element is not tried: it reads each operand from memory again and again. */
    private static final double MANY = 1 << 22;
    private static final int FINALISTS = 5, ROUNDS = 9, CHECKED = 200;
    /** Seconds that a driver may take to compile in a first run. */
    private static final double COMPILATION = 0.5;
    /** Seconds of a turn. */
    private static final double TURN = 0.01;
    /** The share of the usual time that a form must save to be preferred. */
    private static final double WORTH = 0.03;

    private final Device device;
    private final Hardware hardware;
    private final Compiler compiler;

    /** What makes a schedule ready for hardware that is tuned in some way. */
    public interface Compiler {
        Device.Executable compile(Schedule schedule, Hardware hardware);
    }

    public Tuner(Device device, Hardware hardware, Compiler compiler) {
        this.device = device;
        this.hardware = hardware;
        this.compiler = compiler;
    }

    /**
     * Tries the products of {@code shapes}, each {@code [rows, depth, columns]}, in single precision with either operand transposed and with none, and adds
     * to {@code file} what each gives as soon as it is there.
     */
    public void tuneAll(List<Shape> shapes, TuningFile file, Consumer<Tuned> told) {
        for (Shape s : shapes)
            for (boolean[] transposed : new boolean[][] {{false, false}, {true, false}, {false, true}}) {
                Finding f =
                        tune(new ProductSize(DType.F32, s.dim(0), s.dim(1), s.dim(2), transposed[0], transposed[1]));
                // read again: another process may have added to it
                file.write(file.read(hardware).with(Map.of(f.size(), f.form())));
                told.accept(f.told());
            }
    }

    /** The fastest form of one size. */
    public record Finding(ProductSize size, ProductForm form, Tuned told) {}

    /** A form, made ready. */
    private record Candidate(ProductForm form, Device.Executable executable, List<Double> seconds) {
        double median() {
            return seconds.stream().sorted().toList().get(seconds.size() / 2);
        }
    }

    /**
     * Tries the forms for products of {@code size}.
     *
     * @throws OutOfDeviceMemoryException where the operands do not fit
     */
    public Finding tune(ProductSize size) {
        try (Trial trial = new Trial(size)) {
            return trial.run();
        }
    }

    /** One size. */
    private final class Trial implements AutoCloseable {
        private final ProductSize size;
        private final Schedule schedule;
        private final List<Buffer> buffers = new ArrayList<>();
        private final List<Candidate> candidates = new ArrayList<>();
        private final double[] a, b, nothing;
        /** What is read to wait. */
        private final Buffer one;
        private final Kernel.MatMul kernel;
        private int refused;

        Trial(ProductSize size) {
            this.size = size;
            DType t = size.dtype();
            Operand left = operand(0, size.rows(), size.depth(), size.aTransposed());
            Operand right = operand(1, size.depth(), size.columns(), size.bTransposed());
            Operand out = operand(2, size.rows(), size.columns(), false);
            kernel = new Kernel.MatMul(new Kernel.Label("matmul", Origin.UNKNOWN), t, out.layout().shape(), left, right,
                    Program.identity(t), List.of(), List.of(out));
            int[] lengths = {size.rows() * size.depth(), size.depth() * size.columns(), size.rows() * size.columns()};
            schedule = new Schedule(Arrays.stream(lengths).mapToObj(n -> new Schedule.Slot(t, n, true)).toList(),
                    List.of(kernel));
            SplittableRandom random = new SplittableRandom(size.hashCode());
            a = random.doubles(lengths[0], -1, 1).map(t::round).toArray();
            b = random.doubles(lengths[1], -1, 1).map(t::round).toArray();
            nothing = new double[lengths[2]];
            Arrays.fill(nothing, Double.NaN);
            boolean done = false;
            one = device.allocate(t, 1);
            try {
                for (int n : lengths) buffers.add(device.allocate(t, n));
                device.upload(Elements.of(t, a), buffers.get(0));
                device.upload(Elements.of(t, b), buffers.get(1));
                done = true;
            } finally {
                if (!done) close();
            }
        }

        private Operand operand(int slot, int rows, int columns, boolean transposed) {
            Layout l = transposed ? Layout.of(Shape.of(columns, rows)).permute(List.of(1, 0))
                    : Layout.of(Shape.of(rows, columns));
            return new Operand(slot, size.dtype(), l);
        }

        Finding run() {
            ProductForm usual = MatrixProduct.form(kernel, hardware.with(Tuning.none()));
            if (prepare(usual).isEmpty()) throw new KernelCompilationException(
                    device.name() + ": " + size + " in the usual form, " + usual + ", is wrong or does not compile");
            for (ProductForm f : ProductForm.candidates(hardware, size.dtype()))
                if (!(f instanceof ProductForm.Elements && size.work() > MANY) && !f.equals(usual)
                        && MatrixProduct.takes(kernel, f) && prepare(f).isEmpty())
                    refused++;
            int tried = candidates.size();
            Candidate first = candidates.getFirst();
            List<Candidate> finalists = new ArrayList<>(candidates.stream()
                    .sorted(Comparator.comparingDouble(Candidate::median)).limit(FINALISTS).toList());
            if (!finalists.contains(first)) finalists.add(first);
            int runs = (int) Math.clamp(TURN / finalists.getFirst().median(), 1, 10_000);
            finalists.forEach(c -> c.seconds.clear());
            for (int r = 0; r < ROUNDS; r++) for (Candidate c : finalists) c.seconds.add(seconds(c.executable, runs));
            Candidate best = finalists.stream().min(Comparator.comparingDouble(Candidate::median)).orElseThrow();
            if (best.median() > first.median() * (1 - WORTH)) best = first;
            return new Finding(size, best.form, new Tuned("matmul " + size, 2 * size.work(), best.form.toString(),
                    best.median(), usual.toString(), first.median(), tried, refused));
        }

        /** Makes a form ready and times it once warm; empty where it does not compile, does not fit or is wrong. */
        private Optional<Candidate> prepare(ProductForm form) {
            Hardware tuned = hardware.with(new Tuning(Map.of(size, form)));
            Device.Executable e;
            try {
                e = compiler.compile(schedule, tuned);
            } catch (KernelCompilationException | OutOfDeviceMemoryException no) {
                return Optional.empty();
            }
            boolean keeps = false;
            try {
                device.upload(Elements.of(size.dtype(), nothing), buffers.get(2));
                double warm = Double.POSITIVE_INFINITY;
                for (int i = 0; i < 3 && warm > 0 && !isHopeless(warm); i++) warm = Math.min(warm, seconds(e, 1));
                if (!isRight()) return Optional.empty();
                Candidate c = new Candidate(form, e, new ArrayList<>(List.of(warm)));
                candidates.add(c);
                keeps = true;
                return Optional.of(c);
            } finally {
                if (!keeps) e.close();
            }
        }

        /** Whether one run took so much longer than the best that a second would not save it; the first may include compilation. */
        private boolean isHopeless(double seconds) {
            double best = candidates.stream().mapToDouble(Candidate::median).min().orElse(Double.POSITIVE_INFINITY);
            return Double.isFinite(seconds) && seconds > 4 * best + COMPILATION;
        }

        private double seconds(Device.Executable e, int runs) {
            Buffer[] bound = buffers.toArray(new Buffer[0]);
            long start = System.nanoTime();
            for (int i = 0; i < runs; i++) e.run(bound, new long[0]);
            device.doubles(one);
            return (System.nanoTime() - start) * 1e-9 / runs;
        }

        /** Whether elements here and there, the last among them, differ from the exact sums by what rounding explains. */
        private boolean isRight() {
            double[] found = device.doubles(buffers.get(2));
            double unit = size.dtype() == DType.F64 ? 0x1p-53 : 0x1p-24;
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < CHECKED; i++) {
                int at = i == 0 ? found.length - 1 : random.nextInt(found.length);
                int row = at / size.columns(), column = at % size.columns();
                double sum = 0, sizes = 0;
                for (int p = 0; p < size.depth(); p++) {
                    double product = a[kernel.a().layout().place(row * size.depth() + p)]
                            * b[kernel.b().layout().place(p * size.columns() + column)];
                    sum += product;
                    sizes += Math.abs(product);
                }
                if (!(Math.abs(found[at] - sum) <= (size.depth() + 2) * unit * sizes)) return false;
            }
            return Arrays.stream(found).allMatch(Double::isFinite);
        }

        @Override
        public void close() {
            candidates.forEach(c -> c.executable.close());
            buffers.forEach(Buffer::close);
            one.close();
        }
    }
}
