package org.chainrule.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * An index outside its axis, as a kernel reports it: the first to claim {@code words[0]} writes the rest. Whoever waits for results reads
 * the words and clears them.
 *
 * @param owner  the number that the launch was given
 * @param index  the index
 * @param extent the extent of the axis
 */
public record Fault(int owner, long index, int extent) {
    /** 32-bit words of the report. */
    public static final int WORDS = 5;

    /** What {@code words} report; empty where no kernel claimed them. */
    public static Optional<Fault> read(MemorySegment words) {
        if (word(words, 0) == 0) return Optional.empty();
        long low = word(words, 2) & 0xffff_ffffL, high = word(words, 3);
        return Optional.of(new Fault(word(words, 1), high << 32 | low, word(words, 4)));
    }

    private static int word(MemorySegment words, int i) {
        return words.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i);
    }
}
