package org.chainrule.opencl;

import static org.lwjgl.opencl.CL10.*;

import java.nio.IntBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.lwjgl.system.MemoryStack;

/**
 * Memory objects of a context. Those given back are kept for the next of their size: work is queued in order, so whatever still reads one
 * runs before whatever writes it next.
 */
final class Pool implements AutoCloseable {
    /** Sizes are multiples of it. */
    private static final long GRAIN = 256;
    /** The greatest share of a device's memory that is kept unused. */
    private static final int KEPT_SHARE = 8;

    private final long context;
    private final String device;
    private final long keptAtMost;
    private final Map<Long, ArrayDeque<Long>> free = new HashMap<>();
    private long kept;

    Pool(long context, String device, long capacity) {
        this.context = context;
        this.device = device;
        this.keptAtMost = capacity / KEPT_SHARE;
    }

    private static long size(long bytes) {
        return Math.max(1, (bytes + GRAIN - 1) / GRAIN) * GRAIN;
    }

    /** A memory object of at least so many bytes, or 0 where there is no room. */
    long take(long bytes) {
        long size = size(bytes);
        ArrayDeque<Long> same = free.getOrDefault(size, new ArrayDeque<>());
        if (!same.isEmpty()) {
            kept -= size;
            return same.pop();
        }
        long memory = create(size);
        if (memory == 0 && kept > 0) {
            clear();
            memory = create(size);
        }
        return memory;
    }

    private long create(long size) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer code = stack.mallocInt(1);
            long memory = clCreateBuffer(context, CL_MEM_READ_WRITE, size, code);
            if (Cl.isOutOfMemory(code.get(0))) return 0;
            Cl.check(code.get(0), device, "taking " + size + " bytes of it");
            return memory;
        }
    }

    /** Takes back a memory object of that many bytes. */
    void give(long memory, long bytes) {
        long size = size(bytes);
        if (kept + size > keptAtMost) clReleaseMemObject(memory);
        else {
            kept += size;
            free.computeIfAbsent(size, _ -> new ArrayDeque<>()).push(memory);
        }
    }

    private void clear() {
        free.values().forEach(all -> all.forEach(m -> clReleaseMemObject(m)));
        free.clear();
        kept = 0;
    }

    @Override
    public void close() {
        clear();
    }
}
