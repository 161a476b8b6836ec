package org.chainrule.data;

/**
 * A mini-batch from a {@link BatchLoader}, valid until the next one is taken.
 *
 * @param epoch from 0
 * @param index the batch within its epoch, from 0
 * @param size the samples in it; buffers may be longer, beyond this size their content means nothing
 */
public record Batch<B>(long epoch, int index, int size, B buffers) {}
