package org.chainrule.cli.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as people read them, the same in every locale. */
public final class Format {
    private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    private Format() {}

    /** Up to {@code digits} significant digits: 0.0712, 1,204, 3.2×10⁻⁷; also NaN, ∞, −∞. */
    public static String number(double value, int digits) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "∞" : "−∞";
        }
        if (value == 0) {
            return "0";
        }
        var rounded = new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent < -4 || exponent > 5) {
            var mantissa = rounded.scaleByPowerOfTen(-exponent).stripTrailingZeros().toPlainString();
            return mantissa.equals("1") ? powerOfTen(exponent) : minus(mantissa) + "×" + powerOfTen(exponent);
        }
        return minus(Math.abs(value) < 1_000 ? rounded.stripTrailingZeros().toPlainString()
                : String.format(Locale.ROOT, "%,d", rounded.setScale(0, RoundingMode.HALF_EVEN).longValue()));
    }

    /** Four significant digits. */
    public static String number(double value) {
        return number(value, 4);
    }

    public static String count(long value) {
        return value < 1_000 ? Long.toString(value) : String.format(Locale.ROOT, "%,d", value);
    }

    /** 0.9812 is 98.1 %; 1 is 100 %, and nothing less is. */
    public static String percent(double share) {
        if (!Double.isFinite(share)) {
            return "–";
        }
        double shown = Math.floor(share * 1000 + 0.5) / 10;
        double honest = shown >= 100 && share < 1 ? 99.9 : shown;
        return (share == 1 || share == 0 ? number(share * 100) : String.format(Locale.ROOT, "%.1f", honest))
                + "\u202f%";
    }

    /** 0.84 s, 12.3 s, 4 min 05 s, 2 h 07 min. */
    public static String duration(double seconds) {
        if (!Double.isFinite(seconds)) {
            return "–";
        }
        if (seconds < 1) {
            return String.format(Locale.ROOT, "%.2f s", seconds);
        }
        if (seconds < 59.95) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600 ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }

    /** Loss, of "loss". */
    static String capitalized(String words) {
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    /** 1 epoch, 2 epochs. */
    public static String plural(long count, String noun) {
        return count(count) + " " + noun + (count == 1 ? "" : "s");
    }

    static String powerOfTen(int exponent) {
        var text = new StringBuilder("10");
        if (exponent < 0) {
            text.append('⁻');
        }
        for (char digit : Integer.toString(Math.abs(exponent)).toCharArray()) {
            text.append(SUPERSCRIPTS.charAt(digit - '0'));
        }
        return text.toString();
    }

    /** A coordinate in a drawing. */
    static String px(double value) {
        var text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static String minus(String number) {
        return number.replace('-', '−');
    }
}
