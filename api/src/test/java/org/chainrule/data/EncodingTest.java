package org.chainrule.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.chainrule.DataFormatException;
import org.chainrule.InvalidArgumentException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class EncodingTest {
    private static final Table TRAINING = parse("age,city,id,k\n30,Rome,a,yes\n40,Bonn,b,no\n50,Rome,c,yes\n");

    private static Table parse(String text) {
        return Csv.parse("in.csv", text, Csv.Header.DETECT);
    }

    @Test
    void textBecomesAFeatureForEachCategory() {
        Encoding e = Encoding.of(TRAINING, TRAINING.namesWithout("k", "id"));
        assertEquals(List.of("age", "city"), e.columns());
        assertEquals(List.of("age", "city=Bonn", "city=Rome"), e.names());
        assertArrayEquals(new float[] {30, 0, 1, 40, 1, 0, 50, 0, 1}, e.apply(TRAINING));
        Dataset data = TRAINING.dataset("k", Table.Kind.DETECT, e);
        assertArrayEquals(new float[] {30, 0, 1, 40, 1, 0, 50, 0, 1}, data.features());
        assertArrayEquals(new int[] {1, 0, 1}, data.labels());
        assertEquals(1 + 2 + 3, TRAINING.dataset("k").sampleSize());
        assertEquals(2 + 3 + 2, TRAINING.regression("age").sampleSize());
    }

    @Test
    void otherDataIsEncodedAsTheTrainingDataWas() {
        Encoding e = Encoding.fromMetadata(Encoding.of(TRAINING, List.of("city", "age")).toMetadata());
        assertEquals(Encoding.of(TRAINING, List.of("city", "age")), e);
        assertTrue(Encoding.isIn(e.toMetadata()));
        assertArrayEquals(new float[] {1, 0, 7}, e.apply(parse("age,city\n7,Bonn\n")));
        assertArrayEquals(new float[] {0, 1, 7}, e.apply(parse("town,years\nRome,7\n"), List.of("town", "years")));
        String unknown = message(() -> e.apply(parse("age,city\n7,Bonn\n8,Oslo\n")));
        assertTrue(unknown.startsWith("in.csv: line 3, column 2 ('city'): expected one of the categories [Bonn, Rome]")
                && unknown.endsWith("found 'Oslo'"), unknown);
        String text = message(() -> e.apply(parse("age,city\nold,Bonn\n")));
        assertTrue(text.startsWith("in.csv: line 2, column 1 ('age'): expected a number"), text);
    }

    @Test
    void categoriesMayLookLikeNumbers() {
        Encoding e = Encoding.of(parse("ward,k\nA,1\nB,2\n3,3\n"), List.of("ward"));
        assertArrayEquals(new float[] {1, 0, 0}, e.apply(parse("ward,k\n3,1\n")));
    }

    @Test
    void tooManyCategoriesAreRefused() {
        StringBuilder rows = new StringBuilder("x,name,k\n");
        for (int i = 0; i <= Encoding.MAX_CATEGORIES; i++) rows.append(i).append(",n").append(i).append(",a\n");
        Table table = parse(rows.append("1,n0,b\n").toString());
        String told = message(() -> table.dataset("k"));
        assertTrue(told.contains("column 'name' holds 101 different texts, such as 'n0'") && told.contains("Drop"),
                told);
        assertEquals(1, table.dataset("k", Table.Kind.DETECT, Encoding.of(table, table.namesWithout("k", "name")))
                .sampleSize());
        assertThrows(InvalidArgumentException.class, () -> Encoding.of(table, List.of()));
    }

    @Test
    void damagedMetadataIsRefused() {
        for (String damaged : List.of("", "[1]", "[{\"column\":\"a\"}]", "{}"))
            assertThrows(DataFormatException.class, () -> Encoding.fromMetadata(Map.of("data.encoding", damaged)));
    }

    private static String message(Executable refused) {
        return String.valueOf(assertThrows(DataFormatException.class, refused).getMessage());
    }
}
