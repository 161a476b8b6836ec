package org.chainrule.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.chainrule.DataFormatException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.NonFiniteException;
import org.junit.jupiter.api.Test;

class DatasetTest {
    /** n samples whose single feature is their index, class by class in a ratio of 1 to 2. */
    private static Dataset numbered(int n) {
        float[] features = new float[n];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            features[i] = i;
            labels[i] = i < n / 3 ? 0 : 1;
        }
        return Dataset.ofClasses(features, new int[] {1}, labels, List.of("few", "many"));
    }

    @Test
    void subsetTakesFeaturesAndTargetsTogether() {
        Dataset data = Dataset.of(new float[][] {{1, 2}, {3, 4}, {5, 6}}, new float[][] {{7}, {8}, {9}});
        Dataset part = data.subset(new int[] {2, 0});
        assertArrayEquals(new float[] {5, 6, 1, 2}, part.features());
        assertArrayEquals(new float[] {9, 7}, part.values());
        assertThrows(InvalidArgumentException.class, () -> data.subset(new int[] {3}));
        assertThrows(InvalidArgumentException.class, data::labels);
    }

    @Test
    void splitPartsCoverEverySampleOnceAndDependOnTheSeedAlone() {
        var split = numbered(101).split(0.7, 9);
        assertEquals(71, split.train().size());
        float[] all = Arrays.copyOf(split.train().features(), 101);
        System.arraycopy(split.test().features(), 0, all, 71, 30);
        assertFalse(Arrays.equals(numbered(101).features(), all));
        Arrays.sort(all);
        assertArrayEquals(numbered(101).features(), all);
        assertArrayEquals(split.test().features(), numbered(101).split(0.7, 9).test().features());
        assertFalse(Arrays.equals(split.test().features(), numbered(101).split(0.7, 10).test().features()));
    }

    @Test
    void stratifiedSplitKeepsTheShareOfEachClass() {
        for (int n : new int[] {6, 31, 100, 1000}) {
            var split = numbered(n).splitStratified(0.75, 4);
            assertEquals(n, split.train().size() + split.test().size());
            for (int label = 0; label < 2; label++) {
                int wanted = label;
                long total = Arrays.stream(numbered(n).labels()).filter(each -> each == wanted).count();
                long train = Arrays.stream(split.train().labels()).filter(each -> each == wanted).count();
                assertTrue(Math.abs(train - 0.75 * total) <= 1, n + " " + train + " of " + total);
            }
        }
    }

    @Test
    void splitThatLeavesAPartEmptyIsRefused() {
        for (double fraction : new double[] {0, 1, -1, 2, Double.NaN, 0.01, 0.99}) {
            assertThrows(InvalidArgumentException.class, () -> numbered(10).split(fraction, 1));
            assertThrows(InvalidArgumentException.class, () -> numbered(10).splitStratified(fraction, 1));
        }
    }

    @Test
    void countsThatDoNotMatchAreRefused() {
        assertThrows(InvalidArgumentException.class, () -> Dataset.of(new float[][] {{1}, {2, 3}}, new int[] {0, 0}));
        assertThrows(InvalidArgumentException.class, () -> Dataset.of(new float[][] {{1}}, new int[] {0, 0}));
        assertThrows(InvalidArgumentException.class, () -> Dataset.of(new float[][] {{1}}, new int[] {-1}));
        assertThrows(InvalidArgumentException.class,
                () -> Dataset.ofClasses(new float[5], new int[] {2}, new int[2], List.of("a")));
        assertThrows(InvalidArgumentException.class,
                () -> Dataset.ofValues(new float[4], new int[] {2, 0}, new float[2], 1));
        assertTrue(assertThrows(InvalidArgumentException.class,
                () -> Dataset.ofClasses(new float[2], new int[] {1}, new int[] {0, 2}, List.of("a", "b"))).getMessage()
                .contains("label 2 of sample 1"));
    }

    @Test
    void nonFiniteFeatureAndTargetAreNamedByRowAndColumn() {
        Dataset bad = Dataset.of(new float[][] {{1, 2}, {3, Float.NaN}}, new int[] {0, 1});
        assertTrue(assertThrows(NonFiniteException.class, () -> bad.requireFinite("train")).getMessage()
                .startsWith("train: row 1, feature column 1"));
        Dataset badTarget = Dataset.of(new float[][] {{1}, {3}}, new float[][] {{1, 2}, {Float.NEGATIVE_INFINITY, 1}});
        assertTrue(assertThrows(NonFiniteException.class, () -> badTarget.requireFinite("train")).getMessage()
                .startsWith("train: row 1, target column 0"));
        assertEquals(5, numbered(5).requireFinite("x").size());
    }

    @Test
    void scaledMultipliesFeatures() {
        assertArrayEquals(new float[] {0, 0.5f, 1}, numbered(3).scaled(0.5).features());
    }

    @Test
    void standardizedTrainingSetHasMeanZeroAndDeviationOne() {
        float[][] rows =
                IntStream.range(0, 100).mapToObj(i -> new float[] {i * i, 0.1f, 1e6f + i}).toArray(float[][]::new);
        Dataset train = Dataset.of(rows, new int[100]);
        Standardizer standardizer = Standardizer.fit(train);
        float[] out = standardizer.apply(train).features();
        for (int column = 0; column < 3; column++) {
            double sum = 0;
            double squares = 0;
            for (int i = column; i < out.length; i += 3) {
                sum += out[i];
                squares += (double) out[i] * out[i];
            }
            assertEquals(0, sum / 100, 1e-6);
            assertEquals(column == 1 ? 0 : 1, squares / 100, 1e-6);
        }
        assertEquals(1, standardizer.std()[1]);
    }

    @Test
    void standardizerIsFittedOnceAndAppliedToOtherData() {
        Standardizer standardizer = Standardizer.fit(Dataset.of(new float[][] {{1}, {3}}, new int[2]));
        assertArrayEquals(new float[] {3, -2}, standardizer.apply(new float[] {5, 0}));
        assertThrows(InvalidArgumentException.class,
                () -> Standardizer.fit(numbered(4)).apply(Dataset.of(new float[][] {{1}}, new int[1]).subset(new int[0])
                        .withFeatures(new float[] {1, 2})));
    }

    @Test
    void standardizerSurvivesMetadata() {
        Standardizer standardizer =
                Standardizer.fit(Dataset.of(new float[][] {{1, 0.1f}, {3, 1e-20f}, {7, 5}}, new int[3]));
        Standardizer back = Standardizer.fromMetadata(standardizer.toMetadata());
        assertArrayEquals(standardizer.mean(), back.mean());
        assertArrayEquals(standardizer.std(), back.std());
        assertFalse(Standardizer.isIn(Map.of()));
        assertThrows(DataFormatException.class, () -> Standardizer.fromMetadata(Map.of()));
        assertThrows(DataFormatException.class, () -> Standardizer.fromMetadata(
                Map.of("standardizer.mean", "[1,2]", "standardizer.std", "[1]")));
        assertThrows(DataFormatException.class, () -> Standardizer.fromMetadata(
                Map.of("standardizer.mean", "[1]", "standardizer.std", "[0]")));
        assertThrows(InvalidArgumentException.class,
                () -> Standardizer.fit(Dataset.of(new float[][] {{Float.NaN}}, new int[1])));
    }

    @Test
    void textWindowsPairEachCodeWithItsSuccessor() {
        TextWindows windows = new TextWindows(new int[] {5, 6, 7, 8, 9}, 3);
        assertEquals(2, windows.size());
        TextWindows.Buffers buffers = windows.buffers(2);
        windows.fill(buffers, new int[] {9, 1, 0}, 1, 2);
        assertArrayEquals(new int[] {6, 7, 8, 5, 6, 7}, buffers.codes());
        assertArrayEquals(new int[] {7, 8, 9, 6, 7, 8}, buffers.next());
        assertThrows(InvalidArgumentException.class, () -> new TextWindows(new int[3], 3));
        assertThrows(InvalidArgumentException.class, () -> new TextWindows(new int[3], 0));
    }
}
