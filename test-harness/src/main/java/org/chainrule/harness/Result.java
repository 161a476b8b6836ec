package org.chainrule.harness;

/**
 * A case that has run.
 *
 * @param seconds how long it took
 */
public record Result(Case subject, Verdict verdict, double seconds) {}
