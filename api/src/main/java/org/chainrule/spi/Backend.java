package org.chainrule.spi;

import java.util.List;
import java.util.function.Consumer;
import org.chainrule.Shape;
import org.chainrule.UnsupportedOpException;

/** A family of devices. Implementations are found by {@link java.util.ServiceLoader}, so a jar of its own is enough. */
public interface Backend {
    /** The name that {@code -Dchainrule.backend} takes. */
    String name();

    /** Whether it can run here. Never throws, and loads no more than it must to know. */
    Availability probe();

    /** Opens device number {@code index} of those that {@link #probe()} listed. */
    Device open(int index);

    /**
     * As {@link #open(int)}, with what the device does told to {@code trace}. By default its calls are timed on the host and its
     * kernels run one by one, which is right for a device that has done its work when a call returns; one that queues
     * overrides this.
     */
    default Device open(int index, Trace trace) {
        return new TimedDevice(open(index), trace);
    }

    /**
     * Finds the fastest of the forms in which device number {@code index} can compute matrix products, and keeps what it finds for sessions that are
     * opened from then on.
     *
     * @param products {@code [rows, depth, columns]} of each size to try
     * @param told     hears of each as it is found
     * @throws UnsupportedOpException where the backend has one form of each
     */
    default void tune(int index, List<Shape> products, Consumer<Tuned> told) {
        throw new UnsupportedOpException(name()
                + " has nothing to tune: it chooses by size alone; name a backend that has, as in --backend opencl");
    }

    /** Whether the backend can run here. */
    sealed interface Availability {
        /** It can, on these devices, the preferred one first. */
        record Ready(List<DeviceInfo> devices) implements Availability {}

        /** It cannot: the reason, and what the user can do about it. */
        record Missing(String reason, String remedy) implements Availability {}
    }

    /**
     * A device as listings show it.
     *
     * @param name    the hardware
     * @param details what else is worth knowing: cores, memory, instruction set
     * @param rank    preference of {@code auto}: the greatest is taken; below 0 is never taken unasked
     */
    record DeviceInfo(String name, String details, int rank) {}
}
