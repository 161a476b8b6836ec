package org.chainrule.kernels;

import java.util.Locale;

/** The device functions that recipes launch: one for each structure. */
public enum Entry {
    /** A program for each element of a shape. */
    MAP,
    /** Elements that indices choose along an axis. */
    GATHER,
    /** Sums of what indices choose along an axis. */
    SCATTER_ADD,
    /** The place of the greatest or least element of each line. */
    ARG_REDUCE,
    /** The running sums of each line. */
    CUMULATIVE_SUM,
    /** Four words of Philox, as random values, by each work-item. */
    RANDOM_NUMBERS,
    /** A fold by each work-item. */
    REDUCE_BY_ITEMS,
    /** A fold by each group. */
    REDUCE_BY_GROUPS,
    /** A part of a fold by each group, to be joined. */
    REDUCE_PARTS,
    /** The fold of what {@link #REDUCE_PARTS} left. */
    JOIN_PARTS,
    /** An element of a product by each work-item. */
    MATMUL_BY_ELEMENTS,
    /** The right operand of a product as zero-padded panels. */
    PACK_COLUMNS,
    /** A tile of a product by each work-item. */
    MATMUL_BY_TILES,
    /** A block of a product by each group, through local memory. */
    MATMUL_BY_BLOCKS,
    /** The softmax of a row by each group. */
    SOFTMAX,
    /** The log-softmax of a row by each group. */
    LOG_SOFTMAX,
    /** A row less its mean, over its deviation, by each group. */
    NORMALIZE;

    /** The function's name in a source. */
    public String symbol() {
        return name().toLowerCase(Locale.ROOT);
    }
}
