package org.chainrule.benchmarks;

/** The machine that is measured on. */
interface Machine {
    /** What its cores multiply and add at this moment, in GFLOP/s. */
    double rate();

    /** Whether all of its cores were there when it had that rate. */
    boolean isWhole(double rate);

    /** Lets it come to rest: the threads of whoever computed last go to sleep. */
    void rest();
}
