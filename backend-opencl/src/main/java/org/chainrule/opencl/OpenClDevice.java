package org.chainrule.opencl;

import static org.lwjgl.opencl.CL10.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chainrule.BackendUnavailableException;
import org.chainrule.DType;
import org.chainrule.Elements;
import org.chainrule.InvalidArgumentException;
import org.chainrule.OutOfDeviceMemoryException;
import org.chainrule.kernels.Fault;
import org.chainrule.kernels.Hardware;
import org.chainrule.kernels.Recipes;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;
import org.chainrule.spi.Trace;
import org.chainrule.spi.Trace.Activity;
import org.chainrule.spi.Trace.Kind;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/** A context with one queue, in order. */
final class OpenClDevice implements Device {
    private static final int MIB = 1 << 20;

    private final ClHardware hardware;
    private final Hardware tuned;
    private final MemorySegment words = Arena.ofAuto().allocate(4L * Fault.WORDS, 8);
    /** Labels by the number under which kernels report: one for each line of a program, however often it runs. */
    private final Map<Kernel.Label, Integer> numbers = new HashMap<>();
    private final List<Kernel.Label> owners = new ArrayList<>();
    private final Set<Long> live = new HashSet<>();
    private final long context, queue;
    private final Pool pool;
    private final Programs programs;
    private final Staging staging;
    private final Profile profile;
    private final long fault;
    /** The kernel that was queued last: what a driver finds out late is about it, or about one before it. */
    private Kernel.Label last = Activity.UPLOADED;
    private boolean mayHaveFaulted;
    private long liveBytes, buffers;
    private boolean open = true;

    /** What it does is told to {@code trace}, from what its queue measures. */
    OpenClDevice(ClHardware hardware, Optional<Trace> trace) {
        this.hardware = hardware;
        this.tuned = hardware.tuned();
        profile = trace.<Profile>map(EventTimes::new).orElse(Profile.NONE);
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer code = stack.mallocInt(1);
            PointerBuffer properties =
                    stack.mallocPointer(3).put(0, CL_CONTEXT_PLATFORM).put(1, hardware.platform()).put(2, 0);
            context = clCreateContext(properties, hardware.id(), null, MemoryUtil.NULL, code);
            checkOpened(code.get(0), "opening the device");
            queue = clCreateCommandQueue(context, hardware.id(), profile.properties(), code);
            if (code.get(0) != CL_SUCCESS) clReleaseContext(context);
            checkOpened(code.get(0), "opening its queue");
        }
        pool = new Pool(context, hardware.name(), hardware.memory());
        programs = new Programs(hardware, context, trace.orElse(_ -> {}));
        staging = new Staging(queue, profile, hardware.name());
        boolean works = false;
        try {
            fault = pool.take(words.byteSize());
            checkOpened(fault == 0 ? CL_MEM_OBJECT_ALLOCATION_FAILURE : CL_SUCCESS, "taking its first memory");
            checkOpened(clearFault(), "writing to it");
            works = true;
        } finally {
            // a device that cannot be written to leaves nothing behind
            if (!works) close();
        }
    }

    private void checkOpened(int code, String doing) {
        if (code != CL_SUCCESS) throw new BackendUnavailableException(hardware.name() + ": " + doing + " failed with "
                + Cl.name(code) + ". Other programs may hold it: end them, or use another device or --backend cpu");
    }

    @Override
    public String name() {
        return hardware.name() + " (OpenCL)";
    }

    @Override
    public Traits traits() {
        Set<DType> dtypes = EnumSet.allOf(DType.class);
        if (!hardware.hasDoubles()) dtypes.remove(DType.F64);
        return new Traits(true, dtypes, Recipes.COMPOSITES);
    }

    /** What the choice of launches depends on. */
    Hardware tuned() {
        return tuned;
    }

    Programs programs() {
        return programs;
    }

    long queue() {
        return queue;
    }

    /** Whom to tell of what is queued. */
    Profile profile() {
        return profile;
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
    public ClBuffer allocate(DType dtype, int length) {
        long bytes = (long) length * dtype.bytes();
        boolean fits = bytes <= hardware.atMost() && liveBytes + bytes <= hardware.memory();
        long memory = fits ? pool.take(bytes) : 0;
        if (memory == 0) throw new OutOfDeviceMemoryException(hardware.name() + ": " + length + " elements of " + dtype
                + " (" + bytes / MIB + " MiB) asked; tensors hold " + liveBytes / MIB + " of "
                + hardware.memory() / MIB + " MiB, and one buffer may have " + hardware.atMost() / MIB
                + ". Use a smaller model or smaller batches");
        live.add(memory);
        liveBytes += bytes;
        return new ClBuffer(dtype, length, this, memory, ++buffers);
    }

    void released(long memory, long bytes) {
        if (!live.remove(memory)) return;
        liveBytes -= bytes;
        pool.give(memory, bytes);
    }

    @Override
    public void upload(MemorySegment host, Buffer to) {
        ClBuffer b = (ClBuffer) to;
        staging.write(host, b.memory(), b.bytes());
    }

    @Override
    public void download(Buffer from, MemorySegment host) {
        ClBuffer b = (ClBuffer) from;
        long memory = b.memory();
        // on its way before the values, so that there is one wait for both
        boolean mayFault = mayHaveFaulted;
        if (mayFault) read(fault, words, words.byteSize(), b.bytes() == 0);
        if (b.bytes() > 0) {
            if (host.isNative()) read(memory, host, b.bytes(), true);
            else try (Arena confined = Arena.ofConfined()) {
                MemorySegment copy = confined.allocate(b.bytes(), 8);
                read(memory, copy, b.bytes(), true);
                MemorySegment.copy(copy, 0, host, 0, b.bytes());
            }
        }
        if (mayFault) throwFault();
    }

    /** Whether kernels are compiled for their work-groups when they first run, as PoCL does. */
    boolean compilesWhenRun() {
        return hardware.isPocl();
    }

    /** Tells that a kernel was queued. */
    void queued(Kernel.Label label) {
        last = label;
    }

    /** Throws where {@code code} is an error of waiting for what was queued. */
    private void checkWaited(int code, String doing) {
        if (code != CL_SUCCESS)
            throw Cl.failure(code, hardware.name(), doing + ", with " + last + " queued last,");
    }

    /** Waits for the queued work. */
    void await() {
        checkWaited(clFinish(queue), "waiting for queued work");
        profile.waited();
    }

    /** {@code waits}: until it has been read, and all that was queued before. */
    private void read(long memory, MemorySegment to, long bytes, boolean waits) {
        checkWaited(nclEnqueueReadBuffer(queue, memory, waits ? CL_TRUE : CL_FALSE, 0, bytes, to.address(), 0, 0,
                profile.event()), "reading results");
        profile.queued(Kind.DOWNLOAD, Activity.DOWNLOADED, bytes);
        if (waits) profile.waited();
    }

    /** What a kernel reported in the words, as the error of the line that made it. Its report is cleared. */
    private void throwFault() {
        mayHaveFaulted = false;
        Optional<Fault> found = Fault.read(words);
        if (found.isEmpty()) return;
        Cl.check(clearFault(), hardware.name(), "writing to it");
        Fault f = found.get();
        Kernel.Label label = owners.get(f.owner());
        throw new InvalidArgumentException(label.ops() + ": index " + f.index() + " is outside an axis of extent "
                + f.extent() + "\n  op made at " + label.origin());
    }

    /** Returns OpenCL's code. */
    private int clearFault() {
        words.fill((byte) 0);
        int code = nclEnqueueWriteBuffer(queue, fault, CL_TRUE, 0, words.byteSize(), words.address(), 0, 0,
                profile.event());
        if (code == CL_SUCCESS) {
            profile.queued(Kind.UPLOAD, Activity.UPLOADED, words.byteSize());
            profile.waited();
        }
        return code;
    }

    @Override
    public double[] doubles(Buffer from) {
        ClBuffer b = (ClBuffer) from;
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment copy = confined.allocate(Math.max(8, b.bytes()), 8);
            download(b, copy);
            return Elements.doubles(b.dtype(), copy, b.length());
        }
    }

    @Override
    public Executable compile(Schedule schedule) {
        return compile(schedule, tuned);
    }

    /** As for hardware that is tuned otherwise. */
    Executable compile(Schedule schedule, Hardware other) {
        return new ClExecutable(this, schedule, other);
    }

    String hardwareName() {
        return hardware.name();
    }

    @Override
    public long liveBytes() {
        return liveBytes;
    }

    @Override
    public void close() {
        if (!open) return;
        open = false;
        clFinish(queue);
        profile.waited();
        staging.close();
        live.forEach(m -> clReleaseMemObject(m));
        live.clear();
        liveBytes = 0;
        if (fault != 0) clReleaseMemObject(fault);
        pool.close();
        synchronized (Compiler.BUILDING) {
            programs.close();
            clReleaseCommandQueue(queue);
            clReleaseContext(context);
        }
    }
}
