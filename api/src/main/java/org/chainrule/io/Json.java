package org.chainrule.io;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.chainrule.DataFormatException;

/**
 * A JSON value (RFC 8259). Parsing is strict: no comments, no trailing commas, no duplicate keys, no unpaired surrogates,
 * nothing after the value. Writing keeps the order of members, so equal values give equal text.
 *
 * <p>Numbers without fraction and exponent that fit are {@link Int}, all others {@link Real}; a double written and
 * parsed again has the same bits. JSON has no NaN and no infinities: {@link Real} writes them as the strings
 * {@code "NaN"}, {@code "Infinity"} and {@code "-Infinity"}, and {@link #asDouble()} accepts these strings.
 */
public sealed interface Json {
    /** Members in their order of appearance. */
    record Obj(Map<String, Json> members) implements Json {
        public Obj {
            members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
        }
    }

    /** Elements in order. */
    record Arr(List<Json> elements) implements Json {
        public Arr {
            elements = List.copyOf(elements);
        }
    }

    /** A string. */
    record Str(String value) implements Json {}

    /** A whole number. */
    record Int(long value) implements Json {}

    /** Any other number. */
    record Real(double value) implements Json {}

    /** {@code true} or {@code false}. */
    record Bool(boolean value) implements Json {}

    /** {@code null}. */
    record Null() implements Json {}

    /**
     * Parses a complete JSON text.
     *
     * @param source what the text is, for messages: usually the file's name
     * @throws DataFormatException naming source, line and column of the first violation
     */
    static Json parse(String source, String text) {
        return new JsonParser(source, text).parse();
    }

    /** An object with the members of {@code strings}, in their order. */
    static Obj ofStrings(Map<String, String> strings) {
        SequencedMap<String, Json> members = new LinkedHashMap<>();
        strings.forEach((key, value) -> members.put(key, new Str(value)));
        return new Obj(members);
    }

    /** An array of {@link Real}s. */
    static Arr ofDoubles(double... values) {
        return new Arr(Arrays.stream(values).<Json>mapToObj(Real::new).toList());
    }

    /** An array of {@link Int}s. */
    static Arr ofLongs(long... values) {
        return new Arr(Arrays.stream(values).<Json>mapToObj(Int::new).toList());
    }

    /** The compact JSON text, without spaces; control characters are escaped, all else stands as it is. */
    default String text() {
        return JsonWriter.compact(this);
    }

    /** The JSON text indented by two spaces, with a final line feed. */
    default String pretty() {
        return JsonWriter.indented(this);
    }

    /** The members of an object. @throws DataFormatException for another kind of value */
    default Map<String, Json> asObject() {
        if (this instanceof Obj(var members)) return members;
        throw wrong("an object");
    }

    /** The elements of an array. @throws DataFormatException for another kind of value */
    default List<Json> asArray() {
        if (this instanceof Arr(var elements)) return elements;
        throw wrong("an array");
    }

    /** The characters of a string. @throws DataFormatException for another kind of value */
    default String asString() {
        if (this instanceof Str(var value)) return value;
        throw wrong("a string");
    }

    /** A whole number. @throws DataFormatException for another kind of value, a fraction or a number beyond 64 bits */
    default long asLong() {
        if (this instanceof Int(var value)) return value;
        throw wrong("a whole number of 64 bits");
    }

    /** A truth value. @throws DataFormatException for another kind of value */
    default boolean asBoolean() {
        if (this instanceof Bool(var value)) return value;
        throw wrong("true or false");
    }

    /** A number, or one of the strings that stand for NaN and infinities. @throws DataFormatException for another value */
    default double asDouble() {
        return switch (this) {
            case Int(var value) -> value;
            case Real(var value) -> value;
            case Str(var value) when value.equals("NaN") -> Double.NaN;
            case Str(var value) when value.equals("Infinity") -> Double.POSITIVE_INFINITY;
            case Str(var value) when value.equals("-Infinity") -> Double.NEGATIVE_INFINITY;
            case Str _, Obj _, Arr _, Bool _, Null _ -> throw wrong("a number");
        };
    }

    /** The doubles of an array of numbers. @throws DataFormatException for another kind of value */
    default double[] asDoubles() {
        return asArray().stream().mapToDouble(Json::asDouble).toArray();
    }

    private DataFormatException wrong(String expected) {
        String found = text();
        return new DataFormatException("expected " + expected + " in JSON, found "
                + (found.length() <= 60 ? found : found.substring(0, 60) + "…"));
    }
}
