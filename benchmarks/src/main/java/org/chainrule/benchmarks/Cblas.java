package org.chainrule.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** What the C interfaces of matrix libraries share. */
final class Cblas {
    static final int ROW_MAJOR = 101;

    private Cblas() {}

    /** The code of how an operand lies. */
    static int transposition(boolean transposed) {
        return transposed ? 112 : 111;
    }

    /** A matrix of random elements off the Java heap. */
    static MemorySegment matrix(Arena arena, int rows, int columns) {
        long length = (long) rows * columns;
        MemorySegment s = arena.allocate(length * Float.BYTES, 64);
        Random r = new Random(length);
        for (long i = 0; i < length; i++) s.setAtIndex(ValueLayout.JAVA_FLOAT, i, r.nextFloat() - 0.5f);
        return s;
    }
}
