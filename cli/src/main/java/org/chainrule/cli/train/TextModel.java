package org.chainrule.cli.train;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.chainrule.DataFormatException;
import org.chainrule.data.Vocabulary;
import org.chainrule.nn.Embedding;
import org.chainrule.nn.Sequential;

/**
 * What a checkpoint tells of a model of text.
 *
 * @param context a window of the training text, at a line's end where it has lines: what a short prompt is put after, for
 *     the model has learned from whole windows only
 */
record TextModel(Settings settings, Vocabulary vocabulary, String context) {
    private static final String SYMBOLS = "data.symbols";
    private static final String CONTEXT = "data.context";

    Map<String, String> toMetadata() {
        Map<String, String> all = new TreeMap<>(settings.toMetadata());
        all.put(SYMBOLS, vocabulary.symbols());
        all.put(CONTEXT, context);
        return all;
    }

    static TextModel fromMetadata(Map<String, String> metadata, String source) {
        return new TextModel(Settings.fromMetadata(metadata, source),
                Vocabulary.of(required(metadata, SYMBOLS, source + ": expected a model of text, found no metadata '"
                        + SYMBOLS + "'; a model of samples is for predict")),
                required(metadata, CONTEXT, source + ": an older version wrote it, without the metadata '" + CONTEXT
                        + "'; train again, or some epochs more with --resume and a greater --epochs, which adds it"));
    }

    private static String required(Map<String, String> metadata, String key, String otherwise) {
        return Optional.ofNullable(metadata.get(key)).orElseThrow(() -> new DataFormatException(otherwise));
    }

    int window() {
        return settings.positive("window");
    }

    private int width() {
        return settings.positive("embedding");
    }

    /** What the layers of {@link #network()} that have parameters are, in their order. */
    List<String> layerNames() {
        return Networks.layerNames(settings, List.of("embedding"), window() * width(), vocabulary.size());
    }

    /** Codes {@code [batch, window]} to logits of the next {@code [batch, vocabulary]}. */
    Sequential network() {
        int width = width();
        return Networks.mlp(settings, List.of(Embedding.of(vocabulary.size(), width)), window() * width,
                vocabulary.size());
    }
}
