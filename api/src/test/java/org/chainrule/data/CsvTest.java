package org.chainrule.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.chainrule.ChainruleException;
import org.chainrule.DataFormatException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.NonFiniteException;
import org.chainrule.StorageException;
import org.chainrule.data.Csv.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {
    @TempDir
    Path folder;

    private static Table parse(String text) {
        return Csv.parse("in.csv", text, Header.DETECT);
    }

    private static double[] numbers(Table table, String name) {
        return assertInstanceOf(Table.Numbers.class, table.column(name)).values();
    }

    private static String[] texts(Table table, String name) {
        return assertInstanceOf(Table.Texts.class, table.column(name)).values();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a,b,k\n1,2.5,x\n-3,4e1,y\n", "a;b;k\r\n1;2.5;x\r\n-3;4e1;y", "a\tb\tk\r1\t2.5\tx\r-3\t4e1\ty",
                "\n\na, b , k\n 1, 2.5 ,x\n\n-3 ,4e1, \"y\" \n\n  \n",
                "\"a\",\"b\",\"k\"\n\"1\",\"2.5\",\"x\"\n\"-3\",\"4e1\",\"y\""})
    void separatorsLineEndsSpacesAndQuotesGiveTheSameTable(String text) {
        Table table = parse(text);
        assertEquals(List.of("a", "b", "k"), table.names());
        assertArrayEquals(new double[] {1, -3}, numbers(table, "a"));
        assertArrayEquals(new double[] {2.5, 40}, numbers(table, "b"));
        assertArrayEquals(new String[] {"x", "y"}, texts(table, "k"));
    }

    @Test
    void quotedFieldsKeepSeparatorsQuotesAndLineFeeds() {
        Table table = parse("v,k\n1,\"a,\"\"b\"\"\nc\"\n2,d\n");
        assertArrayEquals(new String[] {"a,\"b\"\nc", "d"}, texts(table, "k"));
        assertArrayEquals(new int[] {2, 4}, table.lines());
    }

    @Test
    void firstRecordWithANumberIsNoHeader() {
        Table table = parse("1,x\n2,y\n");
        assertEquals(List.of("column 1", "column 2"), table.names());
        assertEquals(2, table.rows());
        assertEquals(1, Csv.parse("in", "0,1\n2,3\n", Header.PRESENT).rows());
        assertEquals(2, Csv.parse("in", "a,b\nc,d\n", Header.ABSENT).rows());
    }

    @Test
    void gzipAndByteOrderMarkAreRecognised() throws IOException {
        byte[] text = "\ufeffé,b\n1,2\n".getBytes(StandardCharsets.UTF_8);
        var compressed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(compressed)) {
            gzip.write(text);
        }
        Path plain = Files.write(folder.resolve("a.csv"), text);
        Path packed = Files.write(folder.resolve("b.csv"), compressed.toByteArray());
        assertEquals(List.of("é", "b"), Csv.read(plain).names());
        assertEquals(List.of("é", "b"), Csv.read(packed).names());
        Path cut = Files.write(folder.resolve("cut.csv.gz"), java.util.Arrays.copyOf(compressed.toByteArray(), 20));
        String message = assertThrows(DataFormatException.class, () -> Csv.read(cut)).getMessage();
        assertTrue(message.contains("cut.csv.gz") && message.contains("byte 20") && message.contains("truncated"),
                message);
    }

    @Test
    void columnThatIsMostlyTextKeepsItsNumbersAsText() {
        assertArrayEquals(new String[] {"007", "a1", "b2"}, texts(parse("v,k\n1,007\n2,a1\n3,b2\n"), "k"));
    }

    @Test
    void numbersAreParsedToTheNearestDouble() {
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            String text = i % 2 == 0 ? Double.toString(random.nextGaussian())
                    : (random.nextInt(1000) - 500) + "." + random.nextInt(1_000_000_000);
            assertTrue(CsvNumber.isNumber(text), text);
            assertEquals(Double.parseDouble(text), CsvNumber.parse(text), text);
        }
        assertEquals(-0.0, CsvNumber.parse("-0"));
        assertEquals(0.5, CsvNumber.parse(".5"));
        assertEquals(5.0, CsvNumber.parse("+5."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", ".", "1f", "0x1p3", "1e", "1e+", "NaN", "1 2", "--1", "1.2.3", "e5", "١"})
    void whatIsNoDecimalNumberIsText(String text) {
        assertTrue(!CsvNumber.isNumber(text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "``                       | line 1                    | empty file",
        "a,b                      | after line 1              | rows below the header",
        "a,b~1,2~3~               | line 3                    | expected 2 fields as in line 1, found 1: fill in the missing",
        "a,b~1,2~3,4,5~           | line 3                    | found 3: put a field that holds ',' into quotes",
        "a,b~1,2~x,4~3,3          | line 3, column 1 ('a')    | text 'x'",
        "a,b~1,2~,4~              | line 3, column 1 ('a')    | found none",
        "a,k~1,x~2,~              | line 3, column 2 ('k')    | found none",
        "a,a~1,2                  | line 1, column 2          | 'a' again",
        "a,b~1,\"2~               | line 2, column 2          | closing quote",
        "a,b~1,\"2\"3~            | line 2, column 2          | separator after",
        "a,b~1,2\"3~              | line 2, column 2          | quote inside",
        "a;b~1,5;2~2,5;3~2.5;3    | line 2, column 1 ('a')    | found '1,5', and others with a comma",
        "a;b~1,5;2~2.5;3~3.5;3    | line 2, column 1 ('a')    | decimal point",
        "a,b~1,NA~2,3~4,5         | line 2, column 2 ('b')    | text 'NA'",
    })
    void brokenTablesAreRefusedWithTheirPlace(String text, String place, String expected) {
        String broken = text.replace('~', '\n');
        String message = assertThrows(DataFormatException.class, () -> parse(broken)).getMessage();
        assertTrue(message.startsWith("in.csv: " + place) && message.contains(expected), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "nan", "inf", "-Infinity", "1e999"})
    void nonFiniteValuesAreRefusedWithTheirPlace(String value) {
        String message =
                assertThrows(NonFiniteException.class, () -> parse("a,b\n1,2\n2," + value + "\n3,4\n")).getMessage();
        assertTrue(message.startsWith("in.csv: line 3, column 2 ('b')") && message.contains(value), message);
    }

    @Test
    void malformedUtf8IsRefusedAtItsByte() throws IOException {
        Path file = Files.write(folder.resolve("latin1.csv"), "a,b\n1,é\n".getBytes(StandardCharsets.ISO_8859_1));
        String message = assertThrows(DataFormatException.class, () -> Csv.read(file)).getMessage();
        assertTrue(message.contains("latin1.csv: at byte 6 (line 2)") && message.contains("0xe9"), message);
    }

    @Test
    void missingFileAndFolderAreStorageExceptions() {
        assertTrue(assertThrows(StorageException.class, () -> Csv.read(folder.resolve("none.csv"))).getMessage()
                .contains("no such file"));
        assertThrows(StorageException.class, () -> Csv.read(folder));
    }

    @Test
    void randomBytesGiveATableOrAChainruleException() {
        var random = new Random(3);
        String alphabet = "ab1.,;\t\n\r\"- e";
        for (int i = 0; i < 50_000; i++) {
            var text = new StringBuilder();
            for (int length = random.nextInt(30); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                Table table = parse(text.toString());
                assertTrue(table.rows() > 0 && !table.columns().isEmpty());
            } catch (ChainruleException refused) {
                assertTrue(refused.getMessage().startsWith("in.csv: "), refused.getMessage());
            }
        }
    }

    @Test
    void textTargetGivesSortedClasses() {
        Dataset data = parse("x,y,k\n1,2,b\n3,4,a\n5,6,b\n").dataset("k");
        assertEquals(List.of("a", "b"), data.classes());
        assertArrayEquals(new int[] {1, 0, 1}, data.labels());
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, data.features());
        assertArrayEquals(new int[] {2}, data.sampleShape());
    }

    @Test
    void wholeNumberTargetGivesClassesInNumericOrder() {
        Dataset data = parse("x,k\n1,10\n2,9\n3,10\n4,9\n").dataset("k");
        assertEquals(List.of("9", "10"), data.classes());
        assertArrayEquals(new int[] {1, 0, 1, 0}, data.labels());
    }

    @Test
    void wholeNumbersAreClassesOnlyWhereTheyCountFromZeroOrOne() {
        assertTrue(target(40, i -> i % 3).targets() instanceof Dataset.Labels);
        assertTrue(target(40, i -> 1 + i % 20).targets() instanceof Dataset.Labels);
        assertTrue(target(42, i -> i % 21).targets() instanceof Dataset.Values);
        assertTrue(target(60, i -> 18 + i % 12).targets() instanceof Dataset.Values);
        assertTrue(target(60, i -> 100 * (i % 5)).targets() instanceof Dataset.Values);
        assertTrue(target(6, i -> i % 4).targets() instanceof Dataset.Values);
        Table counts = parse("x,k\n1,0\n2,1\n3,0\n");
        assertTrue(counts.dataset("k", Table.Kind.NUMBERS, Encoding.ofNumbers(List.of("x")))
                .targets() instanceof Dataset.Values);
    }

    private static Dataset target(int rows, IntUnaryOperator value) {
        var text = new StringBuilder("x,k\n");
        for (int i = 0; i < rows; i++) text.append(i).append(',').append(value.applyAsInt(i)).append('\n');
        return parse(text.toString()).dataset("k");
    }

    @Test
    void realOrManyValuedTargetIsRegression() {
        assertArrayEquals(new float[] {1.5f, 2}, parse("x,t\n1,1.5\n2,2\n").dataset("t").values());
        assertArrayEquals(new float[] {7, 8, 9}, parse("x,t\n1,7\n2,8\n3,9\n").dataset("t").values());
        assertArrayEquals(new float[] {2, 3, 5, 6}, parse("x,t,u\n1,2,3\n4,5,6\n").regression("t", "u").values());
    }

    @Test
    void targetMayStandAnywhere() {
        assertArrayEquals(new float[] {1, 2}, parse("k,x\na,1\nb,2\n").dataset("k").features());
    }

    @Test
    void unknownColumnAndUnknownClassAreRefused() {
        Table table = parse("x,k\n1,a\n2,b\n");
        assertTrue(
                assertThrows(InvalidArgumentException.class, () -> table.dataset("z")).getMessage().contains("[x, k]"));
        assertTrue(assertThrows(DataFormatException.class, () -> table.features(List.of("k"))).getMessage()
                .startsWith("in.csv: line 2, column 2 ('k')"));
        assertTrue(
                assertThrows(DataFormatException.class, () -> table.classification("k", List.of("a", "c"))).getMessage()
                        .startsWith("in.csv: line 3, column 2 ('k')"));
        assertThrows(DataFormatException.class, () -> parse("x,k\n1,a\n2,a\n").dataset("k"));
        assertThrows(DataFormatException.class, () -> parse("x,t\n1,1.5\n2,2\n").classification("t"));
        assertThrows(InvalidArgumentException.class, () -> parse("k\na\nb\n").dataset("k"));
    }

    @Test
    void numberBeyondFloatIsRefused() {
        String message =
                assertThrows(NonFiniteException.class, () -> parse("x,k\n1,a\n1e60,b\n").dataset("k")).getMessage();
        assertTrue(message.startsWith("in.csv: line 3, column 1 ('x')"), message);
    }

    @Test
    void columnsAreNamedByNameOrNumber() {
        Table table = Csv.parse("in.csv", "x,2,k\n1,5,a\n2,6,b\n", Csv.Header.PRESENT);
        assertEquals("k", table.nameOf("3"));
        assertEquals("2", table.nameOf("2"));
        assertEquals("x", table.nameOf("x"));
        assertEquals("column 2", parse("1,2\n3,4\n").nameOf("2"));
        for (String none : List.of("0", "4", "-1", "y"))
            assertTrue(assertThrows(InvalidArgumentException.class, () -> table.nameOf(none)).getMessage()
                    .contains("[x, 2, k]"));
        assertEquals(List.of("2"), table.namesWithout("k", "x"));
        assertThrows(InvalidArgumentException.class, () -> table.namesWithout("k", "y"));
    }
}
