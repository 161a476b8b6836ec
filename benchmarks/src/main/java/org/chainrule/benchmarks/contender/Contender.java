package org.chainrule.benchmarks.contender;

/** A library that does the work of a race. */
public interface Contender {
    /** The library's name and version, and how it is set. */
    String description();

    /**
     * Makes ready and does the work once.
     *
     * @throws UnsupportedOperationException saying why, where the library does not do this work
     */
    Task prepare(Workload workload);

    /** Work that has been made ready. */
    interface Task extends AutoCloseable {
        /** Does the work {@code runs} times and waits until it is done. */
        void run(int runs);

        /** A number that all who do this work must agree on. Asked once, right after the task was made. */
        double check();

        @Override
        default void close() {}
    }
}
