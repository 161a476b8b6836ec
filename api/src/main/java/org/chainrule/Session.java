package org.chainrule;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.chainrule.data.Shuffle;
import org.chainrule.expr.Expr;
import org.chainrule.graph.Op;
import org.chainrule.plan.Plan;
import org.chainrule.plan.Plan.Assignment;
import org.chainrule.plan.Planner;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;

/**
 * An opened device and the tensors on it. Closing it releases every buffer; tensors whose value is no longer reachable
 * give their memory back before that. A session belongs to one thread at a time.
 */
public final class Session implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    private final String backend;
    private final Device device;
    private final Set<Buffer> owned = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Queue<Buffer> unreachable = new ConcurrentLinkedQueue<>();
    private final List<Assignment> pending = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final boolean checked = "nan".equals(System.getProperty("chainrule.check", ""));
    private Optional<List<Assignment>> recording = Optional.empty();
    /** Tensors whose value was observed while a step is recorded; the step computes them anew in each run. */
    private final List<Tensor> peeked = new ArrayList<>();
    private boolean open = true;

    private Session(Backends.Opened opened) {
        this.backend = opened.backend();
        this.device = opened.device();
    }

    /** A session on what {@code -Dchainrule.backend} or {@code CHAINRULE_BACKEND} says, or on the best ready device. */
    public static Session open() {
        return open(Backends.configured());
    }

    /** A session on {@code spec}: {@code cpu}, {@code reference}, {@code opencl:1}, {@code auto}, …. */
    public static Session open(String spec) {
        return new Session(Backends.open(spec));
    }

    /** A session on a device opened by the caller, which this session closes. */
    public static Session on(String backend, Device device) {
        return new Session(new Backends.Opened(backend, device));
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

    /** The elements of {@code values}: row-major, packed, native byte order, in {@code dtype}. */
    public Tensor tensor(Shape shape, DType dtype, MemorySegment values) {
        return leaf(shape, dtype, values);
    }

    /** The remaining bytes of {@code values}: row-major, packed, native byte order, in {@code dtype}. */
    public Tensor tensor(Shape shape, DType dtype, ByteBuffer values) {
        return leaf(shape, dtype, MemorySegment.ofBuffer(values));
    }

    /** Values converted to {@code dtype}: integers wrap, bool is {@code != 0}. */
    public Tensor tensor(Shape shape, DType dtype, double... values) {
        return leaf(shape, dtype, Elements.of(dtype, values));
    }

    /** A Java array of arrays, of any depth, of one of float, double, int, long and boolean. */
    public Tensor nested(Object array) {
        List<Integer> dims = new ArrayList<>();
        Class<?> type = array.getClass();
        for (Object a = array; type.isArray(); type = type.getComponentType()) {
            int n = a == null ? 0 : Array.getLength(a);
            dims.add(n);
            a = n == 0 || !type.getComponentType().isArray() ? null : Array.get(a, 0);
        }
        Shape shape = Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
        if (shape.rank() == 0) throw new InvalidArgumentException("nested: " + type.getName() + " is not an array");
        Object flat = Array.newInstance(type, Math.toIntExact(shape.size()));
        flatten(array, shape, 0, flat, 0);
        return switch (flat) {
            case float[] v -> tensor(shape, v);
            case double[] v -> tensor(shape, v);
            case int[] v -> tensor(shape, v);
            case long[] v -> tensor(shape, v);
            case boolean[] v -> tensor(shape, v);
            default -> throw new InvalidArgumentException(
                    "nested: elements of type " + type.getName() + "; allowed are float, double, int, long, boolean");
        };
    }

    private static int flatten(Object from, Shape shape, int axis, Object to, int at) {
        int n = Array.getLength(from);
        if (n != shape.dim(axis)) throw new ShapeMismatchException("nested: ragged array: a part along axis " + axis
                + " has " + n + " elements where the first has " + shape.dim(axis));
        if (axis == shape.rank() - 1) {
            System.arraycopy(from, 0, to, at, n);
            return at + n;
        }
        for (int i = 0; i < n; i++) at = flatten(Array.get(from, i), shape, axis + 1, to, at);
        return at;
    }

    private Tensor leaf(Shape shape, DType dtype, MemorySegment values) {
        requireOpen();
        long need = Math.multiplyExact(shape.size(), dtype.bytes());
        if (values.byteSize() != need) throw new ShapeMismatchException("tensor: shape " + shape + " of " + dtype
                + " takes " + need / dtype.bytes() + " elements, " + values.byteSize() / dtype.bytes() + " were given");
        Tensor t = new Tensor(this, new Op.Leaf("tensor"), shape, dtype);
        release();
        Buffer b = allocate(dtype, Math.toIntExact(shape.size()));
        boolean done = false;
        try {
            device.upload(values, b);
            done = true;
        } finally {
            if (!done) free(b);
        }
        own(t, b);
        return t;
    }

    /** A scalar, f32. */
    public Tensor scalar(double value) {
        return tensor(Shape.SCALAR, DType.F32, value);
    }

    /** {@code value} everywhere. */
    public Tensor full(Shape shape, DType dtype, double value) {
        double[] v = new double[Math.toIntExact(shape.size())];
        Arrays.fill(v, value);
        return tensor(shape, dtype, v);
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
        List<Tensor> roots = Arrays.stream(tensors).filter(t -> t.buffer() == Buffer.NONE).distinct().toList();
        if (!roots.isEmpty()) execute(roots, List.of());
    }

    /**
     * Gives {@code target}, which lives in a buffer, a new value of its shape and dtype. It is written with the next
     * {@link #commit}, at the end of the step that is being recorded, or before the next value is observed. What was built from
     * {@code target} and not computed until then sees the new value.
     */
    public void assign(Tensor target, Tensor value) {
        requireOpen();
        requireOwn("assign", List.of(target, value));
        if (!(target.op() instanceof Op.Leaf)) throw new InvalidArgumentException("assign: " + target.name()
                + " was computed; only tensors made from values, such as parameters, can be assigned");
        if (!target.shape().equals(value.shape()) || target.dtype() != value.dtype())
            throw new ShapeMismatchException("assign: target " + target.shape() + " " + target.dtype() + " and value "
                    + value.shape() + " " + value.dtype() + " differ");
        List<Assignment> to = recording.orElse(pending);
        to.removeIf(a -> a.target() == target);
        to.add(new Assignment(target, value));
    }

    /** The value that waits to be given to {@code target}: by the step that is being recorded, else by the next {@link #commit}. */
    public Optional<Tensor> assigned(Tensor target) {
        return recording.orElse(pending).stream().filter(a -> a.target() == target).map(Assignment::value).findFirst();
    }

    /** Computes {@code tensors} and makes the assignments that wait, in one plan; while a step is recorded, does nothing. */
    public void commit(Tensor... tensors) {
        requireOpen();
        if (recording.isPresent()) return;
        requireOwn("commit", Arrays.asList(tensors));
        List<Assignment> now = List.copyOf(pending);
        pending.clear();
        execute(Arrays.stream(tensors).filter(t -> t.buffer() == Buffer.NONE).distinct().toList(), now);
    }

    private void flush() {
        if (recording.isEmpty() && !pending.isEmpty()) commit();
    }

    private void requireOwn(String name, List<Tensor> tensors) {
        for (Tensor t : tensors) if (t.session() != this)
            throw new InvalidArgumentException(name + ": " + t.name() + " belongs to another session");
    }

    private void execute(List<Tensor> roots, List<Assignment> assignments) {
        release();
        Plan plan = Planner.plan(roots, assignments, traits());
        try (Run run = new Run(this, plan)) {
            run.run(false);
            for (int i = 0; i < roots.size(); i++) own(roots.get(i), run.takeResult(i));
            if (recording.isPresent()) peeked.addAll(roots);
        }
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
        List<Assignment> assignments = new ArrayList<>();
        recording = Optional.of(assignments);
        List<Tensor> roots;
        try {
            roots = body.get();
        } finally {
            recording = Optional.empty();
            forgetPeeked();
        }
        requireOwn("step", roots);
        Plan plan = Planner.plan(roots, assignments, traits());
        for (Plan.Stream s : plan.random().reversed()) s.rng().seek(Math.min(s.rng().position(), s.first()));
        Step step = new Step(this, new Run(this, plan), roots);
        steps.add(step);
        return step;
    }

    private void forgetPeeked() {
        for (Tensor t : peeked) {
            free(t.buffer());
            t.buffer(Buffer.NONE);
        }
        peeked.clear();
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

    Buffer allocate(DType dtype, int length) {
        if (!device.traits().dtypes().contains(dtype)) throw new UnsupportedOpException(
                "backend '" + backend + "' on " + device.name() + " does not support dtype " + dtype);
        Buffer b = device.allocate(dtype, length);
        owned.add(b);
        return b;
    }

    void free(Buffer b) {
        owned.remove(b);
        b.close();
    }

    private void own(Tensor t, Buffer b) {
        t.buffer(b);
        Queue<Buffer> queue = unreachable;
        CLEANER.register(t, () -> queue.add(b));
    }

    /** Gives back the memory of tensors that can no longer be reached. */
    private void release() {
        for (Buffer b = unreachable.poll(); b != null; b = unreachable.poll()) if (owned.contains(b)) free(b);
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

    double[] read(Tensor t) {
        return t.dtype().isFloat() ? device.doubles(value(t)) : Arrays.stream(readLongs(t)).asDoubleStream().toArray();
    }

    float[] readFloats(Tensor t) {
        if (t.dtype() != DType.F32) {
            double[] d = read(t);
            float[] f = new float[d.length];
            for (int i = 0; i < f.length; i++) f[i] = (float) d[i];
            return f;
        }
        Buffer b = value(t);
        float[] f = new float[b.length()];
        device.download(b, MemorySegment.ofArray(f));
        return f;
    }

    long[] readLongs(Tensor t) {
        if (t.dtype().isFloat()) throw new InvalidArgumentException(
                "toLongs: dtype " + t.dtype() + " is not an integer type or bool; convert it, as in x.to(DType.I64)");
        Buffer b = value(t);
        byte[] raw = new byte[Math.multiplyExact(b.length(), t.dtype().bytes())];
        device.download(b, MemorySegment.ofArray(raw));
        return Elements.longs(t.dtype(), MemorySegment.ofArray(raw), b.length());
    }

    void readInto(Tensor t, MemorySegment target) {
        long need = Math.multiplyExact(t.shape().size(), t.dtype().bytes());
        if (target.byteSize() != need)
            throw new ShapeMismatchException("copyTo: shape " + t.shape() + " of " + t.dtype()
                    + " takes " + need + " bytes, the target has " + target.byteSize());
        if (target.isReadOnly()) throw new InvalidArgumentException("copyTo: the target is read-only");
        device.download(value(t), target);
    }

    /** The raw elements of {@code t}: row-major, packed, native byte order, in its dtype. */
    public byte[] readBytes(Tensor t) {
        Buffer b = value(t);
        byte[] raw = new byte[Math.multiplyExact(b.length(), t.dtype().bytes())];
        device.download(b, MemorySegment.ofArray(raw));
        return raw;
    }

    /**
     * Overwrites the elements of {@code target}, which was made from values: row-major, packed, native byte order, in its
     * dtype. What was built from it and not computed yet, and each later run of a step, sees the new ones.
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
        if (!pending.isEmpty()) flush();
        device.upload(values, target.buffer());
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
        for (Buffer b : List.copyOf(owned)) free(b);
        open = false;
        device.close();
    }

    @Override
    public String toString() {
        return "Session on " + backend + " (" + device.name() + ")";
    }
}
