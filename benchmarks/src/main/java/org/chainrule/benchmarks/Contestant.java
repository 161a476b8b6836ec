package org.chainrule.benchmarks;

/** One who does a piece of work, to be timed beside others. */
interface Contestant extends AutoCloseable {
    String name();

    /** Does the work {@code runs} times and waits until it is done. */
    void run(int runs);

    @Override
    void close();
}
