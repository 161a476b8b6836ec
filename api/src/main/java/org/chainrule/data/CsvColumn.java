package org.chainrule.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chainrule.ChainruleException;
import org.chainrule.DataFormatException;
import org.chainrule.NonFiniteException;

/** Collects the fields of one column and decides whether it is one of numbers or of text. */
final class CsvColumn {
    private final String source;
    private final int index;
    private final String name;
    private final boolean textual;
    private final List<String> texts = new ArrayList<>();
    private final Map<String, String> canonical = new HashMap<>();
    private double[] numbers = new double[64];
    private int numberCount;
    private int otherCount;
    private int decimalCommas;
    private String firstComma = "";
    private Optional<ChainruleException> firstOther = Optional.empty();

    CsvColumn(String source, int index, String name, boolean textual) {
        this.source = source;
        this.index = index;
        this.name = name;
        this.textual = textual;
    }

    void add(String field, int line) {
        if (field.isEmpty()) {
            throw new DataFormatException(place(line)
                    + ": expected a value, found none; fill in missing values or remove the row");
        }
        if (textual) {
            if (isDecimalComma(field) && decimalCommas++ == 0)
                firstComma = place(line) + ": expected a number, found '" + field + "'";
            texts.add(canonical.computeIfAbsent(field, same -> same));
        } else if (CsvNumber.isNumber(field)) {
            addNumber(field, line);
        } else {
            otherCount++;
            if (firstOther.isEmpty()) {
                firstOther = Optional.of(refusal(field, line));
            }
        }
    }

    private void addNumber(String field, int line) {
        double value = CsvNumber.parse(field);
        if (Double.isInfinite(value)) {
            throw new NonFiniteException(
                    place(line) + ": expected a number within the range of double, found " + field);
        }
        if (numberCount == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * numberCount);
        }
        numbers[numberCount++] = value;
    }

    private ChainruleException refusal(String field, int line) {
        if (CsvNumber.isNonFinite(field)) {
            return new NonFiniteException(place(line) + ": expected a finite number, found " + field
                    + "; fill it in or remove the row");
        }
        String shown = field.length() <= 40 ? field : field.substring(0, 40) + "…";
        String advice = isDecimalComma(field) ? "; write the decimal point as '.'"
                : index > 0 && line == 1 ? "; if line 1 names the columns, say that the file has a header" : "";
        return new DataFormatException(place(line) + ": expected a number as in most rows of this column, found text '"
                + shown + "'" + advice);
    }

    private static boolean isDecimalComma(String field) {
        return !CsvNumber.isNumber(field) && CsvNumber.isNumber(field.replace(',', '.'));
    }

    private String place(int line) {
        return source + ": line " + line + ", column " + index + " ('" + name + "')";
    }

    /** Whether fewer than half of the fields are numbers. */
    boolean isMostlyText() {
        return otherCount > numberCount;
    }

    /** The complete column. @throws ChainruleException the first field that is no number, if most are */
    Table.Column column() {
        if (2 * decimalCommas > texts.size()) {
            throw new DataFormatException(firstComma
                    + ", and others with a comma in this column; write the decimal point as '.', and no other separators");
        }
        if (textual) {
            return new Table.Texts(name, texts.toArray(String[]::new));
        }
        firstOther.ifPresent(refusal -> {
            throw refusal;
        });
        return new Table.Numbers(name, Arrays.copyOf(numbers, numberCount));
    }
}
