package org.chainrule.data;

import java.util.ArrayList;
import java.util.List;
import org.chainrule.DataFormatException;

/**
 * Splits text into records and fields after RFC 4180, with three concessions: a record may end with CR, LF or both,
 * spaces around unquoted fields are dropped, and empty lines are skipped.
 */
final class CsvScanner {
    private final String source;
    private final String text;
    private final char separator;
    private int at;
    private int line = 1;
    private int recordLine;

    CsvScanner(String source, String text, char separator) {
        this.source = source;
        this.text = text;
        this.separator = separator;
    }

    /** The line on which the record last read began, from 1. */
    int recordLine() {
        return recordLine;
    }

    /** The fields of the next record; none at the end of the text. */
    List<String> next() {
        List<String> fields = new ArrayList<>();
        skipEmptyLines();
        recordLine = line;
        if (at == text.length()) {
            return fields;
        }
        fields.add(field(1));
        while (at < text.length() && text.charAt(at) == separator) {
            at++;
            fields.add(field(fields.size() + 1));
        }
        endLine();
        return fields;
    }

    private void skipEmptyLines() {
        int start = at;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n' || c == '\r') {
                endLine();
                start = at;
            } else if (c == ' ') {
                at++;
            } else {
                at = start;
                return;
            }
        }
    }

    private void endLine() {
        if (at < text.length()) {
            boolean pair = text.charAt(at) == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n';
            at += pair ? 2 : 1;
            line++;
        }
    }

    private String field(int column) {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return at < text.length() && text.charAt(at) == '"' ? quoted(column) : plain(column);
    }

    private String plain(int column) {
        int start = at;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == separator || c == '\n' || c == '\r') {
                break;
            }
            if (c == '"') {
                throw refuse(line, column, "a field with a quote to be quoted as a whole and the quote doubled",
                        "a quote inside '" + text.substring(start, at + 1) + "'");
            }
        }
        return text.substring(start, at).strip();
    }

    private String quoted(int column) {
        int opened = line;
        StringBuilder out = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            boolean doubled = c == '"' && at + 1 < text.length() && text.charAt(at + 1) == '"';
            if (c == '"' && !doubled) {
                at++;
                afterQuote(column);
                return out.toString();
            }
            at += doubled ? 1 : 0;
            boolean crBeforeLf = c == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n';
            line += (c == '\n' || c == '\r') && !crBeforeLf ? 1 : 0;
            out.append(c);
        }
        throw refuse(opened, column, "a closing quote", "the end of the file");
    }

    private void afterQuote(int column) {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        if (at < text.length() && text.charAt(at) != separator && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
            throw refuse(line, column, "a separator after the closing quote", "'" + text.charAt(at) + "'");
        }
    }

    private DataFormatException refuse(int onLine, int column, String expected, String found) {
        return new DataFormatException(source + ": line " + onLine + ", column " + column + ": expected " + expected
                + ", found " + found);
    }

    /**
     * A tab or a semicolon if the first two records both have one, else a comma: beside a semicolon, commas are decimal
     * commas, which are refused where a number is read.
     */
    static char detectSeparator(String text) {
        for (char candidate : new char[] {'\t', ';'}) {
            var scanner = new CsvScanner("", text, candidate);
            try {
                if (scanner.next().size() > 1 && scanner.next().size() != 1) {
                    return candidate;
                }
            } catch (DataFormatException _) {
                // not this one: the next may fit
            }
        }
        return ',';
    }
}
