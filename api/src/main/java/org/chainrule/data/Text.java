package org.chainrule.data;

import java.nio.file.Path;
import org.chainrule.DataFormatException;
import org.chainrule.StorageException;
import org.chainrule.io.FileBytes;

/** Text files for character models. */
public final class Text {
    private Text() {}

    /**
     * The characters of a UTF-8 file, plain or gzip, without a leading byte order mark; line ends stay as they are.
     *
     * @throws StorageException if the file cannot be read
     * @throws DataFormatException if it is empty, or naming the offset of the first byte that is not UTF-8
     */
    public static String read(Path file) {
        String text = FileBytes.read(file).utf8();
        if (text.isEmpty()) {
            throw new DataFormatException(file + ": at byte 0: expected text, found an empty file");
        }
        return text;
    }
}
