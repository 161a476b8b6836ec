package org.chainrule.opencl;

import static org.lwjgl.opencl.CL10.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.chainrule.spi.Trace.Activity;
import org.chainrule.spi.Trace.Kind;
import org.lwjgl.system.MemoryUtil;

/**
 * Copies to a device without waiting for it: what is written is copied first into a ring of memory of our own, which the queue reads in its time. One lap
 * behind, a writer waits for the queue.
 */
final class Staging implements AutoCloseable {
    private static final long CAPACITY = 16 << 20;
    private static final long ALIGNMENT = 64;

    private final long queue;
    private final Profile profile;
    private final String device;
    private final Arena arena = Arena.ofShared();
    /** Not of the arena's making, which would write zeros to all of it. */
    private final MemorySegment ring = MemorySegment.ofAddress(MemoryUtil.nmemAlignedAllocChecked(ALIGNMENT, CAPACITY))
            .reinterpret(CAPACITY, arena, m -> MemoryUtil.nmemAlignedFree(m.address()));
    private long at;

    Staging(long queue, Profile profile, String device) {
        this.queue = queue;
        this.profile = profile;
        this.device = device;
    }

    /** Queues the copy of {@code bytes} from {@code host}, which may change afterwards. */
    void write(MemorySegment host, long to, long bytes) {
        for (long done = 0; done < bytes;) {
            if (at + Math.min(bytes - done, ALIGNMENT) > CAPACITY) {
                Cl.check(clFinish(queue), device, "waiting for queued work");
                profile.waited();
                at = 0;
            }
            long part = Math.min(bytes - done, CAPACITY - at);
            MemorySegment.copy(host, ValueLayout.JAVA_BYTE, done, ring, ValueLayout.JAVA_BYTE, at, part);
            Cl.check(nclEnqueueWriteBuffer(queue, to, CL_FALSE, done, part, ring.address() + at, 0, 0, profile.event()),
                    device, "copying to it");
            profile.queued(Kind.UPLOAD, Activity.UPLOADED, part);
            done += part;
            at += (part + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
