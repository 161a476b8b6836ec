package org.chainrule.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.chainrule.DataFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
    @Test
    void parsesEveryKindAndWritesItBackInOrder() {
        String text =
                "{\"z\":[1,-2.5,1.0E10,true,false,null],\"a\":{\"\":\"q\\\"\\\\\\n\\u0001é😀\"},\"e\":[],\"o\":{}}";
        assertEquals(text, Json.parse("t", text).text());
        assertEquals(Json.parse("t", text), Json.parse("t", Json.parse("t", text).pretty()));
    }

    @Test
    void escapesAreDecoded() {
        assertEquals("\"\\/\b\f\n\r\tA😀",
                Json.parse("t", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\ud83d\\uDE00\"").asString());
    }

    @Test
    void doublesRoundTripBitForBit() {
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            assertEquals(value, Json.parse("t", new Json.Real(value).text()).asDouble());
        }
        for (double value : new double[] {0.0, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, 1, 1e15, 0.1}) {
            assertEquals(value, Json.parse("t", new Json.Real(value).text()).asDouble());
        }
    }

    @Test
    void wholeNumbersKeepAll64Bits() {
        assertEquals(Long.MIN_VALUE, Json.parse("t", "-9223372036854775808").asLong());
        assertEquals(new Json.Real(9223372036854775808.0), Json.parse("t", "9223372036854775808"));
        assertEquals(new Json.Real(-0.0), Json.parse("t", "-0"));
    }

    @Test
    void nonFiniteNumbersAreWrittenAsStringsAndReadBack() {
        Json values = Json.ofDoubles(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        assertEquals("[\"NaN\",\"Infinity\",\"-Infinity\"]", values.text());
        double[] back = Json.parse("t", values.text()).asDoubles();
        assertTrue(Double.isNaN(back[0]) && back[1] > 0 && back[2] < 0 && Double.isInfinite(back[1] - back[2]));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "``            | line 1, column 1 | JSON value",
        "{             | line 1, column 2 | key in double quotes",
        "{\"a\" 1}     | line 1, column 6 | ':' after",
        "{\"a\":1,}    | line 1, column 8 | key in double quotes",
        "{\"a\":1 2}   | line 1, column 8 | ',' or '}'",
        "{\"a\":1,\"a\":2} | line 1, column 8 | each key once",
        "[1,]          | line 1, column 4 | JSON value",
        "[1 2]         | line 1, column 4 | ',' or ']'",
        "01            | line 1, column 2 | end of the JSON",
        "1.            | line 1, column 3 | a digit",
        "1e+           | line 1, column 4 | a digit",
        "-x            | line 1, column 2 | JSON value",
        ".5            | line 1, column 1 | JSON value",
        "NaN           | line 1, column 1 | JSON value",
        "tru           | line 1, column 1 | JSON value",
        "\"abc         | line 1, column 1 | closing quote",
        "\"\\x\"       | line 1, column 3 | one of",
        "\"\\u12g4\"   | line 1, column 6 | hexadecimal",
        "\"\\ud800x\"  | line 1, column 4 | surrogates in pairs",
        "1 1           | line 1, column 3 | end of the JSON",
        "/*c*/1        | line 1, column 1 | JSON value",
    })
    void refusesWithLineAndColumn(String text, String position, String expected) {
        String message = assertThrows(DataFormatException.class, () -> Json.parse("some.json", text)).getMessage();
        assertTrue(message.contains("some.json") && message.contains(position) && message.contains(expected), message);
    }

    @Test
    void positionsCountLines() {
        String message = assertThrows(DataFormatException.class, () -> Json.parse("f", "[1,\n2,\n  x]")).getMessage();
        assertTrue(message.contains("line 3, column 3") && message.contains("'x]'"), message);
    }

    @Test
    void rawControlCharacterAndLoneSurrogateAreRefused() {
        assertThrows(DataFormatException.class, () -> Json.parse("f", "\"a\nb\""));
        assertThrows(DataFormatException.class, () -> Json.parse("f", "\"\ud800\""));
    }

    @Test
    void deepNestingIsRefusedNotOverflowing() {
        String message =
                assertThrows(DataFormatException.class, () -> Json.parse("f", "[".repeat(100_000))).getMessage();
        assertTrue(message.contains("256 levels"), message);
    }

    @Test
    void accessorsSayWhatTheyExpected() {
        String message = assertThrows(DataFormatException.class, () -> new Json.Arr(List.of()).asLong()).getMessage();
        assertTrue(message.contains("whole number") && message.contains("[]"), message);
    }
}
