package org.chainrule.spi;

import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;
import java.util.Set;
import org.chainrule.DType;
import org.chainrule.plan.Schedule;

/**
 * One opened device: it allocates buffers, compiles schedules of kernels and runs them in order. It knows nothing of
 * tensors, gradients or layers. Calls come from one thread at a time.
 */
public interface Device extends AutoCloseable {
    /** The hardware's name. */
    String name();

    /** What the planner may ask of this device. */
    Traits traits();

    /**
     * Memory for {@code length} elements; its contents are undefined. Throws OutOfDeviceMemoryException, which tells in MiB
     * how much was asked and how much the open buffers hold.
     */
    Buffer allocate(DType dtype, int length);

    /** Copies all elements from {@code host}: little-endian, packed, in the buffer's dtype. */
    void upload(MemorySegment host, Buffer to);

    /** Copies all elements to {@code host}, waiting for queued work: little-endian, packed, in the buffer's dtype. */
    void download(Buffer from, MemorySegment host);

    /** The elements of a float buffer at the precision in which the device holds them. Waits for queued work. */
    double[] doubles(Buffer from);

    /** Makes a schedule ready to run. */
    Executable compile(Schedule schedule);

    /** Bytes of the buffers that are not closed. */
    long liveBytes();

    /** Releases everything the device holds. */
    @Override
    void close();

    /**
     * What a device can do beyond the required kernels.
     *
     * @param fuses      whether pointwise chains are to be fused into kernels
     * @param dtypes     dtypes that kernels can compute and store
     * @param composites names of composites that it has kernels for
     */
    record Traits(boolean fuses, Set<DType> dtypes, Set<String> composites) {}

    /** A compiled schedule. */
    interface Executable extends AutoCloseable {
        /**
         * Queues one run; a closed executable throws ClosedException. What is wrong with the data, as an index outside its axis,
         * may be thrown here or by the next call that waits for queued work, whichever buffer it reads.
         *
         * @param buffers one for each slot of the schedule that is bound from outside, by slot; temporaries are the executable's own
         * @param streams the random stream of each random kernel, by its number
         */
        void run(Buffer[] buffers, long[] streams);

        /** How many device functions one run starts; empty where the device starts none, but calls code of its own. */
        default OptionalInt launches() {
            return OptionalInt.empty();
        }

        @Override
        void close();
    }
}
