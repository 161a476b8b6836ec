package org.chainrule.data;

import java.util.regex.Pattern;

/** Decimal numbers as they stand in CSV files. */
final class CsvNumber {
    private static final Pattern NON_FINITE = Pattern.compile("[+-]?(nan|inf|infinity)", Pattern.CASE_INSENSITIVE);
    private static final double[] POWERS =
            {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

    private CsvNumber() {}

    static boolean isNonFinite(String field) {
        return field.length() <= 9 && NON_FINITE.matcher(field).matches();
    }

    /** {@code [+-] digits [. digits] [e [+-] digits]}, with at least one digit in front of the exponent. */
    static boolean isNumber(String field) {
        int at = sign(field, 0);
        int whole = digits(field, at);
        int end = whole;
        int count = whole - at;
        if (end < field.length() && field.charAt(end) == '.') {
            end = digits(field, whole + 1);
            count += end - whole - 1;
        }
        if (count > 0 && end < field.length() && (field.charAt(end) | 0x20) == 'e') {
            int exponent = sign(field, end + 1);
            end = digits(field, exponent);
            return end > exponent && end == field.length();
        }
        return count > 0 && end == field.length();
    }

    /**
     * The nearest double to a field that {@link #isNumber} accepts. Up to 15 digits without exponent are an exact whole
     * number over an exact power of ten, so one division rounds correctly (Clinger, "How to read floating point numbers
     * accurately", PLDI 1990).
     */
    static double parse(String field) {
        long whole = 0;
        int digits = 0;
        int fraction = -1;
        for (int i = sign(field, 0); i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '.') {
                fraction = digits;
            } else if (c > '9' || ++digits > 15) {
                return Double.parseDouble(field);
            } else {
                whole = whole * 10 + (c - '0');
            }
        }
        double magnitude = whole / POWERS[fraction < 0 ? 0 : digits - fraction];
        return field.charAt(0) == '-' ? -magnitude : magnitude;
    }

    private static int sign(String field, int at) {
        return at < field.length() && (field.charAt(at) == '-' || field.charAt(at) == '+') ? at + 1 : at;
    }

    private static int digits(String field, int at) {
        while (at < field.length() && field.charAt(at) >= '0' && field.charAt(at) <= '9') {
            at++;
        }
        return at;
    }
}
