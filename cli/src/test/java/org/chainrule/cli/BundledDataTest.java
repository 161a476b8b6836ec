package org.chainrule.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.chainrule.data.Dataset;
import org.junit.jupiter.api.Test;

class BundledDataTest {
    private static void assertCounts(BundledData data, int[] sampleShape, long... perClass) {
        Dataset set = data.load().requireFinite(data.label());
        assertArrayEquals(sampleShape, set.sampleShape());
        assertEquals(perClass.length, set.classes().size());
        for (int label = 0; label < perClass.length; label++) {
            int wanted = label;
            assertEquals(perClass[label], Arrays.stream(set.labels()).filter(each -> each == wanted).count());
        }
    }

    @Test
    void setsHoldTheirPublishedCounts() {
        assertCounts(BundledData.IRIS, new int[] {4}, 50, 50, 50);
        assertCounts(BundledData.WINE, new int[] {13}, 59, 71, 48);
        assertCounts(BundledData.CANCER, new int[] {30}, 212, 357);
        assertCounts(BundledData.DIGITS, new int[] {1, 8, 8}, 178, 182, 177, 183, 181, 182, 181, 179, 174, 180);
    }

    @Test
    void classesBearTheirNames() {
        assertEquals(List.of("setosa", "versicolor", "virginica"), BundledData.IRIS.load().classes());
        assertEquals(List.of("malignant", "benign"), BundledData.CANCER.load().classes());
        assertEquals("9", BundledData.DIGITS.load().classes().getLast());
    }

    @Test
    void digitsAreScaledToOne() {
        float[] features = BundledData.DIGITS.load().features();
        float max = 0;
        for (float value : features) {
            max = Math.max(max, value);
        }
        assertEquals(1f, max);
    }

    @Test
    void nameIsFoundInAnyCase() {
        assertEquals(Optional.of(BundledData.WINE), BundledData.named("Wine"));
        assertEquals(Optional.empty(), BundledData.named("mnist"));
    }
}
