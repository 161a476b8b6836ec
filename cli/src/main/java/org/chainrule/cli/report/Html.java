package org.chainrule.cli.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/** Writes HTML and SVG that is also well-formed XML: what is opened is closed, what is text is escaped. */
public final class Html {
    private static final Set<String> VOID = Set.of("meta", "img", "br", "col",
            "circle", "line", "path", "polyline", "rect", "stop");

    private final StringBuilder out = new StringBuilder("<!DOCTYPE html>\n");
    private final Deque<String> open = new ArrayDeque<>();

    /** Opens {@code tag} or {@code tag.class}; attributes are pairs of name and value. */
    public Html open(String selector, String... attributes) {
        open.push(start(selector, attributes));
        out.append('>');
        return this;
    }

    public Html close() {
        out.append("</").append(open.pop()).append('>');
        return this;
    }

    public Html nest(String selector, Runnable body) {
        open(selector);
        body.run();
        return close().line();
    }

    /** An element that holds text alone. */
    public Html leaf(String selector, String text, String... attributes) {
        return open(selector, attributes).text(text).close();
    }

    /** An element that holds nothing. */
    public Html empty(String selector, String... attributes) {
        var tag = start(selector, attributes);
        out.append(VOID.contains(tag) ? "/>" : "></" + tag + ">");
        return this;
    }

    public Html text(String text) {
        escape(text);
        return this;
    }

    /** Content of our own that needs no escaping. */
    public Html raw(String markup) {
        out.append(markup);
        return this;
    }

    public Html line() {
        out.append('\n');
        return this;
    }

    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("left open: " + open);
        }
        return out.toString();
    }

    private String start(String selector, String... attributes) {
        int dot = selector.indexOf('.');
        var tag = dot < 0 ? selector : selector.substring(0, dot);
        out.append('<').append(tag);
        if (dot >= 0) {
            attribute("class", selector.substring(dot + 1).replace('.', ' '));
        }
        for (int i = 0; i < attributes.length; i += 2) {
            attribute(attributes[i], attributes[i + 1]);
        }
        return tag;
    }

    private void attribute(String name, String value) {
        out.append(' ').append(name).append("=\"");
        escape(value);
        out.append('"');
    }

    private void escape(String text) {
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(allowed(c) ? c : 0xfffd);
            }
        });
    }

    private static boolean allowed(int c) {
        boolean control = c < 0x20 && c != '\n' && c != '\t' && c != '\r' || c >= 0x7f && c < 0xa0;
        boolean surrogate = c >= 0xd800 && c <= 0xdfff;
        return !control && !surrogate && c != 0xfffe && c != 0xffff;
    }
}
