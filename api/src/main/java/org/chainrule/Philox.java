package org.chainrule;

/**
 * Philox4x32-10, the counter-based random number generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers:
 * as easy as 1, 2, 3", SC 2011, section 4.3: four 32-bit words as a pure function of a 128-bit counter and a 64-bit key.
 *
 * <p>The long forms key it by {@code (seed, stream, index)}: the key is the seed (low word first), the counter is
 * {@code (index, stream)} (low words first). Nothing is kept between calls, so every number is the same on each device
 * and in each order of evaluation.
 */
public final class Philox {
    private static final int ROUNDS = 10;
    private static final int M0 = 0xD2511F53;
    private static final int M1 = 0xCD9E8D57;
    private static final int W0 = 0x9E3779B9;
    private static final int W1 = 0xBB67AE85;
    private static final long LOW = 0xFFFF_FFFFL;

    private Philox() {}

    /** Writes the four words for counter {@code (c0, c1, c2, c3)} and key {@code (k0, k1)} to {@code out[0..3]}. */
    public static void block(int c0, int c1, int c2, int c3, int k0, int k1, int[] out) {
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = (M0 & LOW) * (c0 & LOW);
            long p1 = (M1 & LOW) * (c2 & LOW);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c3 = (int) p0;
            k0 += W0;
            k1 += W1;
        }
        out[0] = c0;
        out[1] = c1;
        out[2] = c2;
        out[3] = c3;
    }

    /** Writes the four words of block {@code index} of {@code stream} under {@code seed} to {@code out[0..3]}. */
    public static void block(long seed, long stream, long index, int[] out) {
        block((int) index, (int) (index >>> 32), (int) stream, (int) (stream >>> 32),
                (int) seed, (int) (seed >>> 32), out);
    }

    /** Word {@code index} of the stream: lane {@code index & 3} of block {@code index >>> 2}. */
    public static int word(long seed, long stream, long index) {
        int[] out = new int[4];
        block(seed, stream, index >>> 2, out);
        return out[(int) index & 3];
    }

    /** Uniform in [0, 1) on the grid of 2^-24, from the top 24 bits of {@code word}; exact in float32. */
    public static float uniform24(int word) {
        return (word >>> 8) * 0x1p-24f;
    }

    /** Uniform in [0, 1) on the grid of 2^-53, from all of {@code high} and the top 21 bits of {@code low}; exact. */
    public static double uniform53(int high, int low) {
        return (((high & LOW) << 21) | (low >>> 11)) * 0x1p-53;
    }

    /** The {@link #uniform53(int, int)} of words {@code 2 * index} (high) and {@code 2 * index + 1} (low) of the stream. */
    public static double uniform53(long seed, long stream, long index) {
        int[] out = new int[4];
        block(seed, stream, index >>> 1, out);
        int lane = ((int) index & 1) << 1;
        return uniform53(out[lane], out[lane + 1]);
    }

    /** The {@link #uniform24(int)} of word {@code index} of the stream. */
    public static float uniform24(long seed, long stream, long index) {
        return uniform24(word(seed, stream, index));
    }

    /** Element {@code index} of a stream of standard normal values, made in pairs from words {@code 2p} and {@code 2p + 1}. */
    public static float normal(long seed, long stream, long index) {
        int[] out = new int[4];
        block(seed, stream, index >>> 2, out);
        int lane = (int) index & 2;
        return Gaussian.of(out[lane], out[lane + 1], (index & 1) != 0);
    }
}
