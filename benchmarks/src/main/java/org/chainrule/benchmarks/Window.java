package org.chainrule.benchmarks;

/**
 * A stretch of time in which one contender ran.
 *
 * @param seconds of one run
 * @param rate    what the cores multiplied and added just before and after, whichever was less, in GFLOP/s
 */
record Window(double seconds, double rate) {}
