package org.chainrule.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.chainrule.DataFormatException;
import org.chainrule.InvalidArgumentException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyTest {
    @Test
    void codesFollowTheOrderOfCodePoints() {
        Vocabulary vocabulary = Vocabulary.of("hello\n😀é");
        assertEquals("\nehloé😀", vocabulary.symbols());
        assertArrayEquals(new int[] {2, 1, 3, 3, 4, 0, 6, 5}, vocabulary.encode("hello\n😀é"));
        assertEquals("hello\n😀é", vocabulary.decode(2, 1, 3, 3, 4, 0, 6, 5));
        assertEquals(vocabulary, Vocabulary.of(vocabulary.symbols()));
    }

    @Test
    void unknownCharacterIsNamedWithItsPlace() {
        String message =
                assertThrows(DataFormatException.class, () -> Vocabulary.of("ab\n").encode("a\nbz")).getMessage();
        assertTrue(message.contains("line 2, character 3") && message.contains("'z' (U+007A)"), message);
    }

    @Test
    void codeOutOfRangeAndEmptyTextAreRefused() {
        assertThrows(InvalidArgumentException.class, () -> Vocabulary.of("ab").decode(0, 2));
        assertThrows(InvalidArgumentException.class, () -> Vocabulary.of(""));
    }

    @Test
    void textFileMustBeUtf8AndNotEmpty(@TempDir Path folder) throws IOException {
        Path good = Files.writeString(folder.resolve("good"), "\ufeffé\r\n");
        assertEquals("é\r\n", Text.read(good));
        Path bad = Files.write(folder.resolve("bad"), new byte[] {'a', '\n', 'b', (byte) 0xc3, 'x'});
        String message = assertThrows(DataFormatException.class, () -> Text.read(bad)).getMessage();
        assertTrue(message.contains("bad: at byte 3 (line 2)"), message);
        Path empty = Files.write(folder.resolve("empty"), new byte[0]);
        assertTrue(assertThrows(DataFormatException.class, () -> Text.read(empty)).getMessage().contains("empty"));
    }
}
