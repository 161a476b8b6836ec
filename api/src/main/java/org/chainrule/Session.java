package org.chainrule;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.chainrule.expr.Expr;
import org.chainrule.graph.Op;
import org.chainrule.plan.Plan;
import org.chainrule.plan.Planner;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;
import org.chainrule.spi.KernelByKernel;

/**
 * An opened device and the tensors on it. Closing it releases every buffer; tensors whose value is no longer reachable
 * give their memory back before that. A session belongs to one thread at a time.
 */
public final class Session implements AutoCloseable {
    private final String backend;
    private final Device device;
    private final DeviceMemory memory;
    private final Optional<Tracing> tracing;
    private final List<Step> steps = new ArrayList<>();
    private final boolean checked = "nan".equals(System.getProperty("chainrule.check", ""));
    private Assignments pending = Assignments.NONE;
    private Optional<Recording> recording = Optional.empty();
    private Duration compiling = Duration.ZERO;
    private boolean open = true;

    private Session(Backends.Opened opened, Optional<Tracing> tracing) {
        this.backend = opened.backend();
        this.device = opened.device();
        this.memory = new DeviceMemory(backend, device);
        this.tracing = tracing;
    }

    /** A session on what {@code -Dchainrule.backend} or {@code CHAINRULE_BACKEND} says, or on the best ready device. */
    public static Session open() {
        return open(Backends.configured());
    }

    /** A session on {@code spec}: {@code cpu}, {@code reference}, {@code opencl:1}, {@code auto}, …. */
    public static Session open(String spec) {
        return Tracing.configured().map(t -> traced(spec, t))
                .orElseGet(() -> new Session(Backends.open(spec), Optional.empty()));
    }

    /**
     * As {@link #open(String)}, with each kernel, transfer and compilation of the device written to {@code trace}, for
     * chrome://tracing or Perfetto; the first million of them. Sessions that name the same file add to it. {@code -Dchainrule.trace=FILE}
     * does this for every session. Throws StorageException where the file cannot be written.
     */
    public static Session open(String spec, Path trace) {
        return traced(spec, Tracing.to(trace));
    }

    private static Session traced(String spec, Tracing tracing) {
        Session session = new Session(Backends.open(spec, tracing), Optional.of(tracing));
        tracing.begin(session.backend + ": " + session.device.name());
        return session;
    }

    /** A session on a device opened by the caller, which this session closes. */
    public static Session on(String backend, Device device) {
        return new Session(new Backends.Opened(backend, device), Optional.empty());
    }

    /** The backend's name. */
    public String backend() {
        return backend;
    }

    public Device device() {
        return device;
    }

    public boolean isOpen() {
        return open;
    }

    void requireOpen() {
        if (!open) throw new ClosedException("the session is closed; its tensors and steps end with it");
    }

    // ---- tensors from Java values

    /** A vector, f32. */
    public Tensor tensor(float... values) {
        return tensor(Shape.of(values.length), values);
    }

    /** A matrix, f32; all rows have one length. */
    public Tensor tensor(float[][] rows) {
        return nested(rows);
    }

    /** A vector, f64. */
    public Tensor tensor(double... values) {
        return tensor(Shape.of(values.length), values);
    }

    /** A matrix, f64; all rows have one length. */
    public Tensor tensor(double[][] rows) {
        return nested(rows);
    }

    /** A vector, i32. */
    public Tensor tensor(int... values) {
        return leaf(Shape.of(values.length), DType.I32, MemorySegment.ofArray(values));
    }

    /** A vector, i64. */
    public Tensor tensor(long... values) {
        return tensor(Shape.of(values.length), values);
    }

    /** A matrix, i32; all rows have one length. */
    public Tensor tensor(int[][] rows) {
        return nested(rows);
    }

    /** A matrix, i64; all rows have one length. */
    public Tensor tensor(long[][] rows) {
        return nested(rows);
    }

    /** A vector, bool. */
    public Tensor tensor(boolean... values) {
        return tensor(Shape.of(values.length), values);
    }

    public Tensor tensor(Shape shape, float[] values) {
        return leaf(shape, DType.F32, MemorySegment.ofArray(values));
    }

    public Tensor tensor(Shape shape, double[] values) {
        return leaf(shape, DType.F64, MemorySegment.ofArray(values));
    }

    public Tensor tensor(Shape shape, int[] values) {
        return leaf(shape, DType.I32, MemorySegment.ofArray(values));
    }

    public Tensor tensor(Shape shape, long[] values) {
        return leaf(shape, DType.I64, MemorySegment.ofArray(values));
    }

    public Tensor tensor(Shape shape, boolean[] values) {
        byte[] b = new byte[values.length];
        for (int i = 0; i < b.length; i++) b[i] = (byte) (values[i] ? 1 : 0);
        return leaf(shape, DType.BOOL, MemorySegment.ofArray(b));
    }

    /**
     * The elements of {@code values}: row-major, packed, native byte order, in {@code dtype}. Of bool, any byte but 0 is
     * true.
     */
    public Tensor tensor(Shape shape, DType dtype, MemorySegment values) {
        return leaf(shape, dtype, values);
    }

    /** The remaining bytes of {@code values}, as {@link #tensor(Shape, DType, MemorySegment)}. */
    public Tensor tensor(Shape shape, DType dtype, ByteBuffer values) {
        return leaf(shape, dtype, MemorySegment.ofBuffer(values));
    }

    /** Values converted to {@code dtype}: integers wrap, bool is {@code != 0}. */
    public Tensor tensor(Shape shape, DType dtype, double... values) {
        return leaf(shape, dtype, Elements.of(dtype, values));
    }

    /** A Java array of arrays, of any depth, of one of float, double, int, long and boolean. */
    public Tensor nested(Object array) {
        NestedArray a = NestedArray.of(array);
        return switch (a.flat()) {
            case float[] v -> tensor(a.shape(), v);
            case double[] v -> tensor(a.shape(), v);
            case int[] v -> tensor(a.shape(), v);
            case long[] v -> tensor(a.shape(), v);
            case boolean[] v -> tensor(a.shape(), v);
            default -> throw new InvalidArgumentException("nested: elements of type "
                    + a.flat().getClass().componentType().getName()
                    + "; allowed are float, double, int, long, boolean");
        };
    }

    private Tensor leaf(Shape shape, DType dtype, MemorySegment values) {
        Tensor t = new Tensor(this, new Op.Leaf("tensor"), shape, dtype);
        if (values.byteSize() != shape.size() * dtype.bytes()) throw new ShapeMismatchException("tensor: shape " + shape
                + " of " + dtype + " takes " + shape.size() + " elements, " + values.byteSize() / dtype.bytes()
                + " were given");
        return filled(t, b -> device.upload(Elements.canonical(dtype, values), b));
    }

    /** {@code t}, a leaf, with memory that {@code upload} fills. */
    private Tensor filled(Tensor t, Consumer<Buffer> upload) {
        memory.release();
        Buffer b = memory.allocate(t.dtype(), Math.toIntExact(t.shape().size()));
        boolean done = false;
        try {
            upload.accept(b);
            done = true;
        } finally {
            if (!done) memory.free(b);
        }
        memory.own(t, b);
        return t;
    }

    /** A scalar, f32. */
    public Tensor scalar(double value) {
        return tensor(Shape.SCALAR, DType.F32, value);
    }

    /** {@code value} everywhere. */
    public Tensor full(Shape shape, DType dtype, double value) {
        return filled(new Tensor(this, new Op.Leaf("tensor"), shape, dtype), b -> {
            try (Arena arena = Arena.ofConfined()) {
                device.upload(Elements.filled(arena, dtype, shape.size(), value), b);
            }
        });
    }

    /** Zeros, f32. */
    public Tensor zeros(int... dims) {
        return full(Shape.of(dims), DType.F32, 0);
    }

    /** Ones, f32. */
    public Tensor ones(int... dims) {
        return full(Shape.of(dims), DType.F32, 1);
    }

    /** 0, 1, … n - 1, i64. */
    public Tensor arange(int n) {
        return Tensor.map("arange", new Expr.Index(0), constant(Shape.of(n), DType.I64, 0));
    }

    /** The identity matrix. */
    public Tensor eye(int n, DType dtype) {
        return Tensor.map("eye", new Expr.Index(0).eq(new Expr.Index(1)), constant(Shape.of(n, n), DType.I64, 0))
                .to(dtype);
    }

    /** A literal: it takes no memory where an op can read it as one, and no gradient flows to it. */
    public Tensor constant(Shape shape, DType dtype, double value) {
        return new Tensor(this, new Op.Constant(value), shape, dtype);
    }

    /** A scalar that {@code value} supplies anew for each run of a compiled step, and once for each other computation. */
    public Tensor hostScalar(DType dtype, DoubleSupplier value) {
        if (dtype != DType.F32 && dtype != DType.F64)
            throw new InvalidArgumentException("hostScalar: dtype " + dtype + " is not F32 or F64");
        return new Tensor(this, new Op.HostScalar(value), Shape.SCALAR, dtype);
    }

    Tensor materialised(Tensor t) {
        if (!(t.op() instanceof Op.Constant(double v))) return t;
        return full(t.shape(), t.dtype(), v);
    }

    // ---- random

    /** Uniform on [0, 1): the next stream of {@code rng}. */
    public Tensor uniform(Rng rng, DType dtype, Shape shape) {
        return random(Op.Distribution.UNIFORM, rng, dtype, shape);
    }

    /** Standard normal: the next stream of {@code rng}. */
    public Tensor normal(Rng rng, DType dtype, Shape shape) {
        return random(Op.Distribution.NORMAL, rng, dtype, shape);
    }

    /** The numbers 0 … n - 1 (i64) in an order drawn, when this is called, from the next stream of {@code rng}. */
    public Tensor permutation(Rng rng, int n) {
        return tensor(Arrays.stream(Shuffle.permutation(n, rng.seed(), rng.take())).asLongStream().toArray());
    }

    private Tensor random(Op.Distribution d, Rng rng, DType dtype, Shape shape) {
        if (dtype != DType.F32 && dtype != DType.F64)
            throw new InvalidArgumentException("random: dtype " + dtype + " is not F32 or F64");
        return new Tensor(this, new Op.Random(d, rng, rng.take()), shape, dtype);
    }

    // ---- computing

    /** Computes {@code tensors} together; those that have a value keep it. */
    public void eval(Tensor... tensors) {
        requireOpen();
        requireOwn("eval", Arrays.asList(tensors));
        flush();
        List<Tensor> roots = uncomputed(tensors);
        if (roots.isEmpty()) return;
        new Commit(this, roots, Assignments.NONE).run();
        recording.ifPresent(r -> r.peeked(roots));
    }

    /**
     * Gives {@code target}, which lives in a buffer, a new value of its shape and dtype. It is written with the next
     * {@link #commit}, at the end of the step that is being recorded, or before the next value is observed. What was built from
     * {@code target} and not computed until then sees the new value.
     */
    public void assign(Tensor target, Tensor value) {
        requireOpen();
        requireAssignable(target, value);
        Assignments one = new Assignments(Map.of(target, value));
        recording.ifPresentOrElse(r -> r.add(one), () -> pending = pending.with(one));
    }

    private void requireAssignable(Tensor target, Tensor value) {
        requireOwn("assign", List.of(target, value));
        if (!(target.op() instanceof Op.Leaf)) throw new InvalidArgumentException("assign: " + target.name()
                + " was computed; only tensors made from values, such as parameters, can be assigned");
        if (!target.shape().equals(value.shape()) || target.dtype() != value.dtype())
            throw new ShapeMismatchException("assign: target " + target.shape() + " " + target.dtype() + " and value "
                    + value.shape() + " " + value.dtype() + " differ");
    }

    /** The value that waits to be given to {@code target}: by the step that is being recorded, else by the next {@link #commit}. */
    public Optional<Tensor> assigned(Tensor target) {
        return recording.map(Recording::assignments).orElse(pending).of(target);
    }

    /**
     * Computes {@code tensors} and makes the assignments that wait, in one plan; while a step is recorded, does nothing.
     * Where it throws, no assignment was made and all of them still wait: assign a target anew to replace one that
     * cannot be computed.
     */
    public void commit(Tensor... tensors) {
        commit(Map.of(), tensors);
    }

    /**
     * As {@link #commit(Tensor...)}, with each key of {@code assignments} assigned its value besides; while a step is
     * recorded, assigns them only. Where it throws, these were not assigned.
     */
    public void commit(Map<Tensor, Tensor> assignments, Tensor... tensors) {
        requireOpen();
        assignments.forEach(this::requireAssignable);
        requireOwn("commit", Arrays.asList(tensors));
        Assignments more = new Assignments(assignments);
        if (recording.isPresent()) {
            recording.get().add(more);
            return;
        }
        Assignments before = pending;
        pending = Assignments.NONE; // what the host supplies to the plan may observe values
        boolean done = false;
        try {
            new Commit(this, uncomputed(tensors), before.with(more)).run();
            done = true;
        } finally {
            if (!done) pending = before.with(pending);
        }
    }

    private static List<Tensor> uncomputed(Tensor... tensors) {
        return Arrays.stream(tensors).filter(t -> t.buffer() == Buffer.NONE).distinct().toList();
    }

    private void flush() {
        if (recording.isEmpty() && !pending.isEmpty()) commit();
    }

    private void requireOwn(String name, List<Tensor> tensors) {
        for (Tensor t : tensors) if (t.session() != this)
            throw new InvalidArgumentException(name + ": " + t.name() + " belongs to another session");
    }

    /**
     * Records {@code body}, which builds a graph and may assign, once; the step replays it: no graph building, no
     * allocation. Its value is that of the tensor returned. A value that {@code body} observes is that of the recording;
     * the step computes it anew in each run.
     */
    public Step step(Supplier<Tensor> body) {
        return stepOf(() -> List.of(body.get()));
    }

    /** As {@link #step}, with any number of values. */
    public Step stepOf(Supplier<List<Tensor>> body) {
        requireOpen();
        if (recording.isPresent())
            throw new InvalidArgumentException("step: a step is being recorded; steps do not nest");
        flush();
        Recording r = new Recording();
        recording = Optional.of(r);
        List<Tensor> roots;
        try {
            roots = body.get();
        } finally {
            recording = Optional.empty();
            r.forgetPeeked(memory);
        }
        requireOwn("step", roots);
        Plan plan = Planner.plan(roots, r.assignments().list(), traits());
        for (Plan.Stream s : plan.random().reversed()) s.rng().seek(Math.min(s.rng().position(), s.first()));
        Step step = new Step(this, new Run(this, plan), roots);
        steps.add(step);
        return step;
    }

    /** {@code schedule}, ready to run. */
    Device.Executable executable(Schedule schedule) {
        long start = System.nanoTime();
        try {
            return checked ? new KernelByKernel(device, schedule, alone -> new CheckedExecutable(device, alone))
                    : device.compile(schedule);
        } finally {
            compiling = compiling.plusNanos(System.nanoTime() - start);
        }
    }

    /**
     * How long it took until now to compile kernels, or to find them among those that earlier sessions kept. A driver may
     * compile a part of them later, when they first run.
     */
    public Duration compileTime() {
        return compiling;
    }

    void forget(Step step) {
        steps.remove(step);
    }

    Device.Traits traits() {
        Device.Traits t = device.traits();
        return checked ? new Device.Traits(false, t.dtypes(), Set.of()) : t;
    }

    /** Whether each kernel's output is checked for NaN and infinity: {@code -Dchainrule.check=nan}. */
    boolean isChecked() {
        return checked;
    }

    // ---- memory

    DeviceMemory memory() {
        return memory;
    }

    /** Bytes on the device in live tensors and steps. */
    public long liveBytes() {
        return device.liveBytes();
    }

    private Buffer value(Tensor t) {
        requireOpen();
        flush();
        if (t.buffer() == Buffer.NONE) eval(t);
        return t.buffer();
    }

    /** Where the value of {@code t} lies, computed if it has not been, for reading it. */
    Download download(Tensor t) {
        return new Download(device, t, value(t));
    }

    void copy(Tensor t, MemorySegment target) {
        device.download(value(t), target);
    }

    /** The raw elements of {@code t}: row-major, packed, native byte order, in its dtype. */
    public byte[] readBytes(Tensor t) {
        return download(t).bytes();
    }

    /**
     * Overwrites the elements of {@code target}, which was made from values: row-major, packed, native byte order, in its
     * dtype; of bool, any byte but 0 is true. What was built from it and not computed yet, and each later run of a step,
     * sees the new ones.
     */
    public void write(Tensor target, MemorySegment values) {
        requireOpen();
        requireOwn("write", List.of(target));
        if (!(target.op() instanceof Op.Leaf)) throw new InvalidArgumentException(
                "write: " + target.name() + " was computed; only tensors made from values can be overwritten");
        if (values.byteSize() != (long) target.buffer().length() * target.dtype().bytes())
            throw new ShapeMismatchException(
                    "write: target " + target.shape() + " " + target.dtype() + " takes " + target.shape().size()
                            + " elements, " + values.byteSize() / target.dtype().bytes() + " were given");
        flush();
        device.upload(Elements.canonical(target.dtype(), values), target.buffer());
    }

    public void write(Tensor target, float... values) {
        require(target, DType.F32);
        write(target, MemorySegment.ofArray(values));
    }

    public void write(Tensor target, double... values) {
        require(target, DType.F64);
        write(target, MemorySegment.ofArray(values));
    }

    public void write(Tensor target, long... values) {
        require(target, DType.I64);
        write(target, MemorySegment.ofArray(values));
    }

    private static void require(Tensor t, DType dtype) {
        if (t.dtype() != dtype) throw new InvalidArgumentException(
                "write: the tensor has dtype " + t.dtype() + ", the values are " + dtype);
    }

    /** Releases every step, tensor and the device. Closing twice does nothing. */
    @Override
    public void close() {
        if (!open) return;
        List.copyOf(steps).forEach(Step::close);
        memory.freeAll();
        open = false;
        device.close();
        tracing.ifPresent(Tracing::flush);
    }

    @Override
    public String toString() {
        return "Session on " + backend + " (" + device.name() + ")";
    }
}
