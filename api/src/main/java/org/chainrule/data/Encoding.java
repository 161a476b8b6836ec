package org.chainrule.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import org.chainrule.DataFormatException;
import org.chainrule.InvalidArgumentException;
import org.chainrule.NonFiniteException;
import org.chainrule.data.Table.Numbers;
import org.chainrule.data.Table.Texts;
import org.chainrule.io.Json;

/**
 * How columns of a table become features: a column of numbers is one feature; one of text is a feature for each of its
 * categories, 1 in the rows that hold it and 0 elsewhere. It is found from the training data and kept with the model, so
 * that other data is encoded as the training data was.
 */
public record Encoding(List<Feature> features) {
    /** A column of text may have at most this many categories. */
    public static final int MAX_CATEGORIES = 100;

    private static final String KEY = "data.encoding";

    /** A column and what it becomes. */
    public sealed interface Feature {
        String column();

        /** The names of the features that it becomes. */
        List<String> names();
    }

    /** One feature: the number. */
    public record Numeric(String column) implements Feature {
        @Override
        public List<String> names() {
            return List.of(column);
        }
    }

    /** One feature for each category: 1 where the column holds it. */
    public record OneHot(String column, List<String> categories) implements Feature {
        public OneHot {
            categories = List.copyOf(categories);
        }

        @Override
        public List<String> names() {
            return categories.stream().map(c -> column + "=" + c).toList();
        }
    }

    public Encoding {
        features = List.copyOf(features);
    }

    /** Of columns that all hold numbers. */
    public static Encoding ofNumbers(List<String> columns) {
        return new Encoding(columns.stream().<Feature>map(Numeric::new).toList());
    }

    /**
     * Of these columns of {@code table}; the categories of a column of text are its distinct values in code-point order.
     *
     * @throws InvalidArgumentException if a name is unknown or there is none
     * @throws DataFormatException if a column of text has more than {@value #MAX_CATEGORIES} categories
     */
    public static Encoding of(Table table, List<String> columns) {
        if (columns.isEmpty()) throw new InvalidArgumentException(
                table.source() + ": no column is left for the features; there are " + table.names());
        return new Encoding(columns.stream().<Feature>map(name -> switch (table.column(name)) {
            case Numbers _ -> new Numeric(name);
            case Texts(var _, var values) -> new OneHot(name, categories(table, name, values));
        }).toList());
    }

    private static List<String> categories(Table table, String name, String[] values) {
        List<String> distinct = List.copyOf(new TreeSet<>(Arrays.asList(values)));
        if (distinct.size() > MAX_CATEGORIES) throw new DataFormatException(table.source() + ": column '" + name
                + "' holds " + distinct.size() + " different texts, such as '" + values[0]
                + "'; a column of text may have at most " + MAX_CATEGORIES
                + " categories. Drop the column, make it the target, or encode it as numbers");
        return distinct;
    }

    /** The columns that are read, in order. */
    public List<String> columns() {
        return features.stream().map(Feature::column).toList();
    }

    /** The names of the features, in order: the column's, or {@code column=category}. */
    public List<String> names() {
        return features.stream().flatMap(f -> f.names().stream()).toList();
    }

    /** The features of each row of {@code table}, row by row. See {@link #apply(Table, List)}. */
    public float[] apply(Table table) {
        return apply(table, columns());
    }

    /**
     * The features of each row of {@code table}, row by row, where the columns have other names.
     *
     * @param names of the columns of {@code table} that stand for {@link #columns()}, in their order
     * @throws InvalidArgumentException if a name is unknown
     * @throws DataFormatException if there is text in place of numbers, or a text that is none of the categories
     * @throws NonFiniteException if a number is beyond the range of float32
     */
    public float[] apply(Table table, List<String> names) {
        int width = names().size();
        float[] out = new float[Math.multiplyExact(table.rows(), width)];
        int at = 0;
        for (int j = 0; j < features.size(); j++) {
            switch (features.get(j)) {
                case Numeric _ -> {
                    float[] values = table.features(List.of(names.get(j)));
                    for (int row = 0; row < values.length; row++) out[row * width + at] = values[row];
                }
                case OneHot(var _, var categories) -> {
                    int[] category = table.indices(names.get(j), categories, "categories");
                    for (int row = 0; row < category.length; row++) out[row * width + at + category[row]] = 1;
                }
            }
            at += features.get(j).names().size();
        }
        return out;
    }

    /** A string to be stored with a model; {@link #fromMetadata} gives back the same encoding. */
    public Map<String, String> toMetadata() {
        return Map.of(KEY, new Json.Arr(features.stream().<Json>map(f -> switch (f) {
            case Numeric(String column) -> new Json.Str(column);
            case OneHot(String column, List<String> categories) -> {
                SequencedMap<String, Json> one = new LinkedHashMap<>();
                one.put("column", new Json.Str(column));
                one.put("categories", new Json.Arr(categories.stream().<Json>map(Json.Str::new).toList()));
                yield new Json.Obj(one);
            }
        }).toList()).text());
    }

    /** Whether {@code metadata} holds an encoding. */
    public static boolean isIn(Map<String, String> metadata) {
        return metadata.containsKey(KEY);
    }

    /** The encoding in {@code metadata}. @throws DataFormatException if there is none or it is damaged */
    public static Encoding fromMetadata(Map<String, String> metadata) {
        List<Feature> features = new ArrayList<>();
        for (Json f : Json.parse("metadata " + KEY, metadata.getOrDefault(KEY, "")).asArray()) {
            if (f instanceof Json.Str(String column)) {
                features.add(new Numeric(column));
                continue;
            }
            Map<String, Json> one = f.asObject();
            if (!one.keySet().equals(Set.of("column", "categories"))) throw new DataFormatException(
                    "metadata " + KEY + ": expected a column and its categories, found " + f.text());
            features.add(new OneHot(one.getOrDefault("column", f).asString(),
                    one.getOrDefault("categories", f).asArray().stream().map(Json::asString).toList()));
        }
        return new Encoding(features);
    }
}
