package org.chainrule.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.chainrule.DataFormatException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.NonFiniteException;

/**
 * Named columns of equal length.
 *
 * @param source where the table comes from, for messages
 * @param header the line of the source that names the columns, from 1; empty where none does
 * @param lines the line of the source on which each row stands, from 1
 */
public record Table(String source, OptionalInt header, List<Column> columns, int[] lines) {
    /** {@link Kind#DETECT} takes whole numbers for at most this many classes. */
    public static final int MAX_DETECTED_CLASSES = 20;

    /** What a target's values are. */
    public enum Kind {
        /**
         * Classes if they are text; whole numbers of two distinct values; or whole numbers from 0 or from 1 without a gap, of at
         * most {@value Table#MAX_DETECTED_CLASSES} distinct values and half as many as rows. Numbers otherwise: ages, counts and
         * prices are whole as well.
         */
        DETECT,
        CLASSES,
        NUMBERS
    }

    /** A named column. */
    public sealed interface Column {
        String name();
    }

    /** A column of finite numbers. */
    public record Numbers(String name, double[] values) implements Column {}

    /** A column of text. */
    public record Texts(String name, String[] values) implements Column {}

    public Table {
        columns = List.copyOf(columns);
    }

    /** The number of rows. */
    public int rows() {
        return lines.length;
    }

    /** The columns' names in order. */
    public List<String> names() {
        return columns.stream().map(Column::name).toList();
    }

    /** The name of the last column, where the target stands by custom. */
    public String lastName() {
        return columns.getLast().name();
    }

    /** All names but {@code left}: the target's and those of columns to be dropped. @throws InvalidArgumentException for an unknown name */
    public List<String> namesWithout(String... left) {
        for (String name : left) column(name);
        return names().stream().filter(name -> !List.of(left).contains(name)).toList();
    }

    /**
     * The name of the column that {@code text} means: the one of that name, else the one with that number, from 1.
     *
     * @throws InvalidArgumentException listing the names there are
     */
    public String nameOf(String text) {
        if (names().contains(text)) return text;
        if (text.matches("[1-9][0-9]{0,8}") && Integer.parseInt(text) <= columns.size())
            return columns.get(Integer.parseInt(text) - 1).name();
        return column(text).name();
    }

    /** The column of that name. @throws InvalidArgumentException listing the names there are */
    public Column column(String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst()
                .orElseThrow(() -> new InvalidArgumentException(source + ": no column is named '" + name
                        + "'; there are " + names() + ", which are numbered from 1"));
    }

    /**
     * The other columns as features and {@code target} as classes or as a regression target, as {@link Kind#DETECT} finds.
     *
     * @throws InvalidArgumentException if no column is named {@code target}
     * @throws DataFormatException if a feature column holds text of more than {@value Encoding#MAX_CATEGORIES} categories
     */
    public Dataset dataset(String target) {
        return dataset(target, Kind.DETECT, Encoding.of(this, namesWithout(target)));
    }

    /**
     * The features that {@code encoding} makes, and {@code target} as what {@code kind} says.
     *
     * @throws InvalidArgumentException if no column is named {@code target}
     * @throws DataFormatException if {@code target} holds text and is to be numbers, or fractions and is to be classes, or one
     *     class alone
     */
    public Dataset dataset(String target, Kind kind, Encoding encoding) {
        boolean classes = switch (kind) {
            case DETECT -> switch (column(target)) {
                case Texts _ -> true;
                case Numbers(var _, var values) -> looksLikeClasses(values);
            };
            case CLASSES -> true;
            case NUMBERS -> false;
        };
        return classes ? classes(target, classesOf(target), encoding) : values(encoding, target);
    }

    private static boolean looksLikeClasses(double[] values) {
        if (!Arrays.stream(values).allMatch(value -> value == Math.rint(value))) return false;
        double[] distinct = Arrays.stream(values).distinct().limit(MAX_DETECTED_CLASSES + 1L).sorted().toArray();
        if (distinct.length <= 2) return true;
        boolean counted = (distinct[0] == 0 || distinct[0] == 1)
                && distinct[distinct.length - 1] - distinct[0] == distinct.length - 1;
        return counted && distinct.length <= Math.min(MAX_DETECTED_CLASSES, values.length / 2);
    }

    /**
     * Classes from {@code target}: its distinct values, texts in code-point order or whole numbers in numeric order.
     *
     * @throws InvalidArgumentException if no column is named {@code target}
     * @throws DataFormatException if a feature column holds text of too many categories, a numeric target has a fraction, or
     *     all rows are of one class
     */
    public Dataset classification(String target) {
        return classification(target, classesOf(target));
    }

    private List<String> classesOf(String target) {
        List<String> classes = switch (column(target)) {
            case Texts(var _, var values) -> List.copyOf(new TreeSet<>(Arrays.asList(values)));
            case Numbers(var _, var values) ->
                    Arrays.stream(values).distinct().sorted().mapToObj(Table::className).toList();
        };
        if (classes.size() < 2) {
            throw new DataFormatException(
                    source + ": column '" + target + "': expected at least two classes, found only "
                            + classes);
        }
        return classes;
    }

    /**
     * Class labels from {@code target} as indices into {@code classes}, for data to be judged by a trained model.
     *
     * @throws InvalidArgumentException if no column is named {@code target}
     * @throws DataFormatException if a feature column holds text of too many categories or a row's class is not one of
     *     {@code classes}
     */
    public Dataset classification(String target, List<String> classes) {
        return classes(target, classes, Encoding.of(this, namesWithout(target)));
    }

    private Dataset classes(String target, List<String> classes, Encoding encoding) {
        return Dataset.ofClasses(encoding.apply(this), new int[] {encoding.names().size()}, labels(target, classes),
                classes);
    }

    /**
     * The rows' values in {@code target} as indices into {@code classes}.
     *
     * @throws InvalidArgumentException if no column is named {@code target}
     * @throws DataFormatException if a row's value is not one of {@code classes}
     */
    public int[] labels(String target, List<String> classes) {
        return indices(target, classes, "classes");
    }

    /** The rows' values in the column {@code name} as indices into {@code values}, which are called {@code what}. */
    int[] indices(String name, List<String> values, String what) {
        Map<String, Integer> number = new HashMap<>();
        for (int i = 0; i < values.size(); i++) number.put(values.get(i), i);
        Column column = column(name);
        int[] labels = new int[rows()];
        for (int row = 0; row < labels.length; row++) {
            String found = switch (column) {
                case Texts(var _, var texts) -> texts[row];
                case Numbers(var _, var numbers) -> wholeClass(name, row, numbers[row]);
            };
            labels[row] = number.getOrDefault(found, -1);
            if (labels[row] < 0) {
                throw new DataFormatException(place(row, name) + ": expected one of the " + what + " " + values
                        + ", found '" + found + "'");
            }
        }
        return labels;
    }

    private String wholeClass(String target, int row, double value) {
        if (value != Math.rint(value)) {
            throw new DataFormatException(place(row, target) + ": expected a whole number as class, found " + value
                    + "; for a real-valued target choose regression");
        }
        return className(value);
    }

    private static String className(double value) {
        return value == (long) value ? Long.toString((long) value) : Double.toString(value);
    }

    /**
     * {@code targets} as a regression target of as many values, all other columns as features.
     *
     * @throws InvalidArgumentException if a name is unknown
     * @throws DataFormatException if a target holds text, or another column text of too many categories
     */
    public Dataset regression(String... targets) {
        return values(Encoding.of(this, namesWithout(targets)), targets);
    }

    private Dataset values(Encoding encoding, String... targets) {
        return Dataset.ofValues(encoding.apply(this), new int[] {encoding.names().size()},
                features(List.of(targets)), targets.length);
    }

    /**
     * The named columns as float32, row by row.
     *
     * @throws InvalidArgumentException if a name is unknown or there is none
     * @throws DataFormatException if a column holds text
     * @throws NonFiniteException if a number is beyond the range of float32
     */
    public float[] features(List<String> names) {
        if (names.isEmpty()) {
            throw new InvalidArgumentException(source + ": no column is left for the features; there are " + names());
        }
        int width = names.size();
        float[] out = new float[Math.multiplyExact(rows(), width)];
        for (int j = 0; j < width; j++) {
            double[] values = numbers(names.get(j));
            for (int row = 0; row < values.length; row++) {
                float value = (float) values[row];
                if (Float.isInfinite(value)) {
                    throw new NonFiniteException(place(row, names.get(j)) + ": " + values[row]
                            + " is beyond the range of float32; rescale the column");
                }
                out[row * width + j] = value;
            }
        }
        return out;
    }

    private double[] numbers(String name) {
        return switch (column(name)) {
            case Numbers(var _, var values) -> values;
            case Texts(var _, var values) -> throw new DataFormatException(place(0, name)
                    + ": expected a number, found text '" + values[0]
                    + "'; encode the column as numbers, remove it or make it the target");
        };
    }

    private String place(int row, String name) {
        return source + ": line " + lines[row] + ", column " + (names().indexOf(name) + 1) + " ('" + name + "')";
    }
}
