package org.chainrule.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.chainrule.DataFormatException;
import org.chainrule.InvalidArgumentException;

/** The characters (Unicode code points) that a model knows; the code of each is its place in ascending order. */
public final class Vocabulary {
    private final int[] codePoints;

    private Vocabulary(int[] codePoints) {
        this.codePoints = codePoints;
    }

    /** The characters that occur in {@code text}. @throws InvalidArgumentException if there is none */
    public static Vocabulary of(String text) {
        if (text.isEmpty()) {
            throw new InvalidArgumentException("a vocabulary needs at least one character, but the text is empty");
        }
        return new Vocabulary(text.codePoints().distinct().sorted().toArray());
    }

    /** The number of characters. */
    public int size() {
        return codePoints.length;
    }

    /** All characters in ascending order; {@code Vocabulary.of(v.symbols())} equals {@code v}. */
    public String symbols() {
        return new String(codePoints, 0, codePoints.length);
    }

    /**
     * The code of each character.
     *
     * @throws DataFormatException naming the first character that is not in the vocabulary, and its place
     */
    public int[] encode(String text) {
        int[] points = text.codePoints().toArray();
        int line = 1;
        for (int i = 0; i < points.length; i++) {
            int code = Arrays.binarySearch(codePoints, points[i]);
            if (code < 0) {
                throw new DataFormatException(
                        "text: line " + line + ", character " + i + " (from 0): expected one of the "
                                + size() + " characters that the model knows, found " + show(points[i])
                                + "; it knows " + known());
            }
            line += points[i] == '\n' ? 1 : 0;
            points[i] = code;
        }
        return points;
    }

    /** The characters of {@code codes}. @throws InvalidArgumentException for a code outside 0 … size - 1 */
    public String decode(int... codes) {
        StringBuilder out = new StringBuilder(codes.length);
        for (int i = 0; i < codes.length; i++) {
            if (codes[i] < 0 || codes[i] >= codePoints.length) {
                throw new InvalidArgumentException(
                        "code " + codes[i] + " at place " + i + " is not in 0 … " + (size() - 1));
            }
            out.appendCodePoint(codePoints[codes[i]]);
        }
        return out.toString();
    }

    private String known() {
        List<String> shown = Arrays.stream(codePoints).limit(100)
                .mapToObj(point -> Character.isISOControl(point) ? show(point) : Character.toString(point)).toList();
        return shown.stream().collect(Collectors.joining(" ")) + (size() > 100 ? " …" : "");
    }

    private static String show(int point) {
        return Character.isISOControl(point) ? String.format("U+%04X", point)
                : String.format("'%s' (U+%04X)", Character.toString(point), point);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vocabulary that && Arrays.equals(codePoints, that.codePoints);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(codePoints);
    }

    @Override
    public String toString() {
        return "Vocabulary[" + known() + "]";
    }
}
