package org.chainrule.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.chainrule.InvalidArgumentException;
import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {
    private static final List<String> CLASSES = List.of("cat", "dog", "owl");
    private final ConfusionMatrix matrix = ConfusionMatrix.of(CLASSES,
            new int[] {0, 0, 0, 0, 1, 1, 1, 1}, new int[] {0, 0, 0, 1, 1, 1, 0, 0});

    @Test
    void rowsAreTruthAndColumnsPrediction() {
        assertEquals(1, matrix.count(0, 1));
        assertEquals(2, matrix.count(1, 0));
        assertEquals(4, matrix.support(0));
        assertEquals(5, matrix.predicted(0));
        assertEquals(8, matrix.total());
    }

    @Test
    void qualityFollowsTheDefinitions() {
        assertEquals(5.0 / 8, matrix.accuracy());
        assertEquals(3.0 / 5, matrix.precision(0));
        assertEquals(3.0 / 4, matrix.recall(0));
        assertEquals(2 * 0.6 * 0.75 / (0.6 + 0.75), matrix.f1(0), 1e-15);
        assertEquals((matrix.f1(0) + matrix.f1(1)) / 2, matrix.macroF1(), 1e-15);
    }

    @Test
    void aClassNeverSeenNorPredictedHasNoQuality() {
        assertTrue(Double.isNaN(matrix.precision(2)));
        assertTrue(Double.isNaN(matrix.recall(2)));
        assertTrue(Double.isNaN(matrix.f1(2)));
    }

    @Test
    void worstConfusionsComeMostFrequentFirst() {
        assertEquals(
                List.of(new ConfusionMatrix.Confusion("dog", "cat", 2), new ConfusionMatrix.Confusion("cat", "dog", 1)),
                matrix.worst(3));
    }

    @Test
    void labelsOutsideTheClassesAreRefused() {
        assertThrows(InvalidArgumentException.class, () -> ConfusionMatrix.of(CLASSES, new int[] {3}, new int[] {0}));
        assertThrows(InvalidArgumentException.class, () -> ConfusionMatrix.of(CLASSES, new int[] {0}, new int[] {-1}));
        assertThrows(InvalidArgumentException.class,
                () -> ConfusionMatrix.of(CLASSES, new int[] {0}, new int[] {0, 1}));
    }
}
