package org.chainrule.data;

/**
 * Numbered samples that can be copied into batch buffers.
 *
 * @param <B> the buffers: arrays that hold a batch
 */
public interface Samples<B> {
    /** The number of samples. */
    int size();

    /** New buffers for up to {@code capacity} samples. */
    B buffers(int capacity);

    /** How many bytes {@link #fill} copies for {@code count} samples, where that is all it does; else, by default, without end. */
    default long bytes(int count) {
        return Long.MAX_VALUE;
    }

    /** Copies samples {@code order[from]} … {@code order[from + count - 1]} into the first {@code count} places. */
    void fill(B buffers, int[] order, int from, int count);
}
