package org.chainrule.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.chainrule.DataFormatException;
import org.chainrule.NonFiniteException;
import org.chainrule.StorageException;
import org.chainrule.io.FileBytes;

/**
 * Reads comma-, semicolon- or tab-separated text after RFC 4180, in UTF-8 with or without byte order mark, plain or gzip.
 * The separator is found from the first two records.
 *
 * <p>A column is numeric if at least half of its fields are numbers; then all must be. Every field must hold something:
 * a missing value is refused, as are NaN and infinities, for training on them gives nothing; and so are columns of numbers
 * with decimal commas, which would otherwise be text.
 */
public final class Csv {
    private Csv() {}

    /** Whether the first record names the columns. */
    public enum Header {
        /** It does if none of its fields is a number. */
        DETECT,
        PRESENT,
        ABSENT
    }

    /** Reads {@code file}, finding out whether it has a header. See {@link #read(Path, Header)}. */
    public static Table read(Path file) {
        return read(file, Header.DETECT);
    }

    /**
     * Reads {@code file}. Without header the columns are named {@code column 1}, {@code column 2}, ….
     *
     * @throws StorageException if the file cannot be read
     * @throws DataFormatException naming file, line and column: no records, rows of different length, a field missing, text
     *     in a number column, wrong quotes, a column name twice, bytes that are not UTF-8
     * @throws NonFiniteException for NaN or an infinity in a number column, or a number beyond the range of double
     */
    public static Table read(Path file, Header header) {
        return parse(FileBytes.read(file), header);
    }

    /** Reads what {@code file} held. See {@link #read(Path, Header)}. */
    public static Table parse(FileBytes file, Header header) {
        return parse(file.source(), file.utf8(), header);
    }

    /** Reads {@code text}; {@code source} stands for it in messages. See {@link #read(Path, Header)}. */
    public static Table parse(String source, String text, Header header) {
        char separator = CsvScanner.detectSeparator(text);
        CsvReader first = new CsvReader(source, text, separator, header, Set.of());
        Set<Integer> textual = first.mostlyText();
        CsvReader complete = textual.isEmpty() ? first : new CsvReader(source, text, separator, header, textual);
        return complete.table();
    }

    /** One pass over the text; the columns in {@code textual} are taken as text even where they hold numbers. */
    private static final class CsvReader {
        private final String source;
        private final List<String> names;
        private final List<CsvColumn> columns = new ArrayList<>();
        private final List<Integer> lines = new ArrayList<>();
        private final OptionalInt headerLine;

        CsvReader(String source, String text, char separator, Header header, Set<Integer> textual) {
            this.source = source;
            CsvScanner scanner = new CsvScanner(source, text, separator);
            List<String> record = scanner.next();
            if (record.isEmpty()) {
                throw new DataFormatException(source + ": line 1: expected a table, found an empty file");
            }
            int width = record.size();
            int widthLine = scanner.recordLine();
            boolean named = switch (header) {
                case DETECT -> record.stream().noneMatch(CsvNumber::isNumber);
                case PRESENT -> true;
                case ABSENT -> false;
            };
            headerLine = named ? OptionalInt.of(widthLine) : OptionalInt.empty();
            names = named ? headerNames(record, widthLine) : numberedNames(width);
            for (int i = 0; i < width; i++) {
                columns.add(new CsvColumn(source, i + 1, names.get(i), textual.contains(i)));
            }
            for (record = named ? scanner.next() : record; !record.isEmpty(); record = scanner.next()) {
                if (record.size() != width) {
                    throw new DataFormatException(source + ": line " + scanner.recordLine() + ": expected " + width
                            + " fields as in line " + widthLine + ", found " + record.size() + ": "
                            + (record.size() < width ? "fill in the missing ones or remove the row"
                                    : "put a field that holds '" + separator
                                            + "' into quotes, and write decimal points as '.'"));
                }
                for (int i = 0; i < width; i++) {
                    columns.get(i).add(record.get(i), scanner.recordLine());
                }
                lines.add(scanner.recordLine());
            }
            if (lines.isEmpty()) {
                throw new DataFormatException(source + ": after line " + widthLine
                        + ": expected rows below the header, found none; add rows, or read line " + widthLine
                        + " as a row (--no-header, Header.ABSENT)");
            }
        }

        private List<String> headerNames(List<String> record, int line) {
            List<String> found = new ArrayList<>();
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < record.size(); i++) {
                String name = record.get(i).isEmpty() ? "column " + (i + 1) : record.get(i);
                if (!seen.add(name)) {
                    throw new DataFormatException(source + ": line " + line + ", column " + (i + 1)
                            + ": expected a name of its own for each column, found '" + name + "' again");
                }
                found.add(name);
            }
            return found;
        }

        private static List<String> numberedNames(int width) {
            List<String> found = new ArrayList<>();
            for (int i = 1; i <= width; i++) {
                found.add("column " + i);
            }
            return found;
        }

        Set<Integer> mostlyText() {
            Set<Integer> found = new HashSet<>();
            for (int i = 0; i < columns.size(); i++) {
                if (columns.get(i).isMostlyText()) {
                    found.add(i);
                }
            }
            return found;
        }

        Table table() {
            return new Table(source, headerLine, columns.stream().map(CsvColumn::column).toList(),
                    lines.stream().mapToInt(Integer::intValue).toArray());
        }
    }
}
