package org.chainrule.cuda;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies to the device that wait until something is queued after them. Several small ones that lie beside each other in pinned memory cross the bus together, for
 * each crossing costs as long as a few kernels, and are copied on the device to where they belong.
 */
final class Uploads {
    /** Bytes that cross together at most. */
    private static final long CAPACITY = 1 << 20;

    private final CudaQueue queue;
    private final List<Part> parts = new ArrayList<>();
    private MemorySegment pinned = MemorySegment.NULL;
    /** The memory of the device through which they go; 0 where it was not needed. */
    private long landing;

    /** Bytes of the pinned memory from {@code at} on. */
    private record Part(long at, long to, long bytes) {
        long end() {
            return at + bytes;
        }
    }

    Uploads(CudaQueue queue) {
        this.queue = queue;
    }

    /** Adds a copy from {@code memory}, which lies still until the queue has read it. */
    void add(MemorySegment memory, long at, long to, long bytes) {
        if (!parts.isEmpty() && (memory.address() != pinned.address() || at < parts.getLast().end()
                || at + bytes - parts.getFirst().at > CAPACITY))
            flush();
        pinned = memory;
        parts.add(new Part(at, to, bytes));
    }

    /** Queues them. */
    void flush() {
        if (parts.isEmpty()) return;
        List<Part> all = List.copyOf(parts);
        parts.clear();
        Part first = all.getFirst();
        if (all.size() > 1 && landing == 0) landing = queue.take(CAPACITY);
        if (landing == 0 || all.size() == 1) {
            all.forEach(p -> queue.copyToDevice(pinned, p.at, p.to, p.bytes));
            return;
        }
        queue.copyToDevice(pinned, first.at, landing, all.getLast().end() - first.at);
        all.forEach(p -> queue.copyOnDevice(landing + p.at - first.at, p.to, p.bytes));
    }

    /** Forgets those that wait; what they would have written is of no use any more. */
    void close() {
        parts.clear();
        if (landing != 0) queue.release(landing);
        landing = 0;
    }
}
