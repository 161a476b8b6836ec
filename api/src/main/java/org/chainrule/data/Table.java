package org.chainrule.data;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.chainrule.DataFormatException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.NonFiniteException;

/**
 * Named columns of equal length.
 *
 * @param source where the table comes from, for messages
 * @param lines the line of the source on which each row stands, from 1
 */
public record Table(String source, List<Column> columns, int[] lines) {
    /** Whole-number targets with at most this many distinct values are taken as classes by {@link #dataset(String)}. */
    public static final int MAX_DETECTED_CLASSES = 100;

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

    /** All names but {@code target}. @throws InvalidArgumentException if no column has that name */
    public List<String> namesWithout(String target) {
        column(target);
        return names().stream().filter(name -> !name.equals(target)).toList();
    }

    /** The column of that name. @throws InvalidArgumentException listing the names there are */
    public Column column(String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst()
                .orElseThrow(() -> new InvalidArgumentException(source + ": no column is named '" + name
                        + "'; there are " + names()));
    }

    /**
     * The other columns as features and {@code target} as classes or as a regression target: classes if it holds text, or
     * whole numbers with few distinct values (at most {@value #MAX_DETECTED_CLASSES}, and at most half as many as rows).
     *
     * @throws InvalidArgumentException if no column is named {@code target}
     * @throws DataFormatException if a feature column holds text
     */
    public Dataset dataset(String target) {
        return switch (column(target)) {
            case Texts _ -> classification(target);
            case Numbers(var _, var values) -> looksLikeClasses(values) ? classification(target) : regression(target);
        };
    }

    private static boolean looksLikeClasses(double[] values) {
        long distinct = Arrays.stream(values).distinct().limit(MAX_DETECTED_CLASSES + 1L).count();
        return distinct <= Math.min(MAX_DETECTED_CLASSES, Math.max(2, values.length / 2))
                && Arrays.stream(values).allMatch(value -> value == Math.rint(value));
    }

    /**
     * Classes from {@code target}: its distinct values, texts in code-point order or whole numbers in numeric order.
     *
     * @throws InvalidArgumentException if no column is named {@code target}
     * @throws DataFormatException if a feature column holds text, a numeric target has a fraction, or all rows are of one class
     */
    public Dataset classification(String target) {
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
        return classification(target, classes);
    }

    /**
     * Class labels from {@code target} as indices into {@code classes}, for data to be judged by a trained model.
     *
     * @throws InvalidArgumentException if no column is named {@code target}
     * @throws DataFormatException if a feature column holds text or a row's class is not one of {@code classes}
     */
    public Dataset classification(String target, List<String> classes) {
        Column column = column(target);
        int[] labels = new int[rows()];
        for (int row = 0; row < labels.length; row++) {
            String found = switch (column) {
                case Texts(var _, var values) -> values[row];
                case Numbers(var _, var values) -> wholeClass(target, row, values[row]);
            };
            labels[row] = classes.indexOf(found);
            if (labels[row] < 0) {
                throw new DataFormatException(place(row, target) + ": expected one of the classes " + classes
                        + ", found '" + found + "'");
            }
        }
        List<String> features = namesWithout(target);
        return Dataset.ofClasses(features(features), new int[] {features.size()}, labels, classes);
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
     * @throws DataFormatException if a column holds text
     */
    public Dataset regression(String... targets) {
        List<String> wanted = List.of(targets);
        float[] values = features(wanted);
        List<String> features = names().stream().filter(name -> !wanted.contains(name)).toList();
        return Dataset.ofValues(features(features), new int[] {features.size()}, values, wanted.size());
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
