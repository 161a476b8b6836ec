package org.chainrule;

/** Random permutations as pure functions of (n, seed, epoch). */
public final class Shuffle {
    /** Sets the streams of permutations apart from others under the same seed: "SHUF" in the high word. */
    private static final long STREAM = 0x5348_5546L << 32;

    private Shuffle() {}

    /**
     * A uniformly distributed permutation of 0 … n - 1: Fisher–Yates in Durstenfeld's form, with bounded integers drawn
     * without bias (Lemire, "Fast random integer generation in an interval", 2019, algorithm 5).
     *
     * @param epoch 0 … 2^32 - 1; each gives another permutation
     * @throws InvalidArgumentException if {@code n} is negative or {@code epoch} out of range
     */
    public static int[] permutation(int n, long seed, long epoch) {
        if (n < 0 || epoch < 0 || epoch > 0xFFFF_FFFFL) {
            throw new InvalidArgumentException("a permutation needs n >= 0 and 0 <= epoch < 2^32, got n = " + n
                    + ", epoch = " + epoch);
        }
        int[] order = new int[n];
        Words words = new Words(seed, STREAM | epoch);
        for (int i = 0; i < n; i++) {
            int j = words.below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** The words of a Philox stream, one after the other. */
    private static final class Words {
        private final long seed;
        private final long stream;
        private final int[] block = new int[4];
        private long next;

        Words(long seed, long stream) {
            this.seed = seed;
            this.stream = stream;
        }

        private long word() {
            int lane = (int) next & 3;
            if (lane == 0) {
                Philox.block(seed, stream, next >>> 2, block);
            }
            next++;
            return block[lane] & 0xFFFF_FFFFL;
        }

        int below(int bound) {
            long product = word() * bound;
            if ((product & 0xFFFF_FFFFL) < bound) {
                long threshold = (1L << 32) % bound;
                while ((product & 0xFFFF_FFFFL) < threshold) {
                    product = word() * bound;
                }
            }
            return (int) (product >>> 32);
        }
    }
}
