package org.chainrule.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chainrule.BackendUnavailableException;
import org.chainrule.ChainruleException;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.InvalidArgumentException;
import org.chainrule.OutOfDeviceMemoryException;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;

/** A device that runs the recipes of kernels through one queue: all that does not depend on the driver's interface. */
public class QueuedDevice implements Device {
    private static final System.Logger LOG = System.getLogger(QueuedDevice.class.getName());
    private static final int MIB = 1 << 20;

    private final Model model;
    private final CommandQueue queue;
    private final Programs programs;
    /** Labels by the number under which kernels report: one for each line of a program, however often it runs. */
    private final Map<Kernel.Label, Integer> numbers = new HashMap<>();
    private final List<Kernel.Label> owners = new ArrayList<>();
    private final Set<Long> live = new HashSet<>();
    private final Pool pool;
    private final Staging staging;
    private final MemorySegment words;
    private final long fault;
    private boolean mayHaveFaulted;
    private long liveBytes, buffers;
    private boolean open = true;

    /**
     * What is known of a device beforehand.
     *
     * @param name     in messages
     * @param api      the interface through which it is driven, told beside its name
     * @param memory   bytes of its memory
     * @param largest  bytes of the largest buffer
     * @param dtypes   that it can compute and store
     * @param hardware what the choice of launches depends on
     */
    public record Model(String name, String api, long memory, long largest, Set<DType> dtypes, Hardware hardware) {}

    /**
     * Takes over {@code queue} and {@code programs}, which it closes.
     *
     * @throws BackendUnavailableException where the device cannot be written to
     */
    public QueuedDevice(Model model, CommandQueue queue, Programs programs) {
        this.model = model;
        this.queue = queue;
        this.programs = programs;
        pool = new Pool(queue, model.memory());
        long first = 0;
        boolean works = false;
        try {
            staging = new Staging(queue);
            words = queue.pinned(4L * Fault.WORDS);
            first = pool.take(words.byteSize());
            if (first == 0)
                throw new OutOfDeviceMemoryException(
                        model.name() + ": taking its first memory failed, for there is no room");
            queue.clear(first, words.byteSize());
            works = true;
        } catch (ChainruleException e) {
            throw new BackendUnavailableException(e.getMessage()
                    + ". Other programs may hold it: end them, or use another device or --backend cpu", e);
        } finally {
            // a device that cannot be written to leaves nothing behind
            if (!works) release(first);
        }
        fault = first;
    }

    @Override
    public String name() {
        return model.name() + " (" + model.api() + ")";
    }

    @Override
    public Traits traits() {
        return new Traits(true, model.dtypes(), Recipes.COMPOSITES);
    }

    /** What the choice of launches depends on. */
    public Hardware tuned() {
        return model.hardware();
    }

    /** What was compiled for it. */
    public Programs programs() {
        return programs;
    }

    CommandQueue queue() {
        return queue;
    }

    /** The words into which kernels report an index outside its axis. */
    long fault() {
        return fault;
    }

    /** The number under which {@code label} is found when its kernel faults. */
    int owner(Kernel.Label label) {
        return numbers.computeIfAbsent(label, l -> {
            owners.add(l);
            return owners.size() - 1;
        });
    }

    /** Tells that work was queued that may fault. */
    void mayFault() {
        mayHaveFaulted = true;
    }

    @Override
    public DeviceBuffer allocate(DType dtype, int length) {
        long bytes = (long) length * dtype.bytes();
        boolean fits = bytes <= model.largest() && liveBytes + bytes <= model.memory();
        long memory = fits ? pool.take(bytes) : 0;
        if (memory == 0) throw new OutOfDeviceMemoryException(model.name() + ": " + length + " elements of " + dtype
                + " (" + bytes / MIB + " MiB) asked; tensors hold " + liveBytes / MIB + " of "
                + model.memory() / MIB + " MiB, and one buffer may have " + model.largest() / MIB
                + ". Use a smaller model or smaller batches");
        live.add(memory);
        liveBytes += bytes;
        return new DeviceBuffer(dtype, length, this, memory, ++buffers);
    }

    void released(long memory, long bytes) {
        if (!live.remove(memory)) return;
        liveBytes -= bytes;
        pool.give(memory, bytes);
    }

    @Override
    public void upload(MemorySegment host, Buffer to) {
        DeviceBuffer b = (DeviceBuffer) to;
        staging.write(host, b.memory(), b.bytes());
    }

    @Override
    public void download(Buffer from, MemorySegment host) {
        DeviceBuffer b = (DeviceBuffer) from;
        long memory = b.memory();
        // on its way before the values, so that there is one wait for both
        boolean mayFault = mayHaveFaulted;
        if (mayFault) queue.read(fault, words, words.byteSize(), b.bytes() == 0);
        if (b.bytes() > 0) {
            if (host.isNative()) queue.read(memory, host, b.bytes(), true);
            else try (Arena confined = Arena.ofConfined()) {
                MemorySegment copy = confined.allocate(b.bytes(), 8);
                queue.read(memory, copy, b.bytes(), true);
                MemorySegment.copy(copy, 0, host, 0, b.bytes());
            }
        }
        if (mayFault) throwFault();
    }

    /** What a kernel reported in the words, as the error of the line that made it. Its report is cleared. */
    private void throwFault() {
        mayHaveFaulted = false;
        Optional<Fault> found = Fault.read(words);
        if (found.isEmpty()) return;
        queue.clear(fault, words.byteSize());
        Fault f = found.get();
        Kernel.Label label = owners.get(f.owner());
        throw new InvalidArgumentException(label.ops() + ": index " + f.index() + " is outside an axis of extent "
                + f.extent() + "\n  op made at " + label.origin());
    }

    @Override
    public double[] doubles(Buffer from) {
        DeviceBuffer b = (DeviceBuffer) from;
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment copy = confined.allocate(Math.max(8, b.bytes()), 8);
            download(b, copy);
            return Elements.doubles(b.dtype(), copy, b.length());
        }
    }

    @Override
    public Executable compile(Schedule schedule) {
        return compile(schedule, model.hardware());
    }

    /** As for hardware that is tuned otherwise. */
    public Executable compile(Schedule schedule, Hardware other) {
        return new QueuedSchedule(this, schedule, other);
    }

    @Override
    public long liveBytes() {
        return liveBytes;
    }

    @Override
    public void close() {
        if (!open) return;
        open = false;
        try {
            // what is queued may use whatever is released here
            queue.await();
        } catch (ChainruleException lost) {
            LOG.log(System.Logger.Level.DEBUG, "a device is closed that no longer answers", lost);
        }
        live.forEach(queue::release);
        live.clear();
        liveBytes = 0;
        release(fault);
    }

    private void release(long first) {
        queue.release(first);
        pool.clear();
        programs.close();
        queue.close();
    }
}
