package org.chainrule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PhiloxTest {
    /** The philox4x32 10 lines of Random123's kat_vectors. */
    @Test
    void matchesPublishedKnownAnswers() {
        assertBlock(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, 0, 0, 0, 0, 0, 0);
        assertBlock(new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, -1, -1, -1, -1, -1, -1);
        assertBlock(new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
                0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0);
    }

    private static void assertBlock(int[] expected, int c0, int c1, int c2, int c3, int k0, int k1) {
        int[] out = new int[4];
        Philox.block(c0, c1, c2, c3, k0, k1, out);
        assertArrayEquals(expected, out);
    }

    @Test
    void longFormsPlaceSeedInKeyAndIndexThenStreamInCounter() {
        int[] out = new int[4];
        Philox.block(0x299f31d0a4093822L, 0x0370734413198a2eL, 0x85a308d3243f6a88L, out);
        assertArrayEquals(new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}, out);
    }

    @Test
    void wordsRunThroughTheLanesOfSuccessiveBlocks() {
        int[] out = new int[4];
        for (int i = 0; i < 12; i++) {
            Philox.block(7, 3, i / 4, out);
            assertEquals(out[i % 4], Philox.word(7, 3, i));
        }
        Philox.block(7, 3, 2, out);
        assertEquals(Philox.uniform53(out[2], out[3]), Philox.uniform53(7, 3, 5));
    }

    @Test
    void uniformsCoverZeroToJustBelowOne() {
        assertEquals(0f, Philox.uniform24(0));
        assertEquals(1f - 0x1p-24f, Philox.uniform24(-1));
        assertEquals(0.5f, Philox.uniform24(0x8000_0000));
        assertEquals(0.0, Philox.uniform53(0, 0x7ff));
        assertEquals(1 - 0x1p-53, Philox.uniform53(-1, -1));
    }

    @Test
    void uniformMeanAndVarianceAreThoseOfTheUniformDistribution() {
        int n = 1 << 16;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double u = Philox.uniform53(1, 2, i);
            sum += u;
            squares += u * u;
        }
        double mean = sum / n;
        assertEquals(0.5, mean, 4 / Math.sqrt(12.0 * n));
        assertEquals(1 / 12.0, squares / n - mean * mean, 4 / Math.sqrt(180.0 * n));
    }
}
