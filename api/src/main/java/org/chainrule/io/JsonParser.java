package org.chainrule.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.chainrule.DataFormatException;

/** A recursive-descent parser of RFC 8259 that names line and column of what it refuses. */
final class JsonParser {
    private static final int MAX_DEPTH = 256;

    private final String source;
    private final String text;
    private int at;
    private int depth;

    JsonParser(String source, String text) {
        this.source = source;
        this.text = text;
    }

    Json parse() {
        Json value = value();
        space();
        if (at < text.length()) {
            throw refuse("the end of the JSON text");
        }
        return value;
    }

    private Json value() {
        space();
        return switch (peek()) {
            case '{' -> nested(this::object);
            case '[' -> nested(this::array);
            case '"' -> new Json.Str(string());
            case 't' -> word("true", new Json.Bool(true));
            case 'f' -> word("false", new Json.Bool(false));
            case 'n' -> word("null", new Json.Null());
            default -> number();
        };
    }

    private Json nested(Supplier<Json> body) {
        if (++depth > MAX_DEPTH) {
            throw refuse("at most " + MAX_DEPTH + " levels of nesting");
        }
        at++;
        Json value = body.get();
        depth--;
        return value;
    }

    private Json object() {
        SequencedMap<String, Json> members = new LinkedHashMap<>();
        space();
        if (take('}')) {
            return new Json.Obj(members);
        }
        do {
            space();
            int start = at;
            if (peek() != '"') {
                throw refuse("a key in double quotes");
            }
            String key = string();
            space();
            if (!take(':')) {
                throw refuse("':' after the key \"" + key + "\"");
            }
            if (members.put(key, value()) != null) {
                at = start;
                throw refuse("each key once, but \"" + key + "\" stands twice");
            }
            space();
        } while (take(','));
        if (!take('}')) {
            throw refuse("',' or '}'");
        }
        return new Json.Obj(members);
    }

    private Json array() {
        List<Json> elements = new ArrayList<>();
        space();
        if (take(']')) {
            return new Json.Arr(elements);
        }
        do {
            elements.add(value());
            space();
        } while (take(','));
        if (!take(']')) {
            throw refuse("',' or ']'");
        }
        return new Json.Arr(elements);
    }

    private Json word(String word, Json value) {
        if (!text.startsWith(word, at)) {
            throw refuse("a JSON value");
        }
        at += word.length();
        return value;
    }

    private Json number() {
        int start = at;
        take('-');
        if (!take('0')) {
            digits("a JSON value");
        }
        boolean whole = true;
        if (take('.')) {
            whole = false;
            digits("a digit");
        }
        if (take('e') || take('E')) {
            whole = false;
            if (!take('+')) {
                take('-');
            }
            digits("a digit");
        }
        String literal = text.substring(start, at);
        if (whole && !literal.equals("-0")) {
            try {
                return new Json.Int(Long.parseLong(literal));
            } catch (NumberFormatException _) {
                return new Json.Real(Double.parseDouble(literal));
            }
        }
        return new Json.Real(Double.parseDouble(literal));
    }

    private void digits(String expected) {
        int start = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        if (at == start) {
            throw refuse(expected);
        }
    }

    private String string() {
        int start = at++;
        StringBuilder out = new StringBuilder();
        while (true) {
            if (at >= text.length()) {
                at = start;
                throw refuse("a string that ends, but its closing quote is missing");
            }
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return out.toString();
            }
            if (c < 0x20) {
                throw refuse("control characters escaped inside a string");
            }
            if (c == '\\') {
                at++;
                escape(out);
            } else if (Character.isSurrogate(c)) {
                int point = text.codePointAt(at);
                if (!Character.isSupplementaryCodePoint(point)) {
                    throw refuse("surrogates in pairs");
                }
                out.appendCodePoint(point);
                at += 2;
            } else {
                out.append(c);
                at++;
            }
        }
    }

    private void escape(StringBuilder out) {
        char c = peek();
        at++;
        switch (c) {
            case '"', '\\', '/' -> out.append(c);
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case 'n' -> out.append('\n');
            case 'r' -> out.append('\r');
            case 't' -> out.append('\t');
            case 'u' -> unicode(out);
            default -> {
                at--;
                throw refuse("one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
            }
        }
    }

    private void unicode(StringBuilder out) {
        int start = at;
        char first = hex();
        out.append(first);
        if (Character.isHighSurrogate(first)) {
            char second = text.startsWith("\\u", at) ? skipThenHex() : 0;
            if (Character.isLowSurrogate(second)) {
                out.append(second);
                return;
            }
        }
        if (Character.isSurrogate(first)) {
            at = start;
            throw refuse("surrogates in pairs");
        }
    }

    private char skipThenHex() {
        at += 2;
        return hex();
    }

    private char hex() {
        int value = 0;
        for (int i = 0; i < 4; i++, at++) {
            char c = peek();
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw refuse("four hexadecimal digits");
            }
            value = value << 4 | digit;
        }
        return (char) value;
    }

    private void space() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private boolean take(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private DataFormatException refuse(String expected) {
        int stop = Math.min(at, text.length());
        int lineStart = text.lastIndexOf('\n', stop - 1) + 1;
        long line = text.substring(0, lineStart).chars().filter(c -> c == '\n').count() + 1;
        String found = stop == text.length() ? "the end of the text"
                : "'" + text.substring(stop, Math.min(text.length(), stop + 20)).lines().findFirst().orElse("") + "'";
        return new DataFormatException(
                source + ": not valid JSON at line " + line + ", column " + (stop - lineStart + 1)
                        + ": expected " + expected + ", found " + found);
    }
}
