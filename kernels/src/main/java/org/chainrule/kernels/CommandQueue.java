package org.chainrule.kernels;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.chainrule.UnsupportedOpException;

/**
 * A device's memory and its one queue, in order, as a driver's interface gives them: what a backend binds. Memory is told by a handle that is never 0. Every
 * method throws what {@link DriverFailure} makes of the driver's error.
 */
public interface CommandQueue extends AutoCloseable {
    /** A memory object of that many bytes, or 0 where there is no room. */
    long take(long bytes);

    /** Gives it back; work that was queued may still use it. */
    void release(long memory);

    /** Memory of the host that queued copies read from and write to in their time; it lives as long as the queue. */
    MemorySegment pinned(long bytes);

    /** Queues the copy of {@code bytes} of {@code pinned} from {@code at} to {@code memory} from {@code offset}. */
    void write(MemorySegment pinned, long at, long memory, long offset, long bytes);

    /** Queues the copy of {@code bytes} to {@code to}, which is off the heap; {@code waits}: until it is done, and pinned otherwise. */
    void read(long memory, MemorySegment to, long bytes, boolean waits);

    /** Has {@code bytes} of {@code memory} become 0, and waits for it: the first thing that is asked of a device, so that a clock can be set by it. */
    void clear(long memory, long bytes);

    /** Waits for the queued work. */
    void await();

    /** What has the vendor's library multiply; asked of a queue whose hardware {@linkplain Hardware#hasLibrary has one}. */
    default DeviceFunction product(DeviceFunction.Start<LibraryProduct> start) {
        throw new UnsupportedOpException("no library multiplies for " + start.label());
    }

    /** What queues {@code functions}, in their order, once for each run of a schedule. */
    Replay replay(List<DeviceFunction> functions);

    /** Waits for the queued work and releases the queue; memory that was not released goes with it. */
    @Override
    void close();
}
