package org.chainrule.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.InvalidArgumentException;
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
    /** Times the best beyond which a form is given up after its second run. */
    private static final double HOPELESS = 4;
    /** Elements of the longest tensor. */
    private static final int LONGEST = Integer.MAX_VALUE - 8;
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
        if (file.path().isEmpty()) throw new InvalidArgumentException("-D" + BinaryCache.PROPERTY
                + "=off keeps nothing, so what is found would be lost; leave it out, or name a folder");
        for (Shape s : shapes)
            for (boolean[] transposed : new boolean[][] {{false, false}, {true, false}, {false, true}}) {
                Finding f =
                        tune(new ProductSize(DType.F32, s.dim(0), s.dim(1), s.dim(2), transposed[0], transposed[1]));
                // read again: another process may have added to it
                file.write(file.read(hardware).with(Map.of(f.size(), f.form())));
                told.accept(f.told());
            }
    }

    /**
     * The fastest form of one size.
     *
     * @param seconds      its median time
     * @param usual        the form that is taken untuned
     * @param usualSeconds its median time in the same rounds
     * @param tried        forms whose results were right
     * @param refused      forms that do not compile or start, do not fit or are wrong
     */
    public record Finding(ProductSize size, ProductForm form, double seconds, ProductForm usual, double usualSeconds,
            int tried, int refused) {
        Tuned told() {
            return new Tuned("matmul " + size, 2 * size.work(), form.toString(), seconds, usual.toString(),
                    usualSeconds, tried, refused);
        }
    }

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

        Trial(ProductSize size) {
            this.size = size;
            DType t = size.dtype();
            Operand left = operand(0, size.rows(), size.depth(), size.aTransposed());
            Operand right = operand(1, size.depth(), size.columns(), size.bTransposed());
            Operand out = operand(2, size.rows(), size.columns(), false);
            kernel = new Kernel.MatMul(new Kernel.Label("matmul", Origin.UNKNOWN), t, out.layout().shape(), left, right,
                    Program.identity(t), List.of(), List.of(out));
            int[] lengths = {length(left), length(right), length(out)};
            schedule = new Schedule(Arrays.stream(lengths).mapToObj(n -> new Schedule.Slot(t, n, true)).toList(),
                    List.of(kernel));
            SplittableRandom random = new SplittableRandom(size.toString().hashCode());
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
                device.upload(Elements.of(t, 0), one);
                done = true;
            } finally {
                if (!done) close();
            }
        }

        private int length(Operand o) {
            long n = o.layout().shape().size();
            if (n > LONGEST) throw new InvalidArgumentException("a matrix of " + size + " has " + n
                    + " elements, more than the " + LONGEST + " that one tensor may have; choose a smaller size");
            return (int) n;
        }

        private Operand operand(int slot, int rows, int columns, boolean transposed) {
            Layout l = transposed ? Layout.of(Shape.of(columns, rows)).permute(List.of(1, 0))
                    : Layout.of(Shape.of(rows, columns));
            return new Operand(slot, size.dtype(), l);
        }

        Finding run() {
            ProductForm usual = MatrixProduct.form(kernel, hardware.with(Tuning.none()));
            if (!prepare(usual)) throw new KernelCompilationException(
                    device.name() + ": " + size + " in the usual form, " + usual + ", is wrong or does not compile");
            Candidate first = candidates.getFirst();
            int tried = 1, refused = 0;
            for (ProductForm f : ProductForm.candidates(hardware, size.dtype())) {
                if (f.equals(usual) || f instanceof ProductForm.Elements && size.work() > MANY
                        || !MatrixProduct.takes(kernel, f, hardware))
                    continue;
                if (prepare(f)) tried++;
                else refused++;
                // what is out of the race gives its memory to the next
                if (candidates.size() > FINALISTS + 1) drop(candidates.stream().filter(c -> c != first)
                        .max(Comparator.comparingDouble(Candidate::median)).orElseThrow());
            }
            double least = candidates.stream().mapToDouble(Candidate::median).min().orElseThrow();
            int runs = (int) Math.clamp(TURN / least, 1, 10_000);
            candidates.forEach(c -> c.seconds.clear());
            for (int r = 0; r < ROUNDS; r++) for (Candidate c : candidates) c.seconds.add(seconds(c.executable, runs));
            Candidate best = candidates.stream().min(Comparator.comparingDouble(Candidate::median)).orElseThrow();
            if (best.median() > first.median() * (1 - WORTH)) best = first;
            return new Finding(size, best.form, best.median(), usual, first.median(), tried, refused);
        }

        /** Makes a form a candidate, timed; false where it does not compile or start, does not fit or is wrong. */
        private boolean prepare(ProductForm form) {
            Device.Executable e;
            try {
                e = compiler.compile(schedule, hardware.with(new Tuning(Map.of(size, form))));
            } catch (KernelCompilationException | OutOfDeviceMemoryException no) {
                return false;
            }
            Candidate c = new Candidate(form, e, new ArrayList<>());
            candidates.add(c);
            boolean works = false;
            try {
                works = isRight(c);
            } catch (KernelCompilationException | OutOfDeviceMemoryException no) {
                // it compiles and does not start
            }
            if (!works) drop(c);
            return works;
        }

        private void drop(Candidate c) {
            candidates.remove(c);
            c.executable.close();
        }

        /** Runs a form, the first time perhaps to have it compiled, and compares its result. */
        private boolean isRight(Candidate c) {
            device.upload(Elements.of(size.dtype(), nothing), buffers.get(2));
            double first = seconds(c.executable, 1);
            if (!isRight()) return false;
            double best = candidates.stream().filter(other -> other != c).mapToDouble(Candidate::median).min()
                    .orElse(first);
            double warm = seconds(c.executable, 1);
            if (warm < HOPELESS * best) warm = Math.min(warm, seconds(c.executable, 1));
            c.seconds.add(warm);
            return true;
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
            // the device's roundings, and those of the sum here
            double unit = (size.dtype() == DType.F64 ? 0x1p-53 : 0x1p-24) + 0x1p-53;
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
