package org.chainrule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShuffleTest {
    @Test
    void everyIndexOccursOnce() {
        for (int n : new int[] {0, 1, 2, 13, 1000}) {
            assertArrayEquals(IntStream.range(0, n).toArray(),
                    Arrays.stream(Shuffle.permutation(n, 3, 1)).sorted().toArray());
        }
    }

    @Test
    void seedAndEpochDecideTheOrder() {
        assertArrayEquals(Shuffle.permutation(100, 1, 2), Shuffle.permutation(100, 1, 2));
        assertFalse(Arrays.equals(Shuffle.permutation(100, 1, 2), Shuffle.permutation(100, 1, 3)));
        assertFalse(Arrays.equals(Shuffle.permutation(100, 1, 2), Shuffle.permutation(100, 2, 2)));
    }

    @Test
    void allPermutationsAreEquallyLikely() {
        int[] count = new int[24];
        int draws = 48_000;
        for (int epoch = 0; epoch < draws; epoch++) {
            int[] p = Shuffle.permutation(4, 77, epoch);
            int lower1 = (p[1] > p[0] ? 1 : 0) + (p[2] > p[0] ? 1 : 0) + (p[3] > p[0] ? 1 : 0);
            int lower2 = (p[2] > p[1] ? 1 : 0) + (p[3] > p[1] ? 1 : 0);
            count[lower1 * 6 + lower2 * 2 + (p[3] > p[2] ? 1 : 0)]++;
        }
        double expected = draws / 24.0;
        double chiSquare = Arrays.stream(count).mapToDouble(c -> (c - expected) * (c - expected) / expected).sum();
        assertTrue(chiSquare < 49.7, "chi-square with 23 degrees of freedom: " + chiSquare);
    }

    @Test
    void argumentsOutOfRangeAreRefused() {
        assertThrows(InvalidArgumentException.class, () -> Shuffle.permutation(-1, 0, 0));
        assertThrows(InvalidArgumentException.class, () -> Shuffle.permutation(1, 0, -1));
        assertEquals(1, Shuffle.permutation(1, 0, 0xFFFF_FFFFL).length);
    }
}
