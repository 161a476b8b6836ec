package org.chainrule.opencl;

import static org.lwjgl.opencl.CL10.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.chainrule.BackendUnavailableException;
import org.chainrule.kernels.CommandQueue;
import org.chainrule.kernels.DeviceFunction;
import org.chainrule.kernels.Replay;
import org.chainrule.kernels.Source;
import org.chainrule.plan.Kernel;
import org.chainrule.spi.Trace;
import org.chainrule.spi.Trace.Activity;
import org.chainrule.spi.Trace.Kind;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/** A context with one queue, in order. */
final class ClQueue implements CommandQueue {
    private final ClHardware hardware;
    private final long context, queue;
    private final Profile profile;
    private final Arena arena = Arena.ofShared();
    private final List<Long> pinned = new ArrayList<>();
    private final Set<Source> ran = new HashSet<>();
    /** The kernel that was queued last: what a driver finds out late is about it, or about one before it. */
    private Kernel.Label last = Activity.UPLOADED;

    ClQueue(ClHardware hardware, Optional<Trace> trace) {
        this.hardware = hardware;
        profile = trace.<Profile>map(ClEvents::new).orElse(Profile.NONE);
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
    }

    private void checkOpened(int code, String doing) {
        if (code != CL_SUCCESS) throw new BackendUnavailableException(hardware.name() + ": " + doing + " failed with "
                + Cl.name(code) + ". Other programs may hold it: end them, or use another device or --backend cpu");
    }

    /** The device's name in messages. */
    String device() {
        return hardware.name();
    }

    long context() {
        return context;
    }

    long handle() {
        return queue;
    }

    /** Whom to tell of what is queued. */
    Profile profile() {
        return profile;
    }

    /** Tells that a kernel was queued. */
    void queued(Kernel.Label label) {
        last = label;
    }

    @Override
    public long take(long bytes) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer code = stack.mallocInt(1);
            long memory = clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, code);
            if (Cl.isOutOfMemory(code.get(0))) return 0;
            Cl.check(code.get(0), device(), "taking " + bytes + " bytes of it");
            return memory;
        }
    }

    @Override
    public void release(long memory) {
        if (memory != 0) clReleaseMemObject(memory);
    }

    /** For a processor any memory will do; for others it is the driver's own choice, mapped until the queue is closed. */
    @Override
    public MemorySegment pinned(long bytes) {
        if (hardware.kind() == ClHardware.Kind.CPU)
            return MemorySegment.ofAddress(MemoryUtil.nmemAlignedAllocChecked(64, bytes)).reinterpret(bytes, arena,
                    m -> MemoryUtil.nmemAlignedFree(m.address()));
        try (MemoryStack stack = MemoryStack.stackPush()) {
            String doing = "taking " + bytes + " bytes of the host's memory for transfers";
            IntBuffer code = stack.mallocInt(1);
            long memory = clCreateBuffer(context, CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR, bytes, code);
            Cl.check(code.get(0), device(), doing);
            pinned.add(memory);
            long address = nclEnqueueMapBuffer(queue, memory, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, 0, bytes, 0, 0, 0,
                    MemoryUtil.memAddress(code));
            Cl.check(code.get(0), device(), doing);
            return MemorySegment.ofAddress(address).reinterpret(bytes);
        }
    }

    @Override
    public void write(MemorySegment pinned, long at, long memory, long offset, long bytes) {
        Cl.check(nclEnqueueWriteBuffer(queue, memory, CL_FALSE, offset, bytes, pinned.address() + at, 0, 0,
                profile.event()), device(), "copying to it");
        profile.queued(Kind.UPLOAD, Activity.UPLOADED, bytes);
    }

    @Override
    public void read(long memory, MemorySegment to, long bytes, boolean waits) {
        checkWaited(nclEnqueueReadBuffer(queue, memory, waits ? CL_TRUE : CL_FALSE, 0, bytes, to.address(), 0, 0,
                profile.event()), "reading results");
        profile.queued(Kind.DOWNLOAD, Activity.DOWNLOADED, bytes);
        if (waits) profile.waited();
    }

    @Override
    public void clear(long memory, long bytes) {
        try (Arena confined = Arena.ofConfined()) {
            Cl.check(nclEnqueueWriteBuffer(queue, memory, CL_TRUE, 0, bytes, confined.allocate(bytes).address(), 0, 0,
                    profile.event()), device(), "writing to it");
        }
        profile.queued(Kind.UPLOAD, Activity.UPLOADED, bytes);
        profile.waited();
    }

    @Override
    public void await() {
        checkWaited(clFinish(queue), "waiting for queued work");
        profile.waited();
    }

    /** Throws where {@code code} is an error of waiting for what was queued. */
    private void checkWaited(int code, String doing) {
        if (code != CL_SUCCESS) throw Cl.failure(code, device(), doing + ", with " + last + " queued last,");
    }

    @Override
    public Replay replay(List<DeviceFunction> functions) {
        Replay all = Replay.oneByOne(functions);
        if (!hardware.isPocl()) return all;
        Set<Source> sources = functions.stream().map(f -> ((ClFunction) f).source()).collect(Collectors.toSet());
        return new Replay() {
            private boolean first = true;

            @Override
            public void run() {
                // PoCL compiles once more when a kernel first runs; nobody else may compile until it did
                boolean compiles = first && ran.addAll(sources);
                first = false;
                if (!compiles) {
                    all.run();
                    return;
                }
                synchronized (Compiler.BUILDING) {
                    all.run();
                    await();
                    functions.stream().map(f -> ((ClFunction) f).ran()).distinct().forEach(Runnable::run);
                }
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {
        clFinish(queue);
        profile.waited();
        arena.close();
        // what is mapped ends with its memory
        pinned.forEach(this::release);
        synchronized (Compiler.BUILDING) {
            clReleaseCommandQueue(queue);
            clReleaseContext(context);
        }
    }
}
