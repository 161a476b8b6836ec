package org.chainrule.harness.cases;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.harness.Bench;
import org.chainrule.harness.Case;
import org.chainrule.harness.Comparison;
import org.chainrule.harness.Family;
import org.chainrule.harness.Names;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Target;
import org.chainrule.harness.Verdict;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;

/** What is written must come back, bit by bit, whichever way it goes in and out; and the ledger follows each allocation. */
final class StorageCases implements Family {
    /** None, one, primes, the sides of usual blocks and vectors, and more than a million. */
    private static final List<Integer> SIZES = List.of(0, 1, 2, 3, 7, 13, 63, 64, 65, 127, 1023, 1024, 1025, 4098,
            65_537, 1_048_583);
    private static final List<Shape> SHAPES = List.of(Shape.SCALAR, Shape.of(1), Shape.of(0), Shape.of(3, 0, 2),
            Shape.of(207), Shape.of(23, 47));
    private static final int BUFFERS = 256;

    @Override
    public String name() {
        return "storage";
    }

    @Override
    public Stream<Case> cases(Target target) {
        return Stream.concat(Stream.of(DType.values()).flatMap(this::ofType),
                Stream.of(of("many", StorageCases::many)));
    }

    private Stream<Case> ofType(DType type) {
        String t = Names.of(type) + "/";
        Stream<Case> sizes = SIZES.stream().map(n -> of(type, t + "device/" + n,
                b -> device(b, type, r -> Packed.draw(type, n, b.random("round " + r)))));
        Stream<Case> extremes = Stream.of(of(type, t + "device/extremes", b -> device(b, type, round -> {
            byte[] x = Packed.extremes(type);
            return round == 0 ? x : reversed(x, type);
        })), of(type, t + "closing", b -> ledger(b, type)));
        Stream<Case> patterns = type.bytes() != 2 ? Stream.of()
                : Stream.of(of(type, t + "device/patterns", b -> device(b, type, _ -> Packed.patterns(type))));
        Stream<Case> routes =
                SHAPES.stream().map(s -> of(type, t + "session/" + Names.of(s), b -> session(b, type, s)));
        return Stream.of(sizes, extremes, patterns, routes).flatMap(s -> s);
    }

    private Case of(String what, Case.Check check) {
        return new Case(name() + "/" + what, "storage", Oracle.STORAGE, check);
    }

    private Case of(DType type, String what, Case.Check check) {
        return new Case(name() + "/" + what, "storage", type, Oracle.STORAGE, b -> {
            b.require(type);
            return check.run(b);
        });
    }

    private static byte[] reversed(byte[] x, DType type) {
        byte[] r = new byte[x.length];
        int size = type.bytes();
        for (int i = 0; i < x.length; i += size) System.arraycopy(x, i, r, x.length - size - i, size);
        return r;
    }

    /** Two rounds through one buffer, so that the second overwrites; the host's memory is spoilt after each upload. */
    private static Verdict device(Bench bench, DType type, Function<Integer, byte[]> content) {
        Device device = bench.device();
        Comparison c = new Comparison();
        Ledger ledger = new Ledger(device, c);
        int n = content.apply(0).length / type.bytes();
        Buffer b = device.allocate(type, n);
        try (Arena arena = Arena.ofConfined()) {
            ledger.grows("allocating", (long) n * type.bytes());
            if (b.dtype() != type || b.length() != n)
                c.differs("a buffer of " + n + " " + type + " says that it has " + b.length() + " " + b.dtype());
            for (int round = 0; round < 2; round++) {
                byte[] x = content.apply(round);
                MemorySegment nativeMemory = arena.allocate(x.length + 1L).asSlice(1);
                MemorySegment from = round == 0 ? MemorySegment.ofArray(x.clone()) : nativeMemory.copyFrom(
                        MemorySegment.ofArray(x));
                device.upload(from, b);
                from.fill((byte) 0x55);
                MemorySegment heap = MemorySegment.ofArray(new byte[x.length + 1]).asSlice(1);
                device.download(b, heap);
                Packed.compare(c, "round " + round + " to the heap", type, x, heap);
                device.download(b, nativeMemory);
                Packed.compare(c, "round " + round + " to native memory", type, x, nativeMemory);
                if (type.isFloat()) Packed.compare(c, "round " + round + " as doubles",
                        Elements.doubles(type, MemorySegment.ofArray(x), n), device.doubles(b));
            }
            ledger.stays("moving elements");
        } finally {
            b.close();
        }
        ledger.grows("closing", -(long) n * type.bytes());
        b.close();
        ledger.stays("closing again");
        return c.verdict();
    }

    private record Held(Buffer buffer, byte[] content) {
        long bytes() {
            return content.length;
        }
    }

    /** Many buffers at once, read back in another order; half of them closed and the others overwritten. */
    private static Verdict many(Bench bench) {
        Device device = bench.device();
        List<DType> types = Stream.of(DType.values()).filter(bench.target().dtypes()::contains).toList();
        SplittableRandom random = bench.random();
        Comparison c = new Comparison();
        Ledger ledger = new Ledger(device, c);
        List<Held> held = new ArrayList<>();
        try {
            for (int i = 0; i < BUFFERS; i++) {
                DType type = types.get(i % types.size());
                byte[] x = Packed.draw(type, random.nextInt(3000), random);
                Buffer b = device.allocate(type, x.length / type.bytes());
                held.add(new Held(b, x));
                ledger.grows("buffer " + i, x.length);
                device.upload(MemorySegment.ofArray(x), b);
            }
            readAll(c, device, shuffled(held, random));
            for (int i = held.size() - 1; i >= 0; i -= 2) {
                Held gone = held.remove(i);
                gone.buffer.close();
                ledger.grows("closing buffer " + i, -gone.bytes());
            }
            for (int i = 0; i < held.size(); i += 3) {
                Held h = held.get(i);
                DType type = h.buffer.dtype();
                byte[] x = Packed.draw(type, h.buffer.length(), random);
                device.upload(MemorySegment.ofArray(x), h.buffer);
                held.set(i, new Held(h.buffer, x));
            }
            readAll(c, device, shuffled(held, random));
        } finally {
            held.forEach(h -> h.buffer.close());
        }
        ledger.grows("closing all", -held.stream().mapToLong(Held::bytes).sum());
        return c.verdict();
    }

    private static List<Held> shuffled(List<Held> held, SplittableRandom random) {
        List<Held> r = new ArrayList<>(held);
        for (int i = r.size() - 1; i > 0; i--) java.util.Collections.swap(r, i, random.nextInt(i + 1));
        return r;
    }

    private static void readAll(Comparison c, Device device, List<Held> held) {
        for (Held h : held) {
            MemorySegment to = MemorySegment.ofArray(new byte[h.content.length]);
            device.download(h.buffer, to);
            Packed.compare(c, "one of many, " + h.buffer.length() + " " + h.buffer.dtype(), h.buffer.dtype(), h.content,
                    to);
        }
    }

    /** Each way into a session and each way out of it. */
    private static Verdict session(Bench bench, DType type, Shape shape) {
        Session session = bench.session();
        int n = Math.toIntExact(shape.size());
        byte[] x = Packed.draw(type, n, bench.random());
        Comparison c = new Comparison();
        Ledger ledger = new Ledger(session.device(), c);
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Tensor> made = new LinkedHashMap<>();
            MemorySegment heap = MemorySegment.ofArray(x.clone());
            MemorySegment off = arena.allocate(x.length, 8).copyFrom(heap);
            made.put("heap segment", session.tensor(shape, type, heap));
            made.put("native segment", session.tensor(shape, type, off));
            made.put("heap ByteBuffer", session.tensor(shape, type, inside(ByteBuffer.allocate(x.length + 5), x)));
            made.put("direct ByteBuffer",
                    session.tensor(shape, type, inside(ByteBuffer.allocateDirect(x.length + 5), x)));
            switch (type) {
                case F32 -> made.put("float[]", session.tensor(shape, off.toArray(ValueLayout.JAVA_FLOAT)));
                case F64 -> made.put("double[]", session.tensor(shape, off.toArray(ValueLayout.JAVA_DOUBLE)));
                case I32 -> made.put("int[]", session.tensor(shape, off.toArray(ValueLayout.JAVA_INT)));
                case I64 -> made.put("long[]", session.tensor(shape, off.toArray(ValueLayout.JAVA_LONG)));
                case BOOL -> {
                    boolean[] v = new boolean[n];
                    for (int i = 0; i < n; i++) v[i] = x[i] != 0;
                    made.put("boolean[]", session.tensor(shape, v));
                }
                case F16, BF16 -> {
                }
            }
            made.values().forEach(ledger::keep);
            heap.fill((byte) 0x55);
            off.fill((byte) 0x55);
            ledger.grows("making " + made.size() + " tensors", (long) made.size() * x.length);
            made.forEach((way, t) -> read(c, "from a " + way, session, t, x, arena));
            Tensor target = made.get("heap segment");
            byte[] again = Packed.draw(type, n, bench.random("again"));
            session.write(target, MemorySegment.ofArray(again));
            read(c, "overwritten", session, target, again, arena);
            double[] numbers = Elements.doubles(type, MemorySegment.ofArray(x), n);
            ledger.stays("reading and overwriting");
            byte[] stored = Elements.of(type, numbers).toArray(ValueLayout.JAVA_BYTE);
            read(c, "from doubles", session, session.tensor(shape, type, numbers), stored, arena);
        }
        return c.verdict();
    }

    /** {@code x} after three other bytes, to be read from where the position stands. */
    private static ByteBuffer inside(ByteBuffer to, byte[] x) {
        return to.position(3).put(x).flip().position(3);
    }

    private static void read(Comparison c, String name, Session session, Tensor t, byte[] x, Arena arena) {
        DType type = t.dtype();
        Packed.compare(c, name + " by readBytes", type, x, MemorySegment.ofArray(session.readBytes(t)));
        MemorySegment off = arena.allocate(x.length, 8);
        t.copyTo(off);
        Packed.compare(c, name + " by copyTo a native segment", type, x, off);
        ByteBuffer direct = ByteBuffer.allocateDirect(x.length + 7).position(7);
        t.copyTo(direct);
        if (direct.position() != 7) c.differs(name + ": copyTo moved the buffer's position to " + direct.position());
        Packed.compare(c, name + " by copyTo a ByteBuffer", type, x, MemorySegment.ofBuffer(direct));
        double[] numbers = Elements.doubles(type, MemorySegment.ofArray(x), Math.toIntExact(t.shape().size()));
        Packed.compare(c, name + " by toDoubles", numbers, t.toDoubles());
        Packed.compare(c, name + " by toFloats", Arrays.stream(numbers).map(v -> (float) v).toArray(),
                widened(t.toFloats()));
        if (!type.isFloat()) {
            long[] want = Elements.longs(type, MemorySegment.ofArray(x), numbers.length);
            if (!Arrays.equals(want, t.toLongs())) c.differs(name + " by toLongs: expected " + Arrays.toString(want));
        }
    }

    private static double[] widened(float[] v) {
        return IntStream.range(0, v.length).mapToDouble(i -> v[i]).toArray();
    }

    /** The ledger through the life of tensors and steps: data, results, compiled steps, and back to where it began. */
    private static Verdict ledger(Bench bench, DType type) {
        Session session = bench.session();
        Comparison c = new Comparison();
        Ledger ledger = new Ledger(session.device(), c);
        long each = 207L * type.bytes();
        Tensor x = ledger.keep(session.tensor(Shape.of(207), type,
                IntStream.range(0, 207).mapToDouble(i -> i % 5).toArray()));
        ledger.grows("making a tensor", each);
        Tensor reversed = ledger.keep(x.flip(0).eval());
        ledger.grows("computing a tensor", each);
        reversed.eval();
        reversed.toDoubles();
        ledger.stays("observing it again");
        long before = session.liveBytes();
        Step step = session.step(() -> x.flip(0));
        long recorded = session.liveBytes() - before;
        ledger.grows("recording a step", recorded);
        if (recorded < each) c.differs("a step that holds a result of " + each + " bytes is told to hold " + recorded);
        for (int i = 0; i < 3; i++) step.run();
        Packed.compare(c, "the step's value", reversed.toDoubles(), step.value(0).toDoubles());
        ledger.stays("running a step");
        step.close();
        ledger.grows("closing the step", -recorded);
        step.close();
        ledger.stays("closing it again");
        session.close();
        ledger.grows("closing the session", -2 * each);
        return c.verdict();
    }
}
