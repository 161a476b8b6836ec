package org.chainrule.kernels;

import org.chainrule.plan.Kernel;

/** A device function, or one of a library, with arguments of its own, ready to be queued again and again. */
public interface DeviceFunction extends AutoCloseable {
    /** Sets argument number {@code index} to a number of 32 bits. */
    void set(int index, int value);

    /** Sets argument number {@code index} to a number of 64 bits, or to memory. */
    void set(int index, long value);

    /** Queues it with the arguments set last. */
    void queue();

    @Override
    void close();

    /**
     * What is to be made ready.
     *
     * @param label   of the kernel of the plan
     * @param traffic bytes that the whole kernel reads and writes
     */
    record Start<C extends Command>(C command, Kernel.Label label, long traffic) {}
}
