package org.chainrule.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Copies to a device without waiting for it: what is written is copied first into a ring of pinned memory, which the queue reads in its time. One lap
 * behind, a writer waits for the queue.
 */
final class Staging {
    private static final long CAPACITY = 16 << 20;
    private static final long ALIGNMENT = 64;

    private final CommandQueue queue;
    private final MemorySegment ring;
    private long at;

    Staging(CommandQueue queue) {
        this.queue = queue;
        this.ring = queue.pinned(CAPACITY);
    }

    /** Queues the copy of {@code bytes} from {@code host}, which may change afterwards. */
    void write(MemorySegment host, long to, long bytes) {
        for (long done = 0; done < bytes;) {
            if (at + Math.min(bytes - done, ALIGNMENT) > CAPACITY) {
                queue.await();
                at = 0;
            }
            long part = Math.min(bytes - done, CAPACITY - at);
            MemorySegment.copy(host, ValueLayout.JAVA_BYTE, done, ring, ValueLayout.JAVA_BYTE, at, part);
            queue.write(ring, at, to, done, part);
            done += part;
            at += (part + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
    }
}
