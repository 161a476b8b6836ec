package org.chainrule.cli.train;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.chainrule.DataFormatException;
import org.chainrule.data.Standardizer;
import org.chainrule.io.Json;
import org.chainrule.nn.Sequential;

/**
 * What a checkpoint tells of a model of samples.
 *
 * @param features their names; empty for pictures
 * @param columns of the table that it was trained on, if it was
 * @param classes their names; empty where values are predicted
 */
record SampleModel(Settings settings, int[] sampleShape, List<String> features, Optional<Columns> columns,
        List<String> classes, Optional<Standardizer> standardizer, Optional<Standardizer> targets) {
    private static final String SHAPE = "data.shape";
    private static final String FEATURES = "data.features";
    private static final String CLASSES = "data.classes";
    private static final String TARGET = "target.";

    Map<String, String> toMetadata() {
        Map<String, String> all = new TreeMap<>(settings.toMetadata());
        all.put(SHAPE, Json.ofLongs(Arrays.stream(sampleShape).asLongStream().toArray()).text());
        all.put(FEATURES, strings(features));
        all.put(CLASSES, strings(classes));
        columns.ifPresent(c -> all.putAll(c.toMetadata()));
        standardizer.ifPresent(s -> all.putAll(s.toMetadata()));
        targets.ifPresent(s -> s.toMetadata().forEach((k, v) -> all.put(TARGET + k, v)));
        return all;
    }

    private static String strings(List<String> values) {
        return new Json.Arr(values.stream().<Json>map(Json.Str::new).toList()).text();
    }

    static SampleModel fromMetadata(Map<String, String> metadata, String source) {
        int[] shape = parsed(metadata, SHAPE, source).asArray().stream().mapToInt(v -> (int) v.asLong()).toArray();
        Map<String, String> target = new TreeMap<>();
        metadata.forEach((k, v) -> {
            if (k.startsWith(TARGET)) target.put(k.substring(TARGET.length()), v);
        });
        return new SampleModel(Settings.fromMetadata(metadata, source), shape, list(metadata, FEATURES, source),
                Columns.fromMetadata(metadata), list(metadata, CLASSES, source), standardizer(metadata),
                standardizer(target));
    }

    private static Optional<Standardizer> standardizer(Map<String, String> metadata) {
        return Standardizer.isIn(metadata) ? Optional.of(Standardizer.fromMetadata(metadata)) : Optional.empty();
    }

    private static List<String> list(Map<String, String> metadata, String key, String source) {
        return parsed(metadata, key, source).asArray().stream().map(Json::asString).toList();
    }

    private static Json parsed(Map<String, String> metadata, String key, String source) {
        String text = metadata.get(key);
        if (text == null) throw new DataFormatException(source + ": expected a model of samples, found no metadata '"
                + key + "'; a model of text is for generate");
        return Json.parse(source + " (metadata " + key + ")", text);
    }

    int sampleSize() {
        return Arrays.stream(sampleShape).reduce(1, Math::multiplyExact);
    }

    int outputs() {
        return classes.isEmpty() ? targets.map(t -> t.mean().length).orElse(1) : classes.size();
    }

    Sequential network() {
        return Networks.mlp(settings, List.of(), sampleSize(), outputs());
    }

    boolean isPicture() {
        return sampleShape.length == 3;
    }
}
