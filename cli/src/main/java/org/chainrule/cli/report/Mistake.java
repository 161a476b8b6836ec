package org.chainrule.cli.report;

/** A held-out sample that was classified wrongly; {@code confidence} is the probability given to {@code predicted}. */
public record Mistake(Input input, String truth, String predicted, double confidence) {}
