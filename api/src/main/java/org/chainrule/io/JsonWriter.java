package org.chainrule.io;

import java.util.Iterator;
import java.util.Map;

/** Renders a {@link Json} value as text. */
final class JsonWriter {
    private final StringBuilder out = new StringBuilder();
    private final boolean indented;

    private JsonWriter(boolean indented) {
        this.indented = indented;
    }

    static String compact(Json value) {
        var writer = new JsonWriter(false);
        writer.write(value, 0);
        return writer.out.toString();
    }

    static String indented(Json value) {
        var writer = new JsonWriter(true);
        writer.write(value, 0);
        return writer.out.append('\n').toString();
    }

    private void write(Json value, int depth) {
        switch (value) {
            case Json.Obj(var members) -> object(members, depth);
            case Json.Arr(var elements) -> array(elements, depth);
            case Json.Str(var text) -> string(text);
            case Json.Int(var number) -> out.append(number);
            case Json.Real(var number) -> real(number);
            case Json.Bool(var truth) -> out.append(truth);
            case Json.Null() -> out.append("null");
        }
    }

    private void object(Map<String, Json> members, int depth) {
        out.append('{');
        for (Iterator<Map.Entry<String, Json>> each = members.entrySet().iterator(); each.hasNext();) {
            var member = each.next();
            line(depth + 1);
            string(member.getKey());
            out.append(indented ? ": " : ":");
            write(member.getValue(), depth + 1);
            if (each.hasNext()) {
                out.append(',');
            }
        }
        if (!members.isEmpty()) {
            line(depth);
        }
        out.append('}');
    }

    private void array(Iterable<Json> elements, int depth) {
        out.append('[');
        for (Iterator<Json> each = elements.iterator(); each.hasNext();) {
            write(each.next(), depth);
            if (each.hasNext()) {
                out.append(indented ? ", " : ",");
            }
        }
        out.append(']');
    }

    private void line(int depth) {
        if (indented) {
            out.append('\n').repeat("  ", depth);
        }
    }

    private void real(double number) {
        if (Double.isFinite(number)) {
            out.append(number);
        } else {
            string(Double.toString(number));
        }
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
