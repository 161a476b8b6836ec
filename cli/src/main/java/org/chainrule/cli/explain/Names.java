package org.chainrule.cli.explain;

import org.chainrule.cli.report.Format;

/** How quantities and numbers are written; layers count from 1, units too. */
final class Names {
    private static final int DIGITS = 6;

    private Names() {}

    /** {@code z⁽²⁾₁}. */
    static String unit(String symbol, int layer, int unit) {
        return symbol + layer(layer) + index(unit);
    }

    /** A unit's output: {@code a⁽¹⁾₂}, or {@code x₂} of the sample. */
    static String output(int layer, int unit) {
        return layer == 0 ? "x" + index(unit) : unit("a", layer, unit);
    }

    /** {@code w⁽¹⁾₁₂}: from unit 1 of the layer before to unit 2. */
    static String weight(int layer, int from, int to) {
        return "w" + layer(layer) + (from > 9 || to > 9 ? index(from) + "₋" + index(to) : index(from) + index(to));
    }

    static String layer(int layer) {
        return "⁽" + digits(layer, "⁰¹²³⁴⁵⁶⁷⁸⁹") + "⁾";
    }

    static String index(int n) {
        return digits(n, "₀₁₂₃₄₅₆₇₈₉");
    }

    private static String digits(int n, String alphabet) {
        StringBuilder b = new StringBuilder();
        for (char c : Integer.toString(n).toCharArray()) b.append(alphabet.charAt(c - '0'));
        return b.toString();
    }

    static String derivative(String of, String by) {
        return "∂" + of + "/∂" + by;
    }

    static String number(double v) {
        return Format.number(v, DIGITS);
    }

    /** A number as a factor or an argument: in parentheses if it has a sign. */
    static String factor(double v) {
        String n = number(v);
        return n.startsWith("−") || n.contains("×") ? "(" + n + ")" : n;
    }
}
