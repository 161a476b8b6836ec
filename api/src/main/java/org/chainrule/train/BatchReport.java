package org.chainrule.train;

/**
 * A trained batch.
 *
 * @param epoch its epoch, from 1
 * @param number its number within the epoch, from 1
 * @param of batches per epoch
 * @param size its samples
 * @param loss their mean loss before the update
 */
public record BatchReport(long epoch, int number, int of, int size, double loss) {}
