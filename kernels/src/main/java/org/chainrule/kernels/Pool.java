package org.chainrule.kernels;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory objects of a device. Those given back are kept for the next of their size: work is queued in order, so whatever still reads one
 * runs before whatever writes it next.
 */
final class Pool {
    /** Sizes are multiples of it. */
    private static final long GRAIN = 256;
    /** The greatest share of a device's memory that is kept unused. */
    private static final int KEPT_SHARE = 8;

    private final CommandQueue queue;
    private final long keptAtMost;
    private final Map<Long, ArrayDeque<Long>> free = new HashMap<>();
    private long kept;

    Pool(CommandQueue queue, long capacity) {
        this.queue = queue;
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
        long memory = queue.take(size);
        if (memory == 0 && kept > 0) {
            clear();
            memory = queue.take(size);
        }
        return memory;
    }

    /** Takes back a memory object of that many bytes. */
    void give(long memory, long bytes) {
        long size = size(bytes);
        if (kept + size > keptAtMost) queue.release(memory);
        else {
            kept += size;
            free.computeIfAbsent(size, _ -> new ArrayDeque<>()).push(memory);
        }
    }

    /** Gives what is kept back to the device. */
    void clear() {
        free.values().forEach(all -> all.forEach(queue::release));
        free.clear();
        kept = 0;
    }
}
