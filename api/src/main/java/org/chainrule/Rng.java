package org.chainrule;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A source of random streams: a seed and the number of streams given out so far. Values come from the counter-based
 * Philox generator keyed by (seed, stream, index), so they do not depend on the backend or the order of execution.
 */
public final class Rng {
    private final long seed;
    private final AtomicLong next;

    private Rng(long seed, long next) {
        this.seed = seed;
        this.next = new AtomicLong(next);
    }

    /** Streams of {@code seed} from the first. */
    public static Rng of(long seed) {
        return new Rng(seed, 0);
    }

    /** Streams of {@code seed} from number {@code next}: the state that {@link #position()} told. */
    public static Rng at(long seed, long next) {
        return new Rng(seed, next);
    }

    public long seed() {
        return seed;
    }

    /** How many streams were given out: with the seed, the whole state. */
    public long position() {
        return next.get();
    }

    /** Goes to a position told earlier by {@link #position()}. */
    public void seek(long position) {
        next.set(position);
    }

    /** The number of a stream not given out before. */
    public long take() {
        return next.getAndIncrement();
    }

    @Override
    public String toString() {
        return "Rng[seed=" + seed + ", position=" + position() + "]";
    }
}
